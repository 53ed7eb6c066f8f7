"""Numbers with intervals: arrays in, estimates, tests and curves out."""
