"""What the stages of a study left on disk, read back as one record."""
