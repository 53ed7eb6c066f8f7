"""A notebook, already executed, that holds everything a report may hold."""

from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image, ImageDraw

from likeness.report.figures_photos import split_figure
from likeness.report.figures_training import loss_curves
from likeness.report.grids import Cell, grid
from likeness.report.html_text import headline_numbers, note, warning
from likeness.report.pose.grids_pairs import pair_grid, retrieval_grid, saliency_grid
from likeness.report.style import figure_html
from likeness.report.tables import paired_table, results_table, scorecard_table
from likeness.report.thumbnails import Thumbnails

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'

OPENING = """# Do two photos repeat the same pose at the same site?

Given two holiday photos, a network says whether the second copies the first: the same place, and the same gesture in
front of it.

**Data.** 355 photos of 14 sites, every photo checked before use. A print cost $5 and is sold for $10; the folder is
`$HOME/photos`. **Model.** A siamese network with shared weights $f$, whose answer is the same in either order.

## The distance between two poses

Joints are centred at the mid-hip and divided by the torso length $t$, so that neither the camera's distance nor the
person's height $h \\in \\mathbb{R}^+$ counts:

$$
d(a, b) = \\frac{1}{|J|} \\sum_{j \\in J} \\left\\lVert \\frac{a_j - a_0}{t_a} - \\frac{b_j - b_0}{t_b} \\right\\rVert_2,
\\qquad J = \\{ j : \\text{both seen} \\}
$$

It is *not* a metric over photos:

1. it says nothing about the place,
2. joints that one photo hides are left out,
   - and a photo without a person has no distance at all.

> Photos that copy other photos are what this study is about.

| column | unit | meaning |
| --- | :-: | --- |
| `width`, `height` | px | after the camera's orientation is applied |
| `score` | 0 to 1 | how sure the estimator is |
"""

LONG_CODE = """from likeness.photos.pairs import site_pairs
from likeness.photos.splits import group_photos, split_by_group

groups = group_photos(photos, by="site")  # near-duplicates share a group
photos["split"] = split_by_group(groups, {"train": 0.7, "val": 0.15, "test": 0.15}, seed=7)
pairs = site_pairs(photos, negatives_per_positive=1.0, seed=7)
assert not set(photos.query("split == 'train'").group) & set(photos.query("split == 'test'").group), "a group was cut, which makes every number below too good"
pairs.head()
"""


def html_output(fragment: str) -> nbformat.NotebookNode:
    """Return a displayed HTML fragment."""
    return new_output("display_data", data={"text/html": str(fragment), "text/plain": "<…>"})


def code(source: str, *outputs: nbformat.NotebookNode, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    """Return an executed code cell."""
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def progress() -> nbformat.NotebookNode:
    """Return what a progress bar leaves on stderr."""
    steps = "\r".join(
        f"decode: {k:3d}%|{'#' * (k // 10):10s}| {k}/100 [00:0{k % 9}<00:01, {k}it/s]" for k in (0, 40, 100)
    )
    return new_output("stream", name="stderr", text=steps + "\n")


def wide_table() -> pd.DataFrame:
    """Return more columns than a phone is wide, one of its texts hostile."""
    generator = np.random.default_rng(3)
    table = pd.DataFrame(generator.uniform(0.4, 0.9, (5, 14)).round(3), columns=[f"model {k}" for k in range(14)])
    table.insert(0, "site", ["Big Ben", "Sphinx", "Colosseum", "Preikestolen", HOSTILE])
    return table


def history(seed: int) -> pd.DataFrame:
    """Return a made-up training run."""
    epochs, noise = np.arange(1, 21), np.random.default_rng(seed).normal(0, 0.01, 20)
    train, validation = 0.7 * np.exp(-epochs / 9) + noise, 0.68 * np.exp(-epochs / 12) + 0.002 * epochs + noise
    return pd.DataFrame({"epoch": epochs, "train_loss": train, "val_loss": validation})


def photo_table() -> pd.DataFrame:
    """Return sites with their split, enough for a figure."""
    sites = [
        ("Big Ben", "train"),
        ("Sphinx", "train"),
        ("Colosseum", "val"),
        ("Louvre", "test"),
        ("Half Dome", "train"),
    ]
    rows = [(site, split) for k, (site, split) in enumerate(sites) for _ in range(20 + 7 * k)]
    return pd.DataFrame(rows, columns=["site", "split"])


def draw_photos(folder: Path) -> Thumbnails:
    """Write twelve small pictures, upright and wide, and return their thumbnails."""
    rows = []
    for k in range(12):
        width, height = ((240, 320), (320, 240))[k % 2]
        image = Image.new("RGB", (width, height), (120 + 9 * k, 170, 220 - 9 * k))
        pen = ImageDraw.Draw(image)
        pen.rectangle((0, height * 0.7, width, height), fill=(110, 130 + 5 * k, 90))
        pen.polygon(
            [(width * 0.2, height * 0.7), (width * 0.4, height * 0.2), (width * 0.6, height * 0.7)], fill="#75695c"
        )
        pen.ellipse((width * 0.6, height * 0.4, width * 0.6 + 30, height * 0.4 + 30), fill="#e8c39e")
        pen.rectangle((width * 0.6, height * 0.4 + 30, width * 0.6 + 30, height * 0.85), fill="#8b2f3a")
        image.save(folder / f"{k}.jpg")
        site = HOSTILE if k == 3 else ("Big Ben", "Leaning Tower of Pisa", "Brandenburg Gate")[k % 3]
        rows.append((f"p{k}", f"{k}.jpg", width, height, site, ("arms-up", "push")[k // 6]))
    return Thumbnails(folder, pd.DataFrame(rows, columns=["photo_id", "path", "width", "height", "site", "pose"]))


def grid_cells(folder: Path) -> list[nbformat.NotebookNode]:
    """Return a section with every kind of photo grid."""
    thumbs, generator = draw_photos(folder), np.random.default_rng(0)
    ranked = pd.DataFrame(
        [
            (q, r, f"p{(3 * r + n) % 12}", 0.2 * r + 0.1 * n, (r + n) % 3 != 0)
            for n, q in enumerate(("p0", "p7"))
            for r in range(1, 6)
        ],
        columns=["query", "rank", "photo_id", "value", "right"],
    )
    pairs = pd.DataFrame(
        [
            ("p0", "p3", True, "same-pose-same-site", 0.91),
            ("p1", "p8", False, "other-pose-same-site", 0.77),
            ("p4", "p5", False, "site-only", 0.04),
        ],
        columns=["left", "right", "same", "kind", "probability"],
    )
    maps = {"Grad-CAM": (generator.random((2, 7, 7)), generator.random((2, 7, 7)))}
    return [
        new_markdown_cell("## Nearest neighbours\n\nThe place is found before the gesture is."),
        code("retrieval_grid(ranked, thumbs)", html_output(retrieval_grid(ranked, thumbs, "distance", top=5, most=10))),
        code("pair_grid(pairs, thumbs)", html_output(pair_grid(pairs, thumbs, most=12))),
        code("saliency_grid(pairs, maps, thumbs)", html_output(saliency_grid(pairs.head(2), maps, thumbs))),
        code(
            "grid(cells)",
            html_output(grid([Cell(thumbs.uri(f"p{k}"), f"photo {k}", f"p{k}") for k in range(12)], "All photos.")),
        ),
    ]


def table_cells() -> list[nbformat.NotebookNode]:
    """Return a section with the tables that compare models."""
    scores = pd.DataFrame(
        [
            ("photo+skeleton, full", "honest", 0.731, 0.652, 0.804),
            ("photo+skeleton, full", "naive", 0.914, 0.871, 0.951),
            ("photo, full", "honest", 0.622, 0.541, 0.701),
            ("photo, full", "naive", 0.88, 0.83, 0.92),
            (HOSTILE, "honest", 0.5, 0.4, 0.6),
        ],
        columns=["model", "scheme", "value", "low", "high"],
    )
    tests = pd.DataFrame(
        [
            ("photo+skeleton", "photo", 0.109, 0.02, 0.19, 0.012, "A better"),
            ("photo", "cosine", -0.01, -0.09, 0.07, 0.81, "not distinguishable"),
        ],
        columns=["a", "b", "difference", "low", "high", "p_adjusted", "verdict"],
    )
    scorecard = pd.DataFrame(
        [
            ("Grad-CAM", "insertion", 0.61, 0.52, 0.7, 24, 0.5, 0.11, 0.04, 0.18, True),
            ("Integrated Gradients", "randomisation", 0.8, 0.7, 0.9, 8, 0.0, None, None, None, False),
        ],
        columns=["method", "test", "value", "low", "high", "n", "chance", "gain", "gain_low", "gain_high", "passed"],
    )
    return [
        new_markdown_cell("## Every model on the same pairs\n\nThe skeleton helps; the rest is noise."),
        code(
            "results_table(scores)",
            html_output(results_table(scores, {"photo+skeleton, full": 0.76, "photo, full": 0.65})),
        ),
        code("paired_table(tests)", html_output(paired_table(tests, "accuracy"))),
        code(
            "scorecard_table(card)",
            html_output(scorecard_table(scorecard, "Grad-CAM hardly changes when the weights are random.")),
        ),
    ]


def rich_notebook(folder: Path) -> nbformat.NotebookNode:
    """Return the notebook; it ran to its end. folder: where its photos are drawn."""
    numbers = [
        {"label": "accuracy on sites never seen", "value": 0.731, "low": 0.652, "high": 0.804},
        {"label": "the same model, pairs split at random", "value": 0.914, "low": 0.871, "high": 0.951},
        {"label": "photos", "value": 1355},
    ]
    return new_notebook(
        cells=[
            new_markdown_cell(OPENING),
            code("folder = 'data/raw/demo-pose'\nimage_size = 224", tags=("parameters",)),
            code("folder = 'data/raw/lsp'\nimage_size = 224", tags=("injected-parameters",)),
            code("import pandas as pd\n\nfrom likeness.report.style import use_style\n\nuse_style()"),
            new_markdown_cell("## Headline\n\nThe honest number is the first."),
            code("headline_numbers(numbers)", html_output(headline_numbers(numbers))),
            code("warning(text)", html_output(warning("The maps look the same for random weights: do not read them."))),
            code("note(text)", html_output(note(f"14 photos show no person. {HOSTILE}"))),
            new_markdown_cell(
                "## Training\n\nThe loss falls for a dozen epochs, then the network learns the photos by heart."
            ),
            code(LONG_CODE, progress(), html_output(figure_html(loss_curves({"honest": history(1)})))),
            code("split_figure(photos)", html_output(figure_html(split_figure(photo_table(), "site")))),
            new_markdown_cell("### Site by site\n\nNo site is easy for every model."),
            code("table", html_output(wide_table().to_html(index=False))),
            *table_cells(),
            *grid_cells(folder),
            code("print(model)", new_output("stream", name="stdout", text="SiameseNet(\n  backbone: resnet18\n)\n")),
            new_markdown_cell(
                "## Limits\n\nThe photos are drawn, not taken. Real light is harder [than this](https://example.org)."
            ),
        ],
    )


def failed_notebook() -> nbformat.NotebookNode:
    """Return a notebook whose third cell raised."""
    trace = [
        "\x1b[31m---------------------------------------\x1b[39m",
        "\x1b[31mValueError\x1b[39m      Traceback (most recent call last)",
        "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[3]\x1b[39m\x1b[32m, line 1\x1b[39m\n\x1b[32m----> \x1b[39m\x1b[32m1\x1b[39m photos = read_sites(folder)",
        "\x1b[31mValueError\x1b[39m: data/raw/mine: no photo in it; the layout is <site>/<pose>/*.jpg",
    ]
    error = new_output(
        "error",
        ename="ValueError",
        evalue="data/raw/mine: no photo in it; the layout is <site>/<pose>/*.jpg",
        traceback=trace,
    )
    return new_notebook(
        cells=[
            new_markdown_cell(
                "# Are the photos fit for use?\n\nEvery file is decoded before anything else.\n\n## Reading"
            ),
            code("folder = 'data/raw/mine'", tags=("parameters",)),
            code("photos = read_sites(folder)", progress(), error),
            new_markdown_cell("## What was refused\n\nA table would stand here."),
        ],
    )
