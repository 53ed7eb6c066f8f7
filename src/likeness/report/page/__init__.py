"""A page: template, export, index."""
