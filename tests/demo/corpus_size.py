"""How large the corpus of this floor's tests is."""

PHOTOS, SITES, SEED = 40, 4, 11
