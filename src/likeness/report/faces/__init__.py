"""Figures, grids, tables and sentences of the faces study."""
