import numpy as np
import pandas as pd
import pytest

from likeness.album import best, trials
from likeness.album.faces import EYES, Face, face_signs, face_weights, facing, openness, smile
from likeness.album.leave_out import page_signs, why_left_out
from likeness.album.reasons import grouped_costs, worse

FRAME = {"sharpness": 0.3, "least_sharpness": 0.2, "noise": 1.0, "blocks": 0.05, "brightness": 0.4, "dark": 0.0, "glare": 0.02,
         "contrast": 0.7, "level": 0.4, "plain": 0.0, "turn": 0.0, "faces": 0.0, "face_share": 0.0, "eyes": np.nan, "facing": np.nan,
         "smile": np.nan, "cut_off": 0.0, "face_sharpness": np.nan}  # fmt: skip
ONE_FACE = {"faces": 1.0, "face_share": 0.05, "eyes": 0.3, "facing": 0.9, "smile": 0.5, "face_sharpness": 0.3}


def frames(*changes, **of_all):
    return pd.DataFrame([FRAME | of_all | change for change in changes])


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ({"sharpness": 0.15}, "blurred"),
        ({"noise": 8.0}, "grainy"),
        ({"blocks": 0.35}, "blocky"),
        ({"plain": 0.6}, "emptied"),
        ({"contrast": 0.4}, "flat"),
        ({"glare": 0.3}, "glaring"),
        ({"level": 0.2}, "askew"),
    ],
)
def test_each_damage_is_its_fault_and_loses_the_burst(damage, fault):
    found = best.costs(frames({}, damage))
    assert found[fault].tolist() == [pytest.approx(0, abs=1e-9), pytest.approx(found[fault][1])]
    assert found[fault][1] > 0.5
    assert found.sum(axis=1).idxmin() == 0


@pytest.mark.parametrize(
    ("face", "fault"),
    [
        ({"eyes": 0.05}, "eyes closed"),
        ({"facing": 0.2}, "turned away"),
        ({"cut_off": 1.0}, "face cut off"),
        ({"face_sharpness": 0.1}, "face out of focus"),
        ({"smile": 0.2}, "less of a smile"),
    ],
)
def test_faces_decide_between_frames_that_are_taken_alike(face, fault):
    found = best.costs(frames({}, face, **ONE_FACE))
    assert found[fault][1] > 0.5
    assert found.sum(axis=1).idxmin() == 0
    bystander = best.costs(frames({}, face, **ONE_FACE | {"face_share": 0.005}))
    assert bystander.loc[1].sum() == pytest.approx(0)


def test_a_sharp_background_behind_a_soft_face_loses():
    found = best.costs(frames({}, {"face_sharpness": 0.1, "sharpness": 0.33}, **ONE_FACE))
    assert found.sum(axis=1).idxmin() == 0


def test_exceptions_count_only_beside_a_majority():
    assert best.unlike_most(np.array([0, 0.1, -0.1, 0.2, 7, -5.0]), 1.0).tolist() == [0, 0, 0, 0, 1, 1]
    assert best.unlike_most(np.array([0.0, 0.1, 7]), 1.0).tolist() == [0, 0, 0]  # of three, two prove little
    assert best.unlike_most(np.array([0.0, 3, 6, 9, 12, 15]), 1.0).tolist() == [0] * 6


def test_words_name_what_is_worse_and_the_better_frame():
    found = best.costs(frames({}, {"noise": 8.0}, {"sharpness": 0.1, "plain": 0.5}, {}))
    groups = grouped_costs(found)
    say = [worse(groups.loc[k], groups.loc[0], "a.jpg") for k in range(4)]
    assert say[1] == "grainy; a.jpg is the better frame"
    assert say[2] == "less sharp and strongly compressed; a.jpg is the better frame"
    assert say[3] == "as good as a.jpg, which stands for both"


def face_mesh(eye: float = 0.3, nose: float = 50.0) -> np.ndarray:
    """A face 100 px wide whose eyes are 20 px wide and `eye` times as high."""
    mesh = np.zeros((478, 2))
    for left, (corner, upper, upper2, other, lower2, lower) in zip((20, 60), EYES, strict=True):
        mesh[corner], mesh[other] = (left, 40), (left + 20, 40)
        mesh[upper], mesh[upper2] = (left + 6, 40 - 10 * eye), (left + 14, 40 - 10 * eye)
        mesh[lower], mesh[lower2] = (left + 6, 40 + 10 * eye), (left + 14, 40 + 10 * eye)
    mesh[33], mesh[263] = (20, 40), (80, 40)
    mesh[234], mesh[454], mesh[1] = (0, 60), (100, 60), (nose, 60)
    mesh[61], mesh[291], mesh[0], mesh[17] = (35, 80), (65, 80), (50, 76), (50, 84)
    return mesh


def test_eyes_facing_and_smile_are_their_formulas():
    assert openness(face_mesh(0.3)) == pytest.approx(0.3)
    assert facing(face_mesh()) == pytest.approx(1)
    assert facing(face_mesh(nose=20)) == pytest.approx(0.25)
    assert smile(face_mesh()) == pytest.approx(30 / 60)
    lifted = face_mesh()
    lifted[[61, 291], 1] -= 6
    assert smile(lifted) == pytest.approx(36 / 60)
    turn = np.array([[0.8, 0.6], [-0.6, 0.8]])  # a head held aside changes nothing
    assert smile(lifted @ turn) == pytest.approx(36 / 60)
    assert facing(face_mesh(nose=20) @ turn) == pytest.approx(0.25)


def test_the_worst_of_several_faces_counts():
    faces = [Face((0, 0, 100, 100), face_mesh(0.3), 0.9), Face((200, 0, 250, 60), face_mesh(0.05, nose=20), 0.8),
             Face((300, 90, 340, 140), None, 0.6)]  # fmt: skip
    found = face_signs(faces, 400, 200)
    assert (found["faces"], found["cut_off"]) == (3, 2)
    assert found["eyes"] == pytest.approx(0.05)
    assert found["facing"] == pytest.approx(0.25)
    assert found["face_share"] == pytest.approx((10_000 + 3_000 + 2_000) / 80_000)
    assert np.isnan(face_signs([], 400, 200)["eyes"])
    weights = face_weights(faces, (200, 400))
    assert weights.sum() == 10_000 + 3_000 + 2_000
    assert face_weights([Face((0, 0, 9, 9), None, 1.0)], (20, 20)) is None


def left_out(**signs):
    usual = {
        "name": "a.jpg",
        "brightness": 0.4,
        "contrast": 0.6,
        "sharpness": 0.3,
        "plain": 0.0,
        "letters": 0,
        "paper": 0.1,
        "faces": 0,
    }
    return why_left_out(pd.DataFrame([usual | signs]))[0]


def test_what_is_no_photo_to_keep_and_why():
    assert left_out() == ""
    assert left_out(brightness=0.02, contrast=0.2) == "nearly black"
    assert left_out(contrast=0.1) == "shows nearly nothing"
    assert left_out(name="Screenshot_2024.png") == "a screenshot"
    assert left_out(plain=0.5, letters=900) == "a screenshot"
    assert left_out(paper=0.8, letters=2000) == "a page of text"
    assert left_out(paper=0.8, letters=2000, faces=1) == ""
    assert left_out(sharpness=0.05) == "blurred"


def test_drawn_letters_are_counted_and_a_picture_has_none():
    from PIL import Image, ImageDraw

    page = Image.new("RGB", (500, 700), (240, 238, 230))
    for y in range(20, 680, 20):
        ImageDraw.Draw(page).text(
            (20, y), "Lorem ipsum dolor sit amet, consetetur sadipscing elitr sed " * 2, fill=(30, 30, 30)
        )
    found = page_signs(np.asarray(page))
    assert found["letters"] > 500
    assert found["paper"] > 0.8
    slope = np.tile(np.linspace(0, 255, 400), (300, 1)).astype(np.uint8)
    assert page_signs(np.repeat(slope[..., None], 3, axis=2))["letters"] == 0


def test_planted_bursts_keep_the_untouched_frame_and_shuffled_signs_give_chance():
    draw = np.random.default_rng(0)
    photos = []
    for _ in range(6):
        photo = np.full((200, 240, 3), 120, np.uint8)
        for _ in range(40):
            x, y, w, h = draw.integers(0, 200, 2).tolist() + draw.integers(8, 60, 2).tolist()
            photo[y : y + h, x : x + w] = draw.integers(40, 210, 3)
        photos.append(photo)
    found = trials.planted_frames(photos, [trials.MIXED, "noise", "defocus"])
    kept = trials.kept_untouched(trials.winners(found)).set_index("plan")
    assert kept.loc["mixed", "chance"] == pytest.approx(1 / 8)
    assert kept.loc["mixed", "kept"] >= 5 / 6
    assert kept.loc["noise", "kept"] == 1
    assert (kept["low"] <= kept["kept"]).all()
    assert trials.kept_untouched(trials.winners(found, shuffles=100)).set_index("plan").loc[
        "mixed", "kept"
    ] == pytest.approx(1 / 8, abs=0.04)
    fitted = trials.fit_weights(found)
    assert list(fitted) == list(best.FITTED)
    assert min(fitted.values()) > 0
