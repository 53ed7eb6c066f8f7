"""The demo corpus of the likability study."""
