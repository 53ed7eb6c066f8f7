"""Moved to `likeness.report.faces.reading_faces`; this path stays until the notebooks say so."""

from likeness.report.faces.reading_faces import embeddings_table, of_copies, of_embeddings

__all__ = ["embeddings_table", "of_copies", "of_embeddings"]
