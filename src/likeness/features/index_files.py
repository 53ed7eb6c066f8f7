"""An index as one file: written whole or not at all, read only if it is undamaged; same index, same bytes."""

import hashlib
import json
from pathlib import Path

import faiss
import numpy as np

from likeness.features.index import Index
from likeness.features.index_shortlist import Effort, Shortlist, flat_index, matrix
from likeness.paths import atomic

MAGIC = b"likeness index 1\n"
DIGEST, LENGTH = 32, 8  # bytes: sha256 of all that follows it; then the length of the description


def save_index(index: Index, path: Path) -> Path:
    """Write the index and return `path`. Ids must be text or whole numbers."""
    if not all(isinstance(each, str | int) for each in index.ids):
        raise ValueError(f"{path}: ids must be text or whole numbers to be written")
    about = {name: getattr(index, name) for name in ("metric", "kind", "recall", "k", "seed")}
    about |= {"built": index.vectors.ntotal, "ids": index.ids}
    about |= {"dim": index.vectors.d, "fresh": index.fresh.ntotal, "effort": None}
    codes = b""
    if index.shortlist:
        about |= {"effort": vars(index.shortlist.effort), "measured": index.shortlist.recall}
        codes = faiss.serialize_index(index.shortlist.codes).tobytes()
    text = json.dumps(about, ensure_ascii=True, allow_nan=False).encode()
    vectors = [matrix(flat).astype("<f4").tobytes() for flat in (index.vectors, index.fresh)]
    content = b"".join([len(text).to_bytes(LENGTH, "little"), text, *vectors, codes])
    with atomic(path) as temporary:
        temporary.write_bytes(MAGIC + hashlib.sha256(content).digest() + content)
    return Path(path)


def load_index(path: Path) -> Index:
    """Return the index that `save_index` wrote.

    Raises ValueError in one line for a file that is damaged or no index. The checksum tells damage, not malice: load
    only files that you or the pipeline wrote.
    """
    stored = Path(path).read_bytes()
    if not stored.startswith(MAGIC):
        raise ValueError(f"{path} is not an index that likeness wrote; build it again")
    content = memoryview(stored)[len(MAGIC) + DIGEST :]
    if hashlib.sha256(content).digest() != stored[len(MAGIC) : len(MAGIC) + DIGEST]:
        raise ValueError(f"{path} is damaged: its checksum does not fit; build it again")
    start = LENGTH + int.from_bytes(content[:LENGTH], "little")
    about = json.loads(bytes(content[LENGTH:start]))
    built, dim = about.pop("built"), about.pop("dim")
    effort, measured, _ = (about.pop(name, None) for name in ("effort", "measured", "fresh"))
    end = start + 4 * dim * len(about["ids"])
    vectors = np.frombuffer(content[start:end], "<f4").reshape(-1, dim)
    by_cosine = about["metric"] == "cosine"
    about |= {"vectors": flat_index(vectors[:built], by_cosine), "fresh": flat_index(vectors[built:], by_cosine)}
    if effort:
        codes = faiss.deserialize_index(np.frombuffer(content[end:], np.uint8))
        about["shortlist"] = Shortlist(codes, Effort(**effort), measured)
    return Index(**about)
