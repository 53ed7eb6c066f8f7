"""Pascal VOC annotations: which picture shows a face, and where."""
