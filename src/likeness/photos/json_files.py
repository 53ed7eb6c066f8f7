"""JSON that people bring, in any of its encodings, with or without a byte-order mark."""

import json
from pathlib import Path
from typing import Any

from likeness.errors import LayoutError


def read_json(path: Path) -> Any:
    """Return what a JSON file holds (UTF-8, UTF-16 or UTF-32, as RFC 4627 tells them apart, with or without a mark).

    Raises LayoutError in one line for a file that cannot be opened, is empty or is no JSON.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise LayoutError(f"{path}: cannot be opened: {error.strerror}; check the file") from error
    if not content.strip():
        raise LayoutError(f"{path}: is empty; write it again")
    try:
        return json.loads(content)
    except UnicodeDecodeError as error:
        raise LayoutError(f"{path}: is not UTF-8 ({error.reason}); save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise LayoutError(f"{path}: is not JSON ({error}); write it again") from error
