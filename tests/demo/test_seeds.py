"""The same seed gives the same bytes, whatever draws them; another seed gives others."""

import numpy as np
import pytest
from corpora import MAKERS, SIZES, contents

from likeness_demo.drawing.files import replaced
from likeness_demo.faces.cartoons import draw_cartoon, pick_cast
from likeness_demo.faces.identities import pick_sitters
from likeness_demo.faces.painted import paint_sitters
from likeness_demo.faces.styles import STYLES
from likeness_demo.people.face_shape import pick_looks
from likeness_demo.pose.scene import draw_photo
from likeness_demo.posts.memes import draw_meme
from likeness_demo.posts.portraits import draw_portrait
from likeness_demo.posts.scenery import draw_scenery

SIZE = (100, 80)
DRAW = {
    "meme": lambda seed: draw_meme(SIZE, seed),
    "scenery": lambda seed: draw_scenery("pisa", SIZE, seed),
    "portrait": lambda seed: draw_portrait(pick_looks(np.random.default_rng(1)), True, 0, SIZE, seed),
    "cartoon": lambda seed: draw_cartoon(pick_cast(7), 2, SIZE, seed).image,
    **{
        style.key: lambda seed, style=style: (
            paint_sitters(pick_sitters(1, 7), style, [next(iter(style.robes.values()))], SIZE, seed).image
        )
        for style in STYLES
    },
}


@pytest.mark.parametrize("study", MAKERS)
def test_a_corpus_has_the_same_bytes_whatever_the_workers(study, corpora, tmp_path):
    MAKERS[study](tmp_path / "p", tmp_path / "t", **SIZES[study], workers=1)
    assert contents(tmp_path / "p") == contents(corpora(study).photos)
    assert contents(tmp_path / "t") == contents(corpora(study).truth)


@pytest.mark.parametrize("kind", DRAW)
def test_a_picture_has_its_seed_and_size(kind):
    one, same, other = (DRAW[kind]([1, seed]) for seed in (5, 5, 6))
    assert one.shape == (*SIZE, 3)
    assert one.dtype == np.uint8
    assert (one == same).all()
    assert (one != other).any()


def test_another_seed_draws_another_photo():
    one, other = (draw_photo("pisa", "jump", [seed]) for seed in (3, 4))
    assert one.image.shape != other.image.shape or (one.image != other.image).any()


@pytest.mark.parametrize("study", MAKERS)
def test_a_folder_that_the_demo_did_not_make_is_kept(study, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="mine: not empty"):
        MAKERS[study](tmp_path / "mine", tmp_path / "new", **SIZES[study], workers=1)
    assert contents(tmp_path) == {"mine/holiday.jpg": b"mine"}


def test_a_second_call_replaces_what_the_first_made_and_a_failed_one_nothing(tmp_path):
    photos, truth = tmp_path / "p", tmp_path / "t"
    for name in ("one", "two"):
        with replaced(photos, truth) as (new_photos, new_truth):
            (new_photos / name).write_text(name)
            (new_truth / "planted.csv").write_text(name)
        assert contents(tmp_path) == {f"p/{name}": name.encode(), "t/planted.csv": name.encode()}
    with pytest.raises(ZeroDivisionError), replaced(photos, truth):
        1 / 0  # noqa: B018
    assert contents(tmp_path) == {"p/two": b"two", "t/planted.csv": b"two"}
