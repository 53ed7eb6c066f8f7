"""People in photos: keypoints, skeletons and the distances between them."""
