"""Networks and classifiers of the likability study."""
