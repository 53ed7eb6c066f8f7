"""The sites of the pose study, drawn."""
