import pandas as pd

from likeness.models.likability.posts_fit import within_user_pairs


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
