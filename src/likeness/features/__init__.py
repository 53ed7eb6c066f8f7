"""Backbones, extraction and the content-addressed cache."""
