"""The run as a Workflow Run RO-Crate: an archive that says what ran with which parameters and what came out.

Profile: https://w3id.org/ro/wfrun/workflow (Leo et al., 2024). Photos and weights stay out: the crate says their hashes
and licences. The library `rocrate` is the extra `crate`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from likeness.errors import UserError
from likeness.export.publish import files_to_publish
from likeness.export.run import must_be_empty
from likeness.features.sight import Sight
from likeness.features.weight_sources import trained_on
from likeness.params import read_params
from likeness.verify.records import stages_of
from likeness.weights import address, needed_weights

if TYPE_CHECKING:
    from rocrate.model import ContextEntity
    from rocrate.rocrate import ROCrate

PROFILES = {  # what the crate promises; the first two are contained in the third
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
DVC = "https://dvc.org"
MIT = "https://spdx.org/licenses/MIT"
JUPYTER = "application/x-ipynb+json"
MISSING = 'a crate needs rocrate, which is not installed; uv pip install "likeness[crate]"'


def write_crate(root: Path, target: Path) -> Path:
    """Write the crate of the finished run at `root` to `target`, a new .zip or an empty folder, and return it.

    Raises UserError where rocrate is not installed, nothing has been run, or `target` holds something.
    """
    if not (root / "dvc.lock").is_file():
        raise UserError("dvc.lock is missing: run `make repro` first")
    if target.suffix == ".zip" and target.exists():
        raise UserError(f"{target}: is there already; name a new file")
    if target.suffix != ".zip":
        must_be_empty(target)
    crate = make_crate(root)
    crate.write_zip(target) if target.suffix == ".zip" else crate.write(target)
    return target


def make_crate(root: Path) -> "ROCrate":
    """Return the crate: dvc.yaml is the workflow, params.yaml and raw data went in, reports and numbers came out."""
    try:
        from rocrate.rocrate import ROCrate
    except ImportError as error:
        raise UserError(MISSING) from error
    ran = datetime.fromtimestamp(int((root / "dvc.lock").stat().st_mtime), UTC)
    crate = ROCrate(version="1.1")  # the version that the profiles of 0.5 build on
    crate.name = "likeness: studies of photographs of people"
    crate.description = "A finished run: the pipeline, its parameters and notebooks, the reports and every number."
    crate.license, crate.datePublished = _add(crate, MIT, "CreativeWork", name="MIT licence"), ran
    workflow, given = _add_workflow(crate, root)
    for name in ("dvc.lock", "requirements.lock"):
        _file(crate, root, root / name, "text/plain")
    came = [_file(crate, root, path) for path in files_to_publish(root)]
    action = crate.add_action(workflow, "#run", [given, *_raw_data(crate, root), *_weights(crate, root)], came)
    action["name"], action["endTime"] = "dvc repro", ran.isoformat()
    action["description"] = "Every stage of dvc.yaml, with the parameters of params.yaml; hashes are in dvc.lock."
    action["actionStatus"] = "http://schema.org/CompletedActionStatus"
    crate.root_dataset["mentions"] = action
    crate.root_dataset["conformsTo"] = [
        _add(crate, at, "CreativeWork", name=name, version=edition) for at, (name, edition) in PROFILES.items()
    ]
    return crate


def _add_workflow(crate: "ROCrate", root: Path) -> tuple[Any, Any]:
    """Add dvc.yaml, its notebooks and what it takes, and return it and params.yaml."""
    from rocrate.model import ComputerLanguage

    language = crate.add(ComputerLanguage(crate, "#dvc", {"name": "DVC", "url": DVC, "identifier": DVC}))
    named = {"name": "likeness", "version": version("likeness")}
    workflow = crate.add_workflow(root / "dvc.yaml", "dvc.yaml", main=True, lang=language, properties=named)
    notebooks = sorted((root / "notebooks").glob("*/*.ipynb"))
    workflow["hasPart"] = [_file(crate, root, path, JUPYTER) for path in notebooks]
    workflow["input"] = crate.add_formal_parameter("parameters", "File", "#parameters", valueRequired=True)
    given = _file(crate, root, root / "params.yaml", "application/yaml")
    given["exampleOfWork"] = workflow["input"]
    return workflow, given


def _add(crate: "ROCrate", at: str, kind: str, **told: Any) -> "ContextEntity":
    from rocrate.model import ContextEntity

    return crate.add(ContextEntity(crate, at, {"@type": kind, **told}))


def _file(crate: "ROCrate", root: Path, path: Path, form: str | None = None) -> Any:
    forms = {".html": "text/html", ".json": "application/json"}
    name = path.relative_to(root).as_posix()
    return crate.add_file(path, name, properties={"name": name, "encodingFormat": form or forms[path.suffix]})


def _raw_data(crate: "ROCrate", root: Path) -> Iterator["ContextEntity"]:
    """Yield each folder of data/raw that the run read, by its hash in dvc.lock; drawn ones are ours."""
    stages = stages_of((root / "dvc.lock").read_text(encoding="utf-8"))
    read = {path: md5 for stage in stages.values() for path, md5 in stage.inputs.items()}
    for path, md5 in sorted((path, md5) for path, md5 in read.items() if path.startswith("data/raw/")):
        drawn = path.startswith("data/raw/demo-")
        words = "drawn by `likeness demo`" if drawn else "brought by whoever ran this; its licence is not known here"
        told = {"license": {"@id": MIT}} if drawn else {}
        yield _add(crate, f"#{path}", "Dataset", name=path, description=words, identifier=f"md5:{md5}", **told)


def _weights(crate: "ROCrate", root: Path) -> Iterator["ContextEntity"]:
    """Yield the weights that the parameters ask for, with their licence and what they were trained on."""
    for weights, _ in needed_weights(read_params(root / "params.yaml")):
        name = Sight(weights.network, weights.word).name  # of a file without its folder
        words = f"weights of a network, trained on {trained_on(weights)}"
        told = {"license": weights.licence or "not known here"} | ({"url": address(weights.url)} if weights.url else {})
        yield _add(crate, f"#weights/{name}", "CreativeWork", name=name, description=words, **told)
