"""Drawing primitives, light, and how a corpus is drawn."""
