"""Safe decoding, manifests, quarantine, near-duplicates, splits and readers for each folder layout."""
