"""The operations that a run is made of, each hashed by itself, so that two machines can tell where they differ."""
