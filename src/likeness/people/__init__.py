"""People in photos: joints, who finds them, skeletons, masks and the distances between poses."""
