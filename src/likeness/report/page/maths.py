"""LaTeX to MathML at build time, so that a report needs no script to show a formula."""

import re

from latex2mathml import exceptions
from latex2mathml.converter import convert

FAULTS = tuple(kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception))
# The converter lets a command it does not know pass as text: a formula that looks right and is not.
UNKNOWN = re.compile(r"<m[a-z]+[^>]*>(\\[A-Za-z]+)")


def mathml(latex: str, *, display: bool) -> str:
    """Return a <math> element for one formula without its dollar signs.

    display: True for a formula on a line of its own, False inside a sentence.
    Raises ValueError naming the formula if it is not valid LaTeX or uses a command that is not known.
    """
    try:
        markup = convert(latex.strip(), display="block" if display else "inline")
    except (*FAULTS, IndexError, KeyError, StopIteration) as error:
        raise ValueError(f"maths {latex.strip()!r}: {type(error).__name__}; check its braces and scripts") from error
    if unknown := UNKNOWN.search(markup):
        raise ValueError(f"maths {latex.strip()!r}: unknown command {unknown.group(1)}; use one from AMS LaTeX")
    return markup
