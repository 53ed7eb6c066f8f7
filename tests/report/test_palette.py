import pytest

from likeness.report.palette import (
    DARK,
    FAMILIES,
    GREY,
    INK,
    NIGHT,
    PAPER,
    RIGHT,
    SERIES,
    SPLITS,
    WRONG,
    dark_rules,
    model_colour,
    model_style,
    model_styles,
)  # fmt: skip

LADDER = [
    "cosine", "euclidean", "OKS", "Procrustes", "place x pose", "photo, last", "photo, full", "photo+skeleton, last",
    "photo+skeleton, full", "photo+heatmaps, last", "photo+heatmaps, full", "random ranking", "majority class",
]  # fmt: skip

LIKES = [
    "fusion", "fc7 + metadata, boosting", "user only, boosting", "metadata, boosting", "fc6, SVM", "fc7, SVM",
    "colour, boosting", "smallcnn", "ranker", "alexnet", "backbone",
]  # fmt: skip


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    dark, light = sorted([luminance(one), luminance(two)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", PAPER) == pytest.approx(21)


@pytest.mark.parametrize("colour", [*SERIES, RIGHT, WRONG, *SPLITS.values(), *dict(FAMILIES).values()])
@pytest.mark.parametrize("page", [PAPER, NIGHT])
def test_series_read_on_both_pages(colour, page):
    assert contrast(colour, page) >= 3


def test_text_ink_reads_well_on_its_page():
    assert contrast(INK, PAPER) >= 7
    assert contrast(DARK[INK], NIGHT) >= 7


def test_a_model_looks_the_same_everywhere_and_streams_differ():
    assert model_colour("siamese photo+heatmaps, full") == model_colour("photo+heatmaps, last")
    assert len({model_colour(f"photo{stream}") for stream in ("", "+skeleton", "+heatmaps")}) == 3
    assert model_style("photo, last").linestyle != model_style("photo, full").linestyle
    assert model_colour("random ranking") == GREY
    assert model_colour("something new") == model_colour("Something New")
    assert model_colour("something new") in SERIES


def test_no_two_models_of_a_figure_look_alike():
    styles = model_styles(LADDER)
    assert list(styles) == LADDER
    assert len(set(styles.values())) == len(LADDER)
    assert styles["photo, full"] == model_style("photo, full")
    assert len(set(model_styles([f"cosine {n}" for n in range(12)]).values())) == 12


def test_every_family_is_reached():
    assert {model_colour(word) for word, _ in FAMILIES} == {colour for _, colour in FAMILIES}


def test_each_kind_of_input_and_network_has_a_colour_of_its_own():
    assert len({model_colour(name) for name in LIKES}) == len(LIKES)
    assert model_colour("fc7, SVM") == model_colour("fc7, forest")
    many = [*LIKES, "fc7, forest", "fc7, SVM by SGD", "best possible", "majority class"]
    assert len(set(model_styles(many).values())) == len(many)


def test_dark_rules_name_both_roles_of_each_ink():
    rules = dark_rules("main svg")
    for light, dark in DARK.items():
        for part in ("fill", "stroke"):
            assert f'main svg [style*="{part}: {light}"]{{{part}:{dark}!important}}' in rules
