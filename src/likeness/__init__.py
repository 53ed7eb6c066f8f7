"""likeness: reproducible studies of photographs of people."""
