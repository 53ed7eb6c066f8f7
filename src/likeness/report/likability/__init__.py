"""Figures, grids, tables and sentences of the likability study."""
