"""Role models found among the demo's files, against those that were planted there."""

import pandas as pd
import pytest

from likeness.compare.role_models import role_models
from likeness.photos.duplicates import near_duplicates
from likeness.photos.manifest import build_manifest
from likeness.photos.readers import read_sites
from likeness_demo.pose.corpus import make_pose_demo


@pytest.fixture(scope="module", params=[3])
def demo(request, tmp_path_factory):
    """The photos table of a small corpus, and its truth by name."""
    root = tmp_path_factory.mktemp("demo")
    make_pose_demo(root / "photos", root / "truth", photos=60, sites=6, seed=request.param)
    photos, _ = build_manifest(read_sites(root / "photos"), root)
    photos["duplicate_group"] = near_duplicates(root, photos, max_distance=20)
    truth = {name: pd.read_csv(root / f"truth/{name}.csv") for name in ("role_models", "planted", "poses")}
    return photos, truth


def test_every_planted_role_model_is_found(demo):
    photos, truth = demo
    paths = photos.set_index("photo_id")["path"].str.removeprefix("photos/")
    found = role_models(photos).set_index("arrangement")
    original = truth["planted"].set_index("path")["of"]  # of a copy with the very same date either may come first
    planted = truth["role_models"].set_index("arrangement")
    assert len(planted) >= 2
    assert planted.index.isin(found.index).all()
    leaders = found["role_model"].map(paths)
    leaders = leaders.map(lambda path: original.get(path, path))
    assert leaders[planted.index].tolist() == planted["path"].tolist()
    assert found.loc[planted.index, "copies"].tolist() == planted["copies"].tolist()
    assert (found.loc[planted.index, "taken_at"] == pd.to_datetime(planted["taken_at"])).all()


def test_a_planted_role_model_stands_out_by_the_years_it_was_copied(demo):
    photos, truth = demo
    found = role_models(photos).set_index("arrangement")
    planted = set(truth["role_models"]["arrangement"])
    days = {name: group["taken_at"].sort_values() for name, group in photos.groupby("arrangement")}
    assert set(found.index) == {name for name, dates in days.items() if len(dates) > 1}
    assert found.loc[sorted(planted), "days"].min() > found.drop(index=planted)["days"].max()
