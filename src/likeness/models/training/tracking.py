"""Of old: this function stands in `surroundings`."""

from likeness.models.training.surroundings import tracker_folder as tracker_folder
