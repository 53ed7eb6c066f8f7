from itertools import chain

import pytest

from likeness_demo.posts.corpus import as_text
from likeness_demo.posts.plan import plan_posts
from likeness_demo.posts.planted import BAD_ROWS, choose_plants, filtered_rows, share_pictures, spoil_rows

SIZES = [(12, 60), (150, 900)]


@pytest.mark.parametrize(("users", "posts"), SIZES)
def test_no_row_carries_two_troubles(users, posts):
    table = plan_posts(users, posts, 3)
    plants = choose_plants(table, 3)
    rows = [*chain(plants.bad, plants.damaged, plants.missing, [plants.repeated]),
            *chain(*plants.copies.items(), *plants.reposts.items())]  # fmt: skip
    assert len(rows) == len(set(rows))
    filtered = {post_id for post_id, _, plant, *_ in filtered_rows(table, plants) if plant != "no-picture"}
    assert not filtered & set(table.loc[rows, "post_id"])


@pytest.mark.parametrize(("users", "posts"), SIZES)
def test_copies_are_the_users_own_and_reposts_another_users(users, posts):
    table = plan_posts(users, posts, 3)
    plants = choose_plants(table, 3)
    shared = share_pictures(table, plants)
    for found, same in ((plants.copies, True), (plants.reposts, False)):
        for copy, original in found.items():
            assert (table["user"][copy] == table["user"][original]) == same
            for column in ("kind", "close_up", "scenic"):
                assert shared[column][copy] == shared[column][original] == table[column][original]
    assert len(plants.reposts) == max(2, posts // 75)
    assert (shared["image"] == "").sum() == len(plants.missing)


def test_bad_rows_are_spoilt_in_one_cell_and_two_rows_are_appended():
    table = plan_posts(12, 60, 3)
    plants = choose_plants(table, 3)
    table["likes"] = 10
    text = as_text(table)
    spoilt, rows = spoil_rows(text, table, plants)
    assert len(spoilt) == 62
    changed = (spoilt[:60] != text).sum(axis=1)
    assert changed.to_dict() == {row: int(row in plants.bad) for row in range(60)}
    assert [plant for _, _, plant, *_ in rows] == [*BAD_ROWS, "duplicate-post", "no-post-id"]
    assert spoilt["post_id"].tolist()[-2:] == [table["post_id"][plants.repeated], ""]
    assert spoilt["likes"].tolist()[-2] == "11"
    future = next(row for row, kind in plants.bad.items() if kind == "future-date")
    assert spoilt["taken_at"][future] > spoilt["collected_at"][future]
