import numpy as np
import pytest

from likeness_demo.faces.headwear import HEADWEAR, room_for
from likeness_demo.faces.identities import HATS, costume, features, pick_sitter, pick_sitters


def test_same_seed_same_sitters_other_seed_others():
    assert pick_sitters(6, 3) == pick_sitters(6, 3)
    assert pick_sitters(6, 3) != pick_sitters(6, 4)


def test_sitters_differ_more_than_people_drawn_at_random():
    def closest(people):
        points = np.array([features(looks) for looks in people])
        distance = np.linalg.norm(points[:, None] - points[None], axis=2)
        return distance[~np.eye(len(people), dtype=bool)].min()

    rng = np.random.default_rng(1)
    assert closest(pick_sitters(40, 7)) > 1.5 * closest([pick_sitter(rng) for _ in range(40)])


def test_a_costume_changes_colours_hair_and_headwear_and_no_form():
    rng = np.random.default_rng(2)
    for looks in pick_sitters(40, 7):
        worn = [costume(looks, rng) for _ in range(12)]
        assert all((features(one) == features(looks)).all() for one in worn)
        for part in ("skin", "hair", "hat"):
            assert len({getattr(one.person, part) for one in worn}) > 1, part
        for person in (one.person for one in worn):
            assert person.hat in HATS
            assert not (person.hat and person.style in ("curly", "bun"))  # hair would stick out above the hat
            assert not (person.beard and looks.soft)
            assert person.glasses in ("", "clear")


@pytest.mark.parametrize("hat", [hat for hat in HATS if hat])
def test_headwear_lies_above_the_brows_and_within_its_room(hat):
    from dataclasses import replace

    from likeness_demo.people.face_shape import HeadFrame

    looks = pick_sitters(3, 1)[0]
    looks = replace(looks, person=replace(looks.person, hat=hat, hat_colour=(1.0, 0.0, 0.0)))
    image = np.zeros((200, 200, 3), np.float32)
    HEADWEAR[hat](image, HeadFrame(100, 100, 30), looks)
    rows = np.flatnonzero((image[:, 85:115, 0] > 0.3).any(axis=1))  # the rest is shadow
    assert rows.max() < 100 - 0.25 * 30
    assert np.flatnonzero(image.any(axis=(1, 2))).min() >= 100 - (room_for(looks) + 0.05) * 30
