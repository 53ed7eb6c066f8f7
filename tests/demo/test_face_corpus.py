from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
import pandas as pd
import pytest
from defusedxml.ElementTree import parse
from PIL import Image

from likeness_demo.faces.corpus import COUNTS, FACES, PICTURES, PLANTED, make_faces_demo
from likeness_demo.faces.plan import plan_works
from likeness_demo.faces.styles import STYLES
from likeness_demo.faces.tables import DIMENSIONS, IMAGES, OBJECTS

SMALL = {"identities": 4, "styles": 5, "groups": 2, "landscapes": 2, "characters": 10, "seed": 5}


@dataclass(frozen=True)
class Demo:
    folder: Path
    truth: Path

    @property
    def images(self) -> Path:
        return self.folder / "paintings" / "images"

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / "paintings" / f"{name}.csv", dtype=str, keep_default_na=False)

    def known(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.truth / f"{name}.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    root = tmp_path_factory.mktemp("faces")
    made = Demo(root / "p", root / "t")
    make_faces_demo(made.folder, made.truth, **SMALL)
    return made


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_seed_same_bytes_whatever_the_workers(demo, tmp_path):
    make_faces_demo(tmp_path / "p", tmp_path / "t", **SMALL, workers=1)
    assert files(tmp_path / "p") == files(demo.folder)
    assert files(tmp_path / "t") == files(demo.truth)


def test_tables_have_the_museums_columns(demo):
    objects, images = demo.table("objects"), demo.table("published_images")
    dimensions = demo.table("objects_dimensions")
    assert tuple(objects.columns) == OBJECTS
    assert tuple(images.columns) == IMAGES
    assert tuple(dimensions.columns) == DIMENSIONS
    assert objects["objectid"].is_unique
    assert objects["uuid"].is_unique
    assert objects["accessionnum"].is_unique
    assert set(images["depictstmsobjectid"]) == set(dimensions["objectid"]) == set(objects["objectid"])
    assert images.query("viewtype == 'primary'")["depictstmsobjectid"].is_unique
    assert images["uuid"].str.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}").all()
    assert images["iiifurl"].str.startswith("https://example.org/").all()
    assert set(objects["attribution"]) <= {style.workshop for style in STYLES}
    assert (objects["beginyear"].astype(int) <= objects["endyear"].astype(int)).all()


def test_painted_surfaces_have_the_shape_of_their_pictures(demo):
    dimensions, known = demo.table("objects_dimensions"), demo.known("pictures").set_index("image")
    surface = dimensions[dimensions["element"] == "painted surface"]
    lengths = surface.astype({"dimension": float}).pivot_table("dimension", "objectid", "dimensiontype")
    for objectid, row in lengths.iterrows():
        name = f"{objectid}.jpg"
        if name in known.index:
            assert known.loc[name, "kind"] in ("portrait", "group", "landscape")
            with Image.open(demo.images / name) as image:
                assert image.width / image.height == pytest.approx(row["width"] / row["height"], rel=0.01)
    assert set(known.query("kind in ['sculpture', 'print']").index).isdisjoint(f"{k}.jpg" for k in lengths.index)


def test_every_sitter_is_painted_twice_at_home_and_once_in_two_other_styles(demo):
    pictures = demo.known("pictures")
    sound = pictures[~pictures["image"].isin(copies(demo))]
    counts = sound[sound["kind"] == "portrait"].groupby("identities")["style"].agg(["size", "nunique"])
    assert (counts["size"] == 4).all()
    assert (counts["nunique"] == 3).all()
    assert len(counts) == SMALL["identities"]
    assert (sound["kind"] == "group").sum() == SMALL["groups"]
    assert (sound["kind"] == "landscape").sum() == SMALL["landscapes"]


def copies(demo):
    planted = demo.known("planted")
    return {Path(path).name for path in planted.loc[planted["of"] != "", "path"]}


def test_true_faces_lie_inside_their_pictures(demo):
    faces, pictures = demo.known("faces"), demo.known("pictures").set_index("image")
    assert tuple(faces.columns) == FACES
    assert (pictures.index.name, *pictures.columns) == PICTURES
    for name, row in pictures.iterrows():
        own = faces[faces["image"] == name]
        assert " ".join(own["identity"]) == row["identities"]
        with Image.open(demo.images / name) as image:
            image.load()
            assert (own[["x0", "y0"]] >= 0).all(axis=None)
            assert (own[["x1", "y1"]].to_numpy() <= image.size).all()
        assert (own["x1"] - own["x0"] > 36).all()
    assert set(faces["image"]) == set(pictures.index[pictures["kind"] != "landscape"])


def test_planted_troubles_are_what_the_table_says(demo):
    planted = demo.known("planted")
    assert tuple(planted.columns) == PLANTED
    counts = {"no-painted-surface": 4, "missing-image": 1, "truncated": 1, "exact-duplicate": 1, "near-duplicate": 6}
    assert planted["trouble"].value_counts().to_dict() == counts
    rows = planted.set_index("trouble")
    assert not (demo.folder / rows.loc["missing-image", "path"]).exists()
    with pytest.raises(OSError), Image.open(demo.folder / rows.loc["truncated", "path"]) as image:  # noqa: PT011
        image.load()
    pair = [demo.folder / rows.loc["exact-duplicate", column] for column in ("path", "of")]
    assert pair[0].read_bytes() == pair[1].read_bytes()
    surfaces = set(demo.table("objects_dimensions").query("element == 'painted surface'")["objectid"])
    for path in rows.loc["no-painted-surface", "path"]:
        assert (demo.folder / path).is_file()
        assert Path(path).stem not in surfaces
    named = {f"{objectid}.jpg" for objectid in demo.table("objects")["objectid"]}
    assert set(files(demo.images)) == named - {Path(rows.loc["missing-image", "path"]).name}


def test_only_the_copies_look_alike(demo):
    near = demo.known("planted").query("trouble == 'near-duplicate'")
    hashes = {}
    for name in demo.known("pictures")["image"]:
        with Image.open(demo.images / name) as image:
            hashes[name] = imagehash.phash(image, 16)
    pairs = zip(near["path"], near["of"], strict=True)
    assert all(hashes[Path(copy).name] - hashes[Path(original).name] <= 20 for copy, original in pairs)
    rest = [value for name, value in hashes.items() if name not in copies(demo)]
    assert min(a - b for k, a in enumerate(rest) for b in rest[:k]) > 20


def test_cartoons_have_an_annotation_each(demo):
    folder = demo.folder / "characters"
    names = sorted(files(folder))
    assert names == sorted(f"character-{k:03d}.{end}" for k in range(1, 11) for end in ("jpg", "xml"))
    for number, path in enumerate(sorted(folder.glob("*.xml"))):
        tree = parse(path).getroot()
        with Image.open(path.with_suffix(".jpg")) as image:
            assert tree.findtext("filename") == path.with_suffix(".jpg").name
            assert (tree.findtext("size/width"), tree.findtext("size/height")) == tuple(map(str, image.size))
            boxes = [[int(value.text) for value in box] for box in tree.iter("bndbox")]
            assert len(boxes) == COUNTS[number]
            for x0, y0, x1, y1 in boxes:
                assert 1 <= x0 < x1 <= image.width
                assert 1 <= y0 < y1 <= image.height


def test_mtcnn_finds_painted_faces_and_misses_cartoons(demo):
    import torch
    from facenet_pytorch import MTCNN

    def boxes(path):
        with Image.open(path) as image:
            found, scores = detector.detect(image.convert("RGB"))
        return [] if found is None else [box for box, score in zip(found, scores, strict=True) if score >= 0.9]

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        detector = MTCNN()
        faces = demo.known("faces")
        pictures = demo.known("pictures")
        names = [*pictures.query("kind == 'group'")["image"], *pictures.query("kind == 'portrait'")["image"][:8]]
        found = {name: boxes(demo.images / name) for name in names}
        landscapes = demo.known("pictures").query("kind == 'landscape'")["image"]
        empty = [boxes(demo.images / name) for name in landscapes]
        cartoons = [boxes(path) for path in sorted((demo.folder / "characters").glob("*.jpg"))]
    finally:
        torch.set_num_threads(threads)
    true = faces[faces["image"].isin(names)]
    hits = [max((overlap(row[2:], box) for box in found[row[0]]), default=0) for row in true.itertuples(index=False)]
    assert np.mean(np.array(hits) >= 0.5) >= 0.95
    assert not any(empty)
    assert sum(map(len, cartoons)) <= 0.2 * sum(COUNTS)


def overlap(one, other):
    """Return the intersection over union of two boxes, counted on a grid of pixels."""
    masks = []
    for x0, y0, x1, y1 in (one, other):
        mask = np.zeros((330, 330), bool)
        mask[max(0, round(y0)) : round(y1), max(0, round(x0)) : round(x1)] = True
        masks.append(mask)
    return (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum()


def test_plans_name_what_does_not_fit():
    for wrong, message in (
        ({"styles": 9}, "styles 9: give 2 to 5"),
        ({"identities": 1}, "identities 1: give at least"),
    ):
        with pytest.raises(ValueError, match=message):
            make_faces_demo(Path("p"), Path("t"), **{**SMALL, **wrong})


def test_the_full_plan():
    works, looks = plan_works(40, 5, 20, 24, 7)
    assert len(looks) == 40
    kinds = pd.Series([work.kind for work in works if not work.plant]).value_counts().to_dict()
    assert kinds == {"portrait": 160, "group": 20, "landscape": 24}
    assert all(len(set(work.sitters)) == len(work.sitters) for work in works)
    views = [(work.place, work.style) for work in works if work.kind == "landscape"]
    assert len(set(views)) == len(views)  # else two would look alike


def test_a_second_call_replaces_only_what_the_demo_made(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="mine: not empty"):
        make_faces_demo(tmp_path / "mine", tmp_path / "new", **SMALL)
    assert (tmp_path / "mine" / "holiday.jpg").read_bytes() == b"mine"
