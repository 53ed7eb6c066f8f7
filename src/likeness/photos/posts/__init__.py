"""Posts: rows from wherever they were collected, checked, filtered, rated and split."""
