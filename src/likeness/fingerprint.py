"""What a result depends on besides data and parameters: the code that makes it, and the libraries that this code uses.

A fingerprint is made of the syntax trees of modules and of all that they import of ours: a comment, a docstring or a
line break changes nothing. The stage `code` (code_stage.py) writes those of a study's stages for DVC.
"""

import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from likeness import paths

SOURCE = Path(__file__).resolve().parents[1]
OURS = ("likeness", "likeness_demo", "likeness_collect")
NO_RESULT = ("likeness.errors", "likeness.progress")  # what is told on the way changes no result
# Read by every stage; the sections of the other studies are not this one's business, the values are DVC's params.
PARAMS = "likeness.params"
KNOWN = SOURCE.parent / ".likeness" / "code.json"
STUDIES = ("pose", "likability", "faces")
DEMOS = {"pose": "likeness_demo.pose.corpus", "likability": "likeness_demo.posts.corpus",
         "faces": "likeness_demo.faces.corpus"}  # fmt: skip
RUNNER = ("likeness.run", "likeness.kernel")  # they execute each notebook and export its page
INDEX = ("likeness.report.page.index",)
# Libraries that are imported under another name than the one they are installed by.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "cv2": "opencv-contrib-python-headless",
    "faiss": "faiss-cpu",
    "ruamel": "ruamel-yaml",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
}


class Code(NamedTuple):
    """A piece of code: the SHA-256 of its syntax tree, and the dotted names that it imports, at any depth."""

    digest: str
    imports: tuple[str, ...]


def fingerprint(*modules: str) -> str:
    """Return a hash of these modules of ours, of all that they import of ours, and of the installed libraries they use.

    It belongs into the name of whatever these modules compute and is kept. Raises ValueError for an unknown module.
    """
    return _fingerprint(tuple(sorted(modules)))


@cache
def _fingerprint(modules: tuple[str, ...]) -> str:
    if unknown := [name for name in modules if file_of(name) is None]:
        raise ValueError(f"{unknown[0]!r} is none of our modules")
    return _digest(reached(modules), _installed)


def modules_of(*things: Any) -> tuple[str, ...]:
    """Return the modules of ours in which functions or classes are defined; those of other packages are left out."""
    return tuple(sorted({thing.__module__ for thing in things if file_of(thing.__module__)}))


def stage_fingerprints(root: Path, study: str) -> dict[str, str]:
    """Return {stage: hash} of a study's stages, or of the index: the code that each reaches, its locked libraries.

    study: "pose", "likability", "faces", or "index". Versions are those of requirements.lock, so that the hash is the
    same on each machine; `fingerprint`, for what one machine keeps, takes the installed ones.
    """
    locked = _locked_versions(root / "requirements.lock")
    if study == "index":
        return {"index": _digest(reached(INDEX), locked.get)}
    stages = {
        path.stem: read_code(notebook_code(path)) for path in sorted((root / "notebooks" / study).glob("*.ipynb"))
    }
    codes = {"demo": reached((DEMOS[study], "likeness.repeatable"))}
    for name, code in stages.items():
        codes[name] = reached((*code.imports, *RUNNER), study) | {name: code}
    return {name: _digest(found, locked.get) for name, found in codes.items()}


def reached(names: Iterable[str], study: str = "") -> dict[str, Code]:
    """Return {module: Code} of the modules of ours among `names` and of all that they import, packages included.

    names: modules, or what is imported from them; names of others are passed over. study: of the sections of
    params.yaml only this study's are followed.
    """
    found: dict[str, Code] = {}
    others = {f"{PARAMS}.{each}" for each in STUDIES if study and each != study}
    waiting = [*names, *([f"{PARAMS}.{study}", f"{PARAMS}.section"] if study else [])]
    while waiting:
        name = waiting.pop()
        file = file_of(name)
        if name in found or name in NO_RESULT or name in others or (study and name == PARAMS):
            continue
        if file:
            found[name] = read_code(file.read_bytes())
            waiting += [*found[name].imports, name.rpartition(".")[0]]
    return found


def file_of(name: str) -> Path | None:
    """Return the file of a module or package of ours, None of anything else, such as a function in a module."""
    if name.partition(".")[0] not in OURS:
        return None
    path = SOURCE.joinpath(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def libraries(codes: Mapping[str, Code]) -> list[str]:
    """Return the names, as they are installed by, of the libraries that code imports."""
    tops = {name.partition(".")[0] for code in codes.values() for name in code.imports}
    return sorted(
        DISTRIBUTIONS.get(top, top.lower().replace("_", "-")) for top in tops - {*OURS} - sys.stdlib_module_names
    )


def notebook_code(path: Path) -> bytes:
    """Return the code of a notebook's cells."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code").encode()


@cache
def read_code(source: bytes) -> Code:
    """Return the Code of Python source."""
    name = hashlib.sha256(source).hexdigest()
    if name not in _known():
        _known()[name] = _parse(source)
    return _known()[name]


@cache
def _known() -> dict[str, Code]:
    """Return {SHA-256 of source: Code} as the last `write_fingerprints` left it: parsing all takes a second."""
    try:
        return {name: Code(digest, tuple(names)) for name, (digest, names) in json.loads(KNOWN.read_text()).items()}
    except (OSError, ValueError):
        return {}


def _parse(source: bytes) -> Code:
    tree = ast.parse(source)
    imports: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    written: list[str] = []
    _write(tree, written)
    return Code(hashlib.sha256("".join(written).encode()).hexdigest(), tuple(sorted(imports)))


def _write(node: object, out: list[str]) -> None:
    """Append a syntax tree as text, docstrings left out, and whatever only some versions of Python write."""
    if isinstance(node, ast.AST):
        out.append(f"{type(node).__name__}(")
        for name, value in ast.iter_fields(node):
            if name == "body" and isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                value = value[1:] if ast.get_docstring(node, clean=False) is not None else value
            if value is not None and value != [] and name not in ("kind", "type_comment"):
                out.append(f"{name}=")
                _write(value, out)
        out.append(")")
    elif isinstance(node, list):
        out.append("[")
        for each in node:
            _write(each, out)
        out.append("]")
    else:
        out.append(f"{node!r},")


def _digest(codes: Mapping[str, Code], version_of: object) -> str:
    """Return the hash of code, of the files beside it (templates, style sheets), and of its libraries' versions."""
    folders = {file.parent for name in codes if (file := file_of(name)) and file.name != "__init__.py"}
    beside = {
        path.relative_to(SOURCE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in _data_files(folder)
    }
    parts = [
        sorted((name, code.digest) for name, code in codes.items()),
        sorted(beside.items()),
        [(name, version_of(name)) for name in libraries(codes)],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@cache
def _data_files(folder: Path) -> list[Path]:
    """Return the files of a package's folder that are no code, and those of its folders that are no packages."""
    found = []
    for path in folder.iterdir():
        if path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").is_file():
            found += [each for each in path.rglob("*") if each.is_file()]
        elif path.is_file() and path.suffix not in (".py", ".pyc"):
            found.append(path)
    return sorted(found)


@cache
def _installed(name: str) -> str | None:
    try:
        return version(name).partition("+")[0]  # the part behind it names the build, such as cpu
    except PackageNotFoundError:
        return None


def _locked_versions(lock: Path) -> dict[str, str]:
    """Return {library: version} of a requirements file, {} where there is none."""
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    return {name.lower().replace("_", "-"): found for name, found in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.M)}


def write_fingerprints(root: Path, *studies: str) -> None:
    """Write data/code/<study>.json of each: what the study's stages list under `params` in dvc.yaml."""
    before = len(_known())
    for study in studies:
        text = json.dumps(stage_fingerprints(root, study), indent=1) + "\n"
        paths.write_text(text, root / "data" / "code" / f"{study}.json")
    if len(_known()) > before:
        paths.write_text(json.dumps(_known()), KNOWN)
