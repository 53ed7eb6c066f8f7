"""Typed parameters: one pydantic model per stage, read from params.yaml."""
