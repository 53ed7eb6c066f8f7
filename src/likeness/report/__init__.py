"""Figures, grids, tables and the HTML template: data in, Figure or HTML out."""
