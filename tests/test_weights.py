from pathlib import Path

import pytest
from click.testing import CliRunner

from likeness import paths
from likeness.cli import main
from likeness.errors import UserError
from likeness.features.weight_sources import CORPORA, corpora, weights_of_network
from likeness.params import read_params
from likeness.weights import absent, needed_weights, table


@pytest.fixture(autouse=True)
def homes(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hf"))
    return tmp_path


@pytest.fixture
def params():
    return read_params(paths.root() / "params.yaml")


def test_what_params_ask_for_is_listed_once_with_all_who_ask(params, homes):
    for section in (params["pose"]["features"], params["pose"]["finetune"]["full"]):
        section |= {"backbone": "resnet18", "weights": "DEFAULT"}
    params["pose"]["prepare"]["estimator"] = "keypointrcnn"
    params["faces"]["features"]["networks"] = "facenet@vggface2, timm:test_vit@DEFAULT"
    needed = {weights.network: (weights, keys) for weights, keys in needed_weights(params)}
    resnet, keys = needed["resnet18"]
    assert keys == ["pose.features", "pose.finetune.full"]
    assert resnet.file == homes / "torch" / "hub" / "checkpoints" / "resnet18-f37072fd.pth"
    assert resnet.url.startswith("https://download.pytorch.org/")
    assert not resnet.here
    assert needed["facenet"][0].file.parent == homes / "torch" / "checkpoints"
    assert needed["timm:test_vit"][0].url == "hf:timm/test_vit.r160_in1k/model.safetensors"
    assert needed["mtcnn"][0].here
    assert {each.network for each in absent([*needed.values()])} >= {"resnet18", "keypointrcnn_resnet50_fpn", "facenet"}
    resnet.file.parent.mkdir(parents=True)
    resnet.file.write_bytes(b"x")
    assert "resnet18" not in {each.network for each in absent(needed_weights(params))}


def test_the_table_says_what_each_was_trained_on_and_when(params):
    params["pose"]["features"] |= {"backbone": "timm:tf_efficientnet_lite0", "weights": "bundled"}
    said = table(needed_weights(params))
    assert "timm:tf_efficientnet_lite0 (bundled): here, 19 MB, Apache-2.0" in said
    assert "ImageNet-1k (collected until 2012; Russakovsky et al., 2015)" in said


def test_a_word_that_no_network_has_is_one_line_with_its_key(params):
    params["pose"]["features"] |= {"backbone": "resnet18", "weights": "IMAGENET9K"}
    with pytest.raises(UserError, match=r"^pose\.features: weights 'IMAGENET9K' for resnet18"):
        needed_weights(params)


@pytest.mark.parametrize(
    ("tag", "seen"),
    [
        ("fb_wsl_ig1b_ft_in1k", {"imagenet-1k", "ig1b"}),
        ("lvd142m", {"lvd142m"}),
        ("lvd1689m", {"lvd1689m"}),
        ("v2_webli", {"webli"}),
        ("laion2b_ft_in12k_in1k", {"laion", "imagenet-1k", "imagenet-22k"}),
        ("unheard_of", set()),
    ],
)
def test_tags_name_what_was_seen(tag, seen):
    assert set(corpora(tag)) == seen


def test_torchvisions_swag_has_seen_instagram():
    weights = weights_of_network("vit_b_16", "IMAGENET1K_SWAG_E2E_V1")
    assert set(weights.data) == {"imagenet-1k", "ig3.6b"}
    assert weights.licence.startswith("CC-BY-NC")


def test_each_corpus_says_its_year_its_source_and_its_tags():
    tags = [tag for corpus in CORPORA.values() for tag in corpus["tags"]]
    assert len(tags) == len(set(tags))
    for corpus in CORPORA.values():
        assert 2005 < corpus["until"] < 2027
        assert corpus["source"]


def test_the_command_lists_and_says_that_nothing_is_missing(tmp_path, monkeypatch):
    shown = CliRunner().invoke(main, ["weights"])
    assert shown.exit_code == 0
    assert "mtcnn (inside): here" in shown.output
    monkeypatch.setattr("likeness_collect.checkpoints.fetch", lambda url, file: Path(file))
    fetched = CliRunner().invoke(main, ["weights", "--fetch"])
    assert fetched.exit_code == 0
    assert "still missing" in fetched.output.splitlines()[-1]
