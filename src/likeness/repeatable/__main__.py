"""`python -m likeness.repeatable --hashes`: one line an operation, its name and the hash of what it gives here.

With --write they become the committed table, to be done with a new lock on one machine.
"""

import os
import sys

from likeness.repeatable import variables


def main(arguments: list[str]) -> None:
    """Print the hashes; the process starts anew with the settings, which libraries read when they are loaded."""
    if arguments not in (["--hashes"], ["--hashes", "--write"]):
        sys.exit("usage: python -m likeness.repeatable --hashes [--write]")
    settings = variables(os.environ)
    if settings != dict(os.environ):
        os.execve(sys.executable, [sys.executable, "-m", "likeness.repeatable", *arguments], settings)
    from likeness.operations.table import hashes, write_hashes

    found = {}
    for name, told in hashes():
        print(f"{told}  {name}", flush=True)
        found[name] = told
    if "--write" in arguments:
        print(f"wrote {write_hashes(found)}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
