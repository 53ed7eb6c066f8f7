"""The same work on a cluster: feature extraction and MLlib's classifiers on Apache Spark."""
