"""The `likeness` command."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from likeness import paths, repeatable
from likeness.errors import UserError, words
from likeness.params import STAGES, load_section, read_params
from likeness.run import NotebookFailed
from likeness_collect.cli import collect, forget

STUDIES = ("pose", "likability", "faces")
GB, DAY = 10**9, 86_400  # bytes; seconds


class OneLine(click.Group):
    """Turns the errors a user can cause into one line on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand; bad input and unreadable files end in one line, bugs in a traceback."""
        try:
            return super().invoke(ctx)
        except (UserError, NotebookFailed, OSError, MemoryError) as error:
            click.echo(f"likeness: {_one_line(error)}", err=True)
            sys.exit(1)


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {words(error)}"
    return words(error)


@click.group(cls=OneLine)
def main() -> None:
    """Reproducible studies of photographs of people."""
    os.environ.update(repeatable.variables(os.environ))  # before NumPy is loaded
    # jsonschema, which nbformat imports, builds a grammar of internationalised addresses where it finds this module:
    # two seconds at each start, for what no notebook holds. It does without what cannot be imported.
    sys.modules.setdefault("rfc3987_syntax", None)


@main.command()
@click.argument("stage")
@click.option("--variant", multiple=True, metavar="KEY=VALUE", help="one key of the stage's matrix; repeatable")
def run(stage: str, variant: tuple[str, ...]) -> None:
    """Run one notebook with the values of params.yaml and write its HTML."""
    from likeness.run import run_stage

    pairs = [item.partition("=") for item in variant]
    for key, sign, _ in pairs:
        if not sign:
            raise click.UsageError(f"--variant {key}: write it as KEY=VALUE")
    choices = {key: value for key, _, value in pairs}
    if len(choices) < len(pairs):
        raise click.UsageError("--variant: give each key once")
    page = run_stage(stage, choices)
    click.echo(f"wrote {page.relative_to(paths.root())}")


@main.command()
@click.argument("studies", nargs=-1, type=click.Choice(STUDIES))
def repro(studies: tuple[str, ...]) -> None:
    """Run what has changed of the pipeline, or of some STUDIES, as `dvc repro`, but the studies side by side."""
    from likeness.repro import repro as run_studies

    run_studies(paths.root(), studies)


@main.command()
def check() -> None:
    """Is every value of params.yaml valid, and does dvc.yaml list what each stage reads?"""
    from likeness.check import find_drift

    problems = find_drift(paths.root())
    for problem in problems:
        click.echo(f"likeness: {problem}", err=True)
    if problems:
        sys.exit(1)
    click.echo(f"params.yaml and dvc.yaml agree on {len(STAGES)} stages")


@main.command()
@click.option("--against", type=click.Path(path_type=Path), help="another machine's export; default: the last commit")
@click.option("--export", type=click.Path(path_type=Path), help="also write what this machine came to, for others")
def verify(against: Path | None, export: Path | None) -> None:
    """Hold the finished run against the committed one: same bytes, numbers within their intervals, same verdicts?

    Exit status 0 where every verdict of the reports is the same.
    """
    from likeness.verify.run import verify_run

    told, same = verify_run(paths.root(), against, export)
    for line in told:
        click.echo(line)
    sys.exit(0 if same else 1)


@main.command()
@click.argument("study", type=click.Choice(STUDIES))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--to", "form", required=True, type=click.Choice(["csv", "fiftyone", "spotlight"]), help="the format")
def export(study: str, folder: Path, form: str) -> None:
    """Write STUDY into an empty FOLDER as tables, or for FiftyOne or Renumics Spotlight."""
    from likeness.export.run import export_study

    export_study(study, form, folder)
    click.echo(f"wrote {folder}")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def publish(folder: Path) -> None:
    """Copy the reports into an empty FOLDER that any web server can show. They hold small copies of the photos."""
    from likeness.export.publish import publish as copy_reports

    copies = copy_reports(paths.root(), folder)
    click.echo(f"copied {len(copies)} files; open {folder / 'index.html'}")


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
def crate(target: Path) -> None:
    """Write TARGET, a new .zip or folder: the run, its parameters, licences and reports as a Workflow Run RO-Crate."""
    from likeness.export.crate import write_crate

    click.echo(f"wrote {write_crate(paths.root(), target)}")


@main.command()
@click.argument("study", type=click.Choice(STUDIES))
def demo(study: str) -> None:
    """Generate a study's demo corpus under data/raw."""
    from likeness import progress
    from likeness_demo.faces.corpus import make_faces_demo
    from likeness_demo.pose.corpus import make_pose_demo
    from likeness_demo.posts.corpus import make_likability_demo

    progress.watch()
    raw = paths.root() / "data/raw"
    knobs = load_section(read_params(paths.root() / "params.yaml"), STAGES[f"demo-{study}"])
    make = {"pose": make_pose_demo, "likability": make_likability_demo, "faces": make_faces_demo}[study]
    make(raw / f"demo-{study}", raw / f"demo-{study}-truth", **knobs.model_dump())
    click.echo(f"wrote data/raw/demo-{study} and its truth")


@main.command()
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> None:
    """Open the notebooks in JupyterLab. Their kernel gives the same bytes as `likeness run`, also from `jupyter lab`.

    But for precision bf16, which `likeness run` computes with all instructions, and a notebook here with those of AVX2.
    """
    command = ["jupyter", "lab", *arguments, str(paths.root() / "notebooks")]
    os.execvp(command[0], command)


@main.command()
def index() -> None:
    """Write reports/index.html, which links every report."""
    from likeness.report.page.index import write_index

    click.echo(f"wrote {write_index(paths.root()).relative_to(paths.root())}")


@main.command()
@click.option("--prune", metavar="AGE|SIZE", help="remove what was not used for 30d, or beyond 5GB what is oldest")
def cache(prune: str | None) -> None:
    """Show what is kept of finished work, by kind; all of it is made again where it is needed."""
    from likeness import cache as kept

    folder = paths.cache()
    if prune:
        entries, size = kept.prune(folder, **_bound(prune))
        click.echo(f"removed {entries:,} entries, {size / GB:.2f} GB")
    for kind, (entries, size) in kept.sizes(folder).items():
        click.echo(f"{kind:16} {entries:>9,} entries {size / GB:>9.2f} GB")


def _bound(text: str) -> dict[str, float]:
    """Read 30d or 5GB as keywords of `cache.prune`."""
    number, unit = text.strip().rstrip("dDgGbB"), text.strip().lstrip("0123456789.").lower()
    if unit not in ("d", "gb") or not number.replace(".", "", 1).isdigit():
        raise click.UsageError(f"--prune {text}: write an age such as 30d, or a size such as 5GB")
    return {"older_than": float(number) * DAY} if unit == "d" else {"most": int(float(number) * GB)}


@main.command()
@click.argument("album", type=click.Path(path_type=Path))
@click.option("--keep", default=20, show_default=True, help="how many photos to keep")
@click.option("--per-moment", type=int, help="of one moment at most")
@click.option(
    "--must", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="a photo's path or name a line: kept"
)
@click.option("--never", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="the same: never kept")
@click.option("--aspect", default="any", show_default=True, help="any, portrait, square or landscape")
@click.option(
    "--people", is_flag=True, help="count who appears, by face and without names; needs a face network's file"
)
@click.option(
    "--taste", default="none", show_default=True, help="none, study (fitted to real posts) or a curator's FILE"
)
@click.option("--copy-to", type=click.Path(path_type=Path), help="copy the photos kept into this folder")
@click.option("--xmp", is_flag=True, help="write ratings as sidecars beside the copies, else into the gallery's folder")
@click.option("--out", type=click.Path(path_type=Path), help="folder of the gallery; default: reports/albums/<album>")
def curate(album: Path, out: Path | None, copy_to: Path | None, xmp: bool, **wishes: Any) -> None:
    """Choose the photos that tell ALBUM, a folder: moments, the best of each burst, nothing twice. It is only read."""
    from likeness import progress
    from likeness.album.files import curate_album
    from likeness.album.wishes import Wishes
    from likeness.cache import Cache

    progress.watch()
    folder = out or paths.root() / "reports" / "albums" / (album.resolve().name or "album")
    settings = {"copy_to": copy_to, "xmp": xmp, "cache": Cache(paths.cache()), "progress": True}
    found = curate_album(album, folder, Wishes(**wishes), **settings)
    click.echo(f"kept {len(found.picked.photos)} of {len(found.table)} files; open {folder / 'gallery.html'}")


@main.command()
@click.option(
    "--image", multiple=True, type=click.Path(path_type=Path),
    help="the picture that asks, or a folder of them; repeatable, only read",
)  # fmt: skip
@click.option("--study", type=click.Choice(["faces", "pose", "likability"]), default="faces", show_default=True)
@click.option(
    "--view",
    type=click.Choice(["face", "general", "combined", "pose", "place", "both"]),
    help="of study faces: combined (the default), face, general; of study pose: general, pose, place, both",
)
@click.option(
    "--joints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="of study pose: a pose that asks, OpenPose's JSON of one photo",
)
@click.option("--network", help="which of the study's networks; default: the first")
@click.option("--face", type=int, help="which face of the picture asks, from 1; default: the surest")
@click.option(
    "--face-weight", type=float, help="of the face in the combined view, 0 to 1; default: what the study chose"
)
@click.option("--k", default=5, show_default=True, help="how many pictures to find")
@click.option("--out", type=click.Path(path_type=Path), help="folder of the page; default: reports/searches/<picture>")
def search(image: tuple[Path, ...], study: str, out: Path | None, **choices: str | int | float | None) -> None:
    """Find the pictures of a study that are the most like one picture, or each of several."""
    from likeness.search.ask import found_lines, search_each, write_found

    if not image and not choices["joints"]:
        raise click.UsageError("nothing asks: give --image FILE, or --joints FILE for a pose of study pose")
    several = len(image) > 1 or (image and image[0].is_dir())
    for found in search_each(image, paths.data(study), paths.models(study), study=study, **choices):
        stem = Path(found.query["path"].iloc[0]).stem
        folder = out or paths.root() / "reports" / "searches" / stem
        page = write_found(found, paths.root(), folder / stem if several and out else folder)
        click.echo("\n".join(found_lines(found)))
        click.echo(f"open {page}")


@main.command()
@click.option("--fetch", is_flag=True, help="download what is missing, into TORCH_HOME and HF_HOME")
def weights(fetch: bool) -> None:
    """Which weights does params.yaml need, are they here, and what were they trained on?"""
    from likeness import weights as asked

    needed = asked.needed_weights(read_params(paths.root() / "params.yaml"))
    if not fetch:
        click.echo(asked.table(needed) or "params.yaml needs no weights: all networks are random")
        return
    from likeness_collect.checkpoints import fetch_all

    absent = asked.absent(needed)
    failed = fetch_all([(each.url, each.file) for each in absent])
    for each, why in zip(absent, failed, strict=True):
        if why:
            click.echo(f"likeness: {why}\n  carry {asked.address(each.url)}\n  to    {each.file}", err=True)
    got = failed.count("")
    click.echo(f"{got} fetched, {len(needed) - len(absent)} were here, {len(absent) - got} still missing")
    sys.exit(int(got < len(absent)))


@main.command()
@click.argument("overlay", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def use(overlay: Path) -> None:
    """Set the keys of OVERLAY (such as examples/lsp.yaml) in params.yaml; comments and other keys stay."""
    from likeness.params.overlay import apply_overlay

    for key, old, new in apply_overlay(paths.root(), overlay):
        click.echo(f"{key}: {old} -> {new}")


main.add_command(collect)
main.add_command(forget)


if __name__ == "__main__":
    main()
