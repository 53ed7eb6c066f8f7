"""One picture that asks: which pictures of a study are like it."""
