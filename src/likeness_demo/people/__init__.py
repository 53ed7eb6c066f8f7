"""People, small as figures and large as portraits."""
