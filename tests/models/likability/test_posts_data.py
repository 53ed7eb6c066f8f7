import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from posts_samples import sample_arrays, sample_posts

from likeness.models.likability.posts_data import PostBatches, batch_of, post_arrays, within_user_pairs


def posts_of(*rows):
    """Posts from (post_id, user, day, likes), each with a photo of its own."""
    table = pd.DataFrame(rows, columns=["post_id", "user_id", "day", "likes"])
    table["taken_at"] = pd.Timestamp("2017-03-01") + pd.to_timedelta(table.pop("day"), unit="D")
    return table.assign(duplicate_group=table["post_id"])


def pairs_of(posts, **changes):
    settings = {"days": 10, "factor": 2.0, "most_per_user": 9, "seed": 0, **changes}
    found = within_user_pairs(posts, **settings)
    return sorted(zip(found["winner"], found["loser"], strict=True)), found


def test_pairs_are_of_one_user_close_in_time_and_clearly_unlike_in_likes():
    posts = posts_of(
        ("a", "ann", 0, 100),
        ("b", "ann", 10, 50),  # ten days later, half the likes: just within both bounds
        ("c", "ann", 11, 40),  # too late for a
        ("d", "ann", 5, 51),  # a has not twice as many
        ("e", "bob", 0, 1000),  # has no other post
    )
    rows, found = pairs_of(posts)
    assert rows == [("a", "b")]
    assert list(found) == ["winner", "loser", "user_id"]
    assert found["user_id"].tolist() == ["ann"]
    assert pairs_of(posts, days=11)[0] == [("a", "b"), ("a", "c")]
    assert ("a", "d") in pairs_of(posts, factor=1.5)[0]


def test_a_post_without_likes_loses_to_one_with_as_many_as_the_factor():
    assert pairs_of(posts_of(("a", "ann", 0, 0), ("b", "ann", 1, 1), ("c", "ann", 2, 2)))[0] == [("c", "a"), ("c", "b")]


def test_copies_of_a_photo_are_no_pair():
    posts = posts_of(("a", "ann", 0, 100), ("b", "ann", 1, 10))
    assert pairs_of(posts.assign(duplicate_group="same"))[0] == []


def test_of_each_user_only_so_many_pairs_are_drawn_whatever_the_order_of_posts():
    posts = posts_of(*((f"{user}{k}", user, k, 10 * 3**k) for user in ("ann", "bob") for k in range(4)))
    everything, _ = pairs_of(posts)
    assert len(everything) == 12
    some, found = pairs_of(posts, most_per_user=2)
    assert found["user_id"].tolist() == ["ann", "ann", "bob", "bob"]
    assert set(some) < set(everything)
    assert some == pairs_of(posts.sample(frac=1, random_state=1), most_per_user=2)[0]
    assert len({tuple(pairs_of(posts, most_per_user=2, seed=seed)[0]) for seed in range(9)}) > 1


def test_no_pairs_is_an_empty_table():
    _, found = pairs_of(posts_of(("a", "ann", 0, 100)))
    assert list(found) == ["winner", "loser", "user_id"]
    assert found.empty


@pytest.fixture
def pictured(tmp_path):
    """Three posts of two photos, half red and half blue, of unlike sizes."""
    for name, size in (("x", (80, 40)), ("y", (40, 90))):
        image = np.zeros((size[1], size[0], 3), np.uint8)
        image[:, : size[0] // 2, 0] = image[:, size[0] // 2 :, 2] = 200 if name == "x" else 100
        Image.fromarray(image).save(tmp_path / f"{name}.png")
    photos = pd.DataFrame({"photo_id": ["idx", "idy"], "path": ["x.png", "y.png"], "sha256": ["1", "2"]})
    posts = pd.DataFrame({"post_id": ["a", "b", "c"], "photo_id": ["idy", "idx", "idy"], "liked": [True, False, True]})
    return posts, photos, tmp_path


def test_arrays_hold_one_square_photo_a_post_in_their_order(pictured):
    arrays = post_arrays(*pictured, 8)
    assert (arrays.photos.shape, arrays.photos.dtype) == ((3, 3, 8, 8), np.uint8)
    assert arrays.photos[:, 0, 4, 0].tolist() == [100, 200, 100]  # red, at the left
    assert arrays.photos[:, 2, 4, 7].tolist() == [100, 200, 100]  # blue, at the right
    assert arrays.photos[:, 1].max() == 0
    assert arrays.liked.tolist() == [True, False, True]
    assert arrays.metadata is None
    known = post_arrays(*pictured, 8, np.arange(6.0).reshape(3, 2)).metadata
    assert (known.dtype, known.tolist()) == (np.float32, [[0, 1], [2, 3], [4, 5]])


def test_a_post_without_a_photo_is_refused_by_name(pictured):
    posts, photos, root = pictured
    posts.loc[1, "photo_id"] = ""
    with pytest.raises(ValueError, match="post b has no photo; leave it out"):
        post_arrays(posts, photos, root, 8)


def test_a_missing_number_is_refused_by_name(pictured):
    metadata = np.array([[0, 1], [2, np.nan], [4, 5]])
    with pytest.raises(ValueError, match="post b: number 1 of its metadata is nan; fill it in"):
        post_arrays(*pictured, 8, metadata)


def batches(augment=False, examples=None, **changes):
    arrays = sample_arrays(sample_posts(), side=8, metadata=True)
    examples = np.arange(21)[:, None] if examples is None else examples
    settings = {"batch_size": 4, "seed": 3, "epoch": 2, **changes}
    return arrays, PostBatches(arrays, examples, augment=augment, **settings)


def test_a_batch_holds_what_the_arrays_hold():
    arrays, found = batches()
    batch, rows = found[1], found.parts[1]
    np.testing.assert_allclose(batch.photo.numpy() * 255, arrays.photos[rows], atol=1e-4)
    np.testing.assert_array_equal(batch.metadata.numpy(), arrays.metadata[rows])
    assert batch.liked.tolist() == arrays.liked[rows].tolist()


def test_photos_are_altered_anew_each_epoch():
    first, again, later = (batches(augment=True, epoch=epoch)[1][0].photo for epoch in (2, 2, 3))
    assert torch.equal(first, again)
    assert not torch.equal(first, later)


def test_winners_come_first_and_their_losers_in_the_same_order():
    examples = np.array([[0, 1], [2, 3], [4, 5], [6, 7]])
    arrays, found = batches(examples=examples)
    (part,) = found.parts
    rows = np.concatenate([examples[part, 0], examples[part, 1]])
    np.testing.assert_allclose(found[0].photo.numpy() * 255, arrays.photos[rows], atol=1e-4)


def test_mirrored_posts_are_turned_and_the_others_are_not():
    arrays, _ = batches()
    batch = batch_of(arrays, np.array([0, 1]), np.array([True, False]))
    np.testing.assert_allclose(batch.photo[0].numpy() * 255, arrays.photos[0][..., ::-1], atol=1e-4)
    np.testing.assert_allclose(batch.photo[1].numpy() * 255, arrays.photos[1], atol=1e-4)
