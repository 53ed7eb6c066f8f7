"""What the corpora of this floor's tests are made by, and how large they are."""

from pathlib import Path

from likeness_demo.faces.corpus import make_faces_demo
from likeness_demo.pose.corpus import make_pose_demo
from likeness_demo.posts.corpus import make_likability_demo

PHOTOS, SITES, SEED = 40, 4, 11
MAKERS = {"pose": make_pose_demo, "posts": make_likability_demo, "faces": make_faces_demo}
SIZES = {
    "pose": {"photos": PHOTOS, "sites": SITES, "seed": SEED},
    "posts": {"users": 12, "posts": 60, "seed": 5},
    "faces": {"identities": 4, "styles": 5, "groups": 2, "landscapes": 2, "characters": 10, "seed": 5},
}


def contents(folder: Path) -> dict[str, bytes]:
    """Return {path below the folder: bytes} of all files in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
