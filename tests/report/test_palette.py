import pytest

from likeness.report.palette import (
    DARK,
    FAMILIES,
    GREY,
    INK,
    RIGHT,
    SERIES,
    SEVERAL,
    SPLITS,
    WRONG,
    dark_rules,
    model_colour,
    model_style,
    model_styles,
)  # fmt: skip

PAPER, NIGHT = "#ffffff", "#0d1117"
LADDER = [
    "features, cosine", "features, Euclidean", "joints, OKS", "joints, Procrustes", "joints, torso distance",
    "place x pose", "last-photo", "full-photo", "last-photo+skeleton", "full-photo+skeleton", "last-photo+heatmaps",
    "full-photo+heatmaps", "random ranking", "majority class", "oracle",
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


@pytest.mark.parametrize("colour", [*SERIES, RIGHT, WRONG, *SPLITS.values(), *FAMILIES.values()])
@pytest.mark.parametrize("page", [PAPER, NIGHT])
def test_series_read_on_both_pages(colour, page):
    assert contrast(colour, page) >= 3


def test_text_ink_reads_well_on_its_page():
    assert contrast(INK, PAPER) >= 7
    assert contrast(DARK[INK], NIGHT) >= 7


def test_streams_differ_in_colour_and_the_trained_part_in_dash():
    assert model_colour("full-photo+heatmaps") == model_colour("last-photo+heatmaps")
    assert len({model_colour(f"full-photo{stream}") for stream in ("", "+skeleton", "+heatmaps")}) == 3
    assert (model_style("last-photo").linestyle, model_style("full-photo").linestyle) == ("--", "-")


def test_each_kind_of_input_and_network_has_a_colour_of_its_own():
    assert len({model_colour(name) for name in LIKES}) == len(LIKES)
    assert model_colour("fc7, SVM") == model_colour("fc7, forest, unmirrored")
    assert model_colour("fc7 + colour, boosting") == model_colour("fc6 + metadata, boosting") == FAMILIES[SEVERAL]


def test_chance_is_grey_and_an_unknown_model_has_a_colour_that_stays():
    assert {model_colour(name) for name in ("random ranking", "majority class", "oracle")} == {GREY}
    assert model_colour("something new") == model_colour("Something New") in SERIES


@pytest.mark.parametrize(
    "names",
    [
        LADDER,
        [*LIKES, "fc7, forest", "fc7, SVM by SGD", "majority class"],
        [f"features, cosine {n}" for n in range(12)],
    ],
)
def test_no_two_models_of_a_figure_look_alike(names):
    styles = model_styles(names)
    assert list(styles) == names
    assert len(set(styles.values())) == len(names)
    assert styles[names[0]] == model_style(names[0])


def test_dark_rules_name_both_roles_of_each_ink():
    rules = dark_rules("main svg")
    for light, dark in DARK.items():
        for part in ("fill", "stroke"):
            assert f'main svg [style*="{part}: {light}"]{{{part}:{dark}!important}}' in rules
