"""Fingerprints of code: what changes a result changes them, what is only said does not."""

import shutil
import sys

import pytest

from likeness import fingerprint as code
from likeness import paths
from likeness.cache import key

ROOT = paths.root()
STUDIES = ("pose", "likability", "faces")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the source and what belongs to it, whose fingerprints are taken in place of the repository's."""
    for name in ("src", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    monkeypatch.setattr(code, "SOURCE", tmp_path / "src")
    monkeypatch.setattr(code, "KNOWN", tmp_path / ".likeness" / "code.json")
    forget()
    yield tmp_path
    forget()


def forget():
    for each in (code._known, code._fingerprint, code._data_files):
        each.cache_clear()


def stages(root):
    forget()
    return {
        f"{study}-{name}": found for study in STUDIES for name, found in code.stage_fingerprints(root, study).items()
    }


def edit(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def changed(root, file, old, new):
    """Return the stages whose fingerprint an edit changes."""
    before = stages(root)
    edit(root / file, old, new)
    return {name for name, found in stages(root).items() if found != before[name]}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""One reader', '"""The one and only reader'),
        ("def rank(", "# how it is ranked\n\n\ndef rank("),
        ("return a + b", "return (\n        a\n        + b\n    )"),
        ("return a + b", 'return a + b  # "sum"'),
        ('"""Add."""\n    ', ""),
    ],
)
def test_what_only_a_reader_sees_changes_nothing(old, new):
    source = '"""One reader."""\n\n\ndef rank(a, b):\n    """Add."""\n    return a + b\n'
    assert old in source
    assert code.read_code(source.replace(old, new).encode()) == code.read_code(source.encode())


@pytest.mark.parametrize("new", ["return a - b", "return a + b + 0", "return b + a", 'return "a + b"'])
def test_another_statement_changes_the_tree(new):
    source = "def rank(a, b):\n    return a + b\n"
    assert code.read_code(source.replace("return a + b", new).encode()).digest != code.read_code(source.encode()).digest


def test_a_docstring_or_a_comment_makes_no_stage_stale(copy):
    assert changed(copy, "src/likeness/photos/decode.py", '"""Safe decoding', '"""Very safe decoding') == set()
    assert changed(copy, "src/likeness/machine.py", "\ndef ", "\n# a comment\ndef ") == set()


def test_a_colour_reaches_every_page_and_no_computation(copy):
    before = code.fingerprint("likeness.features.extract")
    pages = changed(copy, "src/likeness/report/palette.py", '"#', '"#f')
    assert pages == {name for name in stages(copy) if not name.endswith("-demo")}
    assert code.fingerprint("likeness.features.extract") == before


def test_a_loss_reaches_the_stages_that_train_with_it(copy):
    found = changed(
        copy, "src/likeness/models/pose/losses.py", "def contrastive_loss(", "X = 1\n\n\ndef contrastive_loss("
    )
    assert "pose-finetune" in found
    assert not {name for name in found if name.startswith("likability") or name.endswith(("prepare", "demo"))}


def test_a_library_in_the_lock_reaches_the_stages_that_import_it(copy):
    found = changed(copy, "requirements.lock", "\nmediapipe==", "\nmediapipe==9")
    assert "pose-prepare" in found
    assert "faces-index" not in found
    everything = {name for name in stages(copy) if not name.endswith("-demo")}
    assert changed(copy, "requirements.lock", "\ntorch==", "\ntorch==9") >= everything - {"likability-curate"}


def test_threads_templates_and_the_kernel_count(copy):
    for file, old, new in (
        ("src/likeness/repeatable/__init__.py", '"OMP_NUM_THREADS": "1"', '"OMP_NUM_THREADS": "2"'),
        ("src/likeness/report/page/template/likeness/report.css", "{", "{ "),
    ):
        assert "pose-report" in changed(copy, file, old, new)
    assert "pose-features" in changed(copy, "src/likeness/parallel.py", "threads = cores()", "threads = 3")


def test_another_way_to_decode_names_other_features(copy):
    """A changed `load_image` would otherwise get the old features from the cache."""

    def name():
        forget()
        return key("likeness.features.extract", {}, "f" * 64, "photo")

    before = name()
    edit(copy / "src/likeness/photos/decode.py", '"""Safe decoding', '"""Very safe decoding')
    assert name() == before
    edit(copy / "src/likeness/photos/decode.py", "\ndef to_rgb(", "\nX = 1\n\n\ndef to_rgb(")
    assert name() != before


def test_the_sections_of_other_studies_do_not_count(copy):
    found = changed(copy, "src/likeness/params/faces.py", "STAGES", "X = 1\nSTAGES")
    assert found == {name for name in stages(copy) if name.startswith("faces") and not name.endswith("-demo")}


def test_every_library_that_a_stage_imports_is_locked():
    locked = code._locked_versions(ROOT / "requirements.lock")
    locked |= code._locked_versions(ROOT / "requirements-spark.lock")
    found = code.reached(("likeness.cli", "likeness_demo.pose.corpus", *code.RUNNER))
    for study in STUDIES:
        for path in (ROOT / "notebooks" / study).glob("*.ipynb"):
            found |= code.reached(code.read_code(code.notebook_code(path)).imports)
    assert {"torch", "numpy", "pillow", "opencv-contrib-python-headless"} <= set(code.libraries(found))
    # What only `likeness crate` imports is an extra: no stage comes to it.
    assert set(code.libraries(found)) - set(locked) == {"rocrate"}
    stages = code.reached(("likeness_demo.pose.corpus", *code.RUNNER))
    assert set(code.libraries(stages)) - set(locked) == set()


def test_an_unknown_module_is_refused():
    with pytest.raises(ValueError, match=r"likeness\.nothing"):
        code.fingerprint("likeness.nothing")


def test_what_was_parsed_is_remembered(copy, monkeypatch):
    code.read_code.cache_clear()
    code.write_fingerprints(copy, "index")
    first = (copy / "data/code/index.json").read_text()
    forget()
    code.read_code.cache_clear()
    monkeypatch.setattr(code, "_parse", lambda source: pytest.fail("parsed again"))
    code.write_fingerprints(copy, "index")
    assert (copy / "data/code/index.json").read_text() == first


def test_versions_of_python_agree():
    # Written by hand from what 3.11 to 3.13 share: empty lists and `kind` are left out, for they come and go.
    code_of = code.read_code(b"def f(): return u'a'")
    assert code_of.digest == code.read_code(b"def f(): return 'a'").digest
    assert sys.version_info >= (3, 11)
