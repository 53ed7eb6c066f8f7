"""The explorer of a study: every photo, and what each model finds near it."""
