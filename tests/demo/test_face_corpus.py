from pathlib import Path

import imagehash
import numpy as np
import pandas as pd
import pytest
from corpora import SIZES, contents
from defusedxml.ElementTree import parse
from PIL import Image

from likeness_demo.faces.corpus import COUNTS, FACES, PICTURES, PLANTED, make_faces_demo
from likeness_demo.faces.plan import plan_works
from likeness_demo.faces.styles import STYLES
from likeness_demo.faces.tables import DIMENSIONS, IMAGES, OBJECTS

SMALL = SIZES["faces"]


@pytest.fixture
def demo(corpora):
    return corpora("faces")


def images(demo):
    return demo.photos / "paintings" / "images"


def test_tables_have_the_museums_columns(demo):
    objects, published = demo.raw("paintings/objects"), demo.raw("paintings/published_images")
    dimensions = demo.raw("paintings/objects_dimensions")
    assert tuple(objects.columns) == OBJECTS
    assert tuple(published.columns) == IMAGES
    assert tuple(dimensions.columns) == DIMENSIONS
    assert objects["objectid"].is_unique
    assert objects["uuid"].is_unique
    assert objects["accessionnum"].is_unique
    assert set(published["depictstmsobjectid"]) == set(dimensions["objectid"]) == set(objects["objectid"])
    assert published.query("viewtype == 'primary'")["depictstmsobjectid"].is_unique
    assert published["uuid"].str.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}").all()
    assert published["iiifurl"].str.startswith("https://example.org/").all()
    assert set(objects["attribution"]) <= {style.workshop for style in STYLES}
    assert (objects["beginyear"].astype(int) <= objects["endyear"].astype(int)).all()


def test_painted_surfaces_have_the_shape_of_their_pictures(demo):
    dimensions, known = demo.raw("paintings/objects_dimensions"), demo.table("pictures").set_index("image")
    surface = dimensions[dimensions["element"] == "painted surface"]
    lengths = surface.astype({"dimension": float}).pivot_table("dimension", "objectid", "dimensiontype")
    for objectid, row in lengths.iterrows():
        name = f"{objectid}.jpg"
        if name in known.index:
            assert known.loc[name, "kind"] in ("portrait", "group", "landscape")
            with Image.open(images(demo) / name) as image:
                assert image.width / image.height == pytest.approx(row["width"] / row["height"], rel=0.01)
    assert set(known.query("kind in ['sculpture', 'print']").index).isdisjoint(f"{k}.jpg" for k in lengths.index)


def test_every_sitter_is_painted_twice_at_home_and_once_in_two_other_styles(demo):
    pictures = demo.table("pictures")
    sound = pictures[~pictures["image"].isin(copies(demo))]
    counts = sound[sound["kind"] == "portrait"].groupby("identities")["style"].agg(["size", "nunique"])
    assert (counts["size"] == 4).all()
    assert (counts["nunique"] == 3).all()
    assert len(counts) == SMALL["identities"]
    assert (sound["kind"] == "group").sum() == SMALL["groups"]
    assert (sound["kind"] == "landscape").sum() == SMALL["landscapes"]


def copies(demo):
    planted = demo.table("planted")
    return {Path(path).name for path in planted.loc[planted["of"] != "", "path"]}


def marked(demo):
    """Return the faces of faces.csv, which also names the pictures that show none."""
    faces = demo.table("faces")
    return faces[faces["x0"] != ""].astype(dict.fromkeys(FACES[2:], float))


def test_true_faces_lie_inside_their_pictures(demo):
    faces, pictures = marked(demo), demo.table("pictures").set_index("image")
    assert tuple(faces.columns) == FACES
    assert (pictures.index.name, *pictures.columns) == PICTURES
    for name, row in pictures.iterrows():
        own = faces[faces["image"] == name]
        assert " ".join(own["identity"]) == row["identities"]
        with Image.open(images(demo) / name) as image:
            image.load()
            assert (own[["x0", "y0"]] >= 0).all(axis=None)
            assert (own[["x1", "y1"]].to_numpy() <= image.size).all()
        assert (own["x1"] - own["x0"] > 36).all()
    assert set(faces["image"]) == set(pictures.index[pictures["kind"] != "landscape"])
    assert set(demo.table("faces")["image"]) == set(pictures.index)


def test_planted_troubles_are_what_the_table_says(demo):
    planted = demo.table("planted")
    assert tuple(planted.columns) == PLANTED
    counts = {"no-painted-surface": 4, "missing-image": 1, "truncated": 1, "exact-duplicate": 1, "near-duplicate": 6}
    assert planted["trouble"].value_counts().to_dict() == counts
    rows = planted.set_index("trouble")
    assert not (demo.photos / rows.loc["missing-image", "path"]).exists()
    with pytest.raises(OSError), Image.open(demo.photos / rows.loc["truncated", "path"]) as image:  # noqa: PT011
        image.load()
    pair = [demo.photos / rows.loc["exact-duplicate", column] for column in ("path", "of")]
    assert pair[0].read_bytes() == pair[1].read_bytes()
    surfaces = set(demo.raw("paintings/objects_dimensions").query("element == 'painted surface'")["objectid"])
    for path in rows.loc["no-painted-surface", "path"]:
        assert (demo.photos / path).is_file()
        assert Path(path).stem not in surfaces
    named = {f"{objectid}.jpg" for objectid in demo.raw("paintings/objects")["objectid"]}
    assert set(contents(images(demo))) == named - {Path(rows.loc["missing-image", "path"]).name}


def test_only_the_copies_look_alike(demo):
    near = demo.table("planted").query("trouble == 'near-duplicate'")
    hashes = {}
    for name in demo.table("pictures")["image"]:
        with Image.open(images(demo) / name) as image:
            hashes[name] = imagehash.phash(image, 16)
    pairs = zip(near["path"], near["of"], strict=True)
    assert all(hashes[Path(copy).name] - hashes[Path(original).name] <= 20 for copy, original in pairs)
    rest = [value for name, value in hashes.items() if name not in copies(demo)]
    assert min(a - b for k, a in enumerate(rest) for b in rest[:k]) > 20


def test_cartoons_have_an_annotation_each(demo):
    folder = demo.photos / "characters"
    names = sorted(contents(folder))
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


def test_mtcnn_finds_painted_faces_and_misses_cartoons(demo, find_faces):
    def boxes(path):
        with Image.open(path) as image:
            return find_faces([image.convert("RGB")])[0]

    faces, pictures = marked(demo), demo.table("pictures")
    names = [*pictures.query("kind == 'group'")["image"], *pictures.query("kind == 'portrait'")["image"][:8]]
    found = {name: boxes(images(demo) / name) for name in names}
    true = faces[faces["image"].isin(names)]
    hits = [max((overlap(row[2:], box) for box in found[row[0]]), default=0) for row in true.itertuples(index=False)]
    assert np.mean(np.array(hits) >= 0.5) >= 0.95
    assert not any(boxes(images(demo) / name) for name in pictures.query("kind == 'landscape'")["image"])
    cartoons = [boxes(path) for path in sorted((demo.photos / "characters").glob("*.jpg"))]
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
    works = plan_works(40, 5, 20, 24, 7)
    assert {k for work in works for k in work.sitters} == set(range(40))
    kinds = pd.Series([work.kind for work in works if not work.plant]).value_counts().to_dict()
    assert kinds == {"portrait": 160, "group": 20, "landscape": 24}
    assert all(len(set(work.sitters)) == len(work.sitters) for work in works)
    views = [(work.place, work.style) for work in works if work.kind == "landscape"]
    assert len(set(views)) == len(views)  # else two would look alike
