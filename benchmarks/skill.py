"""What the studies can do on real photos, before and after: one table.

    python benchmarks/skill.py [DATA]

DATA: a folder that holds faces/ (AT&T: a folder a person), paintings/images (named by object id), lsp/ (images and
joints.csv) and instagram_profiles/ (one JSON a profile), default data/raw; what is not there is left out. What was
chosen was chosen on training and validation parts; faces and poses are judged on the test part of the study's own
split, paintings on all, posts by models that were not fitted on their account. Before: SqueezeNet's ImageNet features
of the face's box, faces and poses as one look finds them, metadata of posts. Pictures go through the cache.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import skill_faces
import skill_poses
import skill_posts

from likeness import paths
from likeness.cache import Cache
from likeness.report.html_text import interval

PARTS = {
    "faces": skill_faces.recognised,
    "paintings": skill_faces.found,
    "lsp": skill_poses.retrieved,
    "instagram_profiles": skill_posts.liked,
}


def rows(data: Path, cache: Cache) -> Iterator[dict[str, str]]:
    """Yield a row of the table a figure, of the parts that are there."""
    for name, judge in PARTS.items():
        if not (data / name).is_dir():
            print(f"{data / name}: not there, left out", file=sys.stderr)
            continue
        for task, figure, before, after, n in judge(data / name, cache):
            shown = [interval(each.value, each.low, each.high, 3) for each in (before, after)]
            yield {"task": task, "figure": figure, "before": shown[0], "after": shown[1], "n": f"{n:,}"}


def main() -> None:
    """Print the table."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else paths.root() / "data" / "raw").resolve()
    print("| task | figure | before | after | n |\n| --- | --- | --- | --- | --- |")
    for row in rows(data, Cache(paths.cache())):
        print("|", " | ".join(row.values()), "|", flush=True)


if __name__ == "__main__":
    main()
