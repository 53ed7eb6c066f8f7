import pandas as pd
import pytest

from likeness.report.seen import describe_weights

SEER = {"backbone": "timm:resnext101_32x8d.fb_wsl_ig1b_ft_in1k", "weights": "DEFAULT"}
DATES = pd.to_datetime(pd.Series(["2017-03-01", "2018-12-31", "2019-01-01", "2020-05-05", None]))


@pytest.fixture(autouse=True)
def homes(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hf"))


def test_a_random_network_has_seen_nothing():
    said = describe_weights({"backbone": "resnet18", "weights": "none"}, "instagram", DATES)
    assert "resnet18 has random weights" in said
    assert "Warning" not in said


def test_the_source_the_years_and_the_licence_are_named():
    said = describe_weights({"backbone": "timm:tf_efficientnet_lite0", "weights": "bundled"}, "instagram", DATES)
    for part in ("ImageNet-1k", "2012", "Russakovsky et al., 2015", "Apache-2.0"):
        assert part in said
    assert "Warning" not in said  # photos of Flickr, beside a study of Instagram's


def test_a_network_of_instagram_photos_beside_an_instagram_study_is_warned_of():
    said = describe_weights(SEER, "instagram", DATES)
    assert "Warning" in said
    assert "cc-by-nc-4.0" in said
    assert "Of 4 photos with a date, 50\u00a0% are from 2018 or before." in said  # of the unknown one nothing is said


def test_photos_that_are_all_younger_cannot_have_been_seen():
    assert "Warning" not in describe_weights(SEER, "instagram", DATES[2:])


def test_without_dates_the_warning_says_no_share():
    for dates in (None, DATES[4:]):
        said = describe_weights(SEER, "instagram", dates)
        assert "may have seen" in said
        assert "with a date" not in said


def test_what_holds_instagram_is_no_matter_to_a_study_of_paintings_but_a_crawl_of_the_web_is():
    assert "Warning" not in describe_weights(SEER, "art")
    several = {
        "networks": {
            "resnet18@none": {"backbone": "resnet18", "weights": "none"},
            "siglip": {"backbone": "timm:vit_base_patch16_siglip_224", "weights": "DEFAULT"},
        }
    }
    said = describe_weights(several, "art")
    assert "resnet18 has random weights" in said
    assert "timm:vit_base_patch16_siglip_224 may have seen" in said
