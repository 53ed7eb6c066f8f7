"""Networks of the faces study: a face detector."""
