"""Predictions in, numbers with intervals out."""
