"""Markdown to HTML: LaTeX as MathML (no script shows it), headings with anchors, tables that scroll in their box."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import count
from typing import Any, ClassVar

from latex2mathml import exceptions
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathBlockParser, MathInlineParser

# A formula on its own lines; anchored to a line's start, so that `$$` inside code or a sentence is left alone.
BLOCK_MATHS = (
    r"^ {0,3}(?s:[$]{2}(?P<dollar_block>.*?)(?<!\\)[$]{2}"
    r"|\\begin\{(?P<math_env_name>[a-z]*\*?)\}.*?\\end\{(?P=math_env_name)\})[ \t]*$"
)
# Pandoc's rule: no space inside the dollars, no digit after the last, so that "$5 and $10" stays two prices.
INLINE_MATHS = r"(?<![\\$\w])\$(?=[^\s$])(?P<math_inline_tex>(?:\\.|[^$`\\])*?(?:\\.|[^\s$`\\]))\$(?![\w$])"
# nbconvert looks for display maths inside a sentence too.
DISPLAY_RULES = {"block_math_tex", "block_math_latex", "latex_environment"}
TAG = re.compile(r"<[^>]+>")
FAULTS = tuple(kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception))
# The converter lets a command it does not know pass as text: a formula that looks right and is not.
UNKNOWN = re.compile(r"<m[a-z]+[^>]*>(\\[A-Za-z]+)")


@dataclass(frozen=True)
class Heading:
    """One entry of the table of contents."""

    level: int
    anchor: str
    label: str


@dataclass
class Outline:
    """The headings met so far, in order, each with an anchor of its own."""

    headings: list[Heading] = field(default_factory=list)
    taken: set[str] = field(default_factory=lambda: {"contents", "top"})

    def add(self, level: int, inner: str) -> str:
        """Record a heading given its inner HTML; return its anchor."""
        label = plain_text(inner)
        anchor = next(name for name in slugs(label) if name not in self.taken)
        self.taken.add(anchor)
        self.headings.append(Heading(level, anchor, label))
        return anchor


def plain_text(markup: str) -> str:
    """Return what a reader sees of some HTML, on one line."""
    return " ".join(unescape(TAG.sub("", markup)).split())


def slugs(label: str) -> Iterator[str]:
    """Yield anchor names for a heading: the words joined by hyphens, then the same numbered from 2."""
    base = re.sub(r"[^\w]+", "-", label.lower()).strip("-_") or "section"
    yield base
    yield from (f"{base}-{number}" for number in count(2))


class BlockParser(MathBlockParser):
    """nbconvert's block rules with our display maths."""

    SPECIFICATION: ClassVar = {**MathBlockParser.SPECIFICATION, "multiline_math": BLOCK_MATHS}

    def parse_multiline_math(self, m: re.Match[str], state: Any) -> int:
        latex = m.group("dollar_block")
        state.append_token({"type": "block_math", "raw": m[0].strip() if latex is None else latex})
        return m.end()


class InlineParser(MathInlineParser):
    r"""nbconvert's inline rules with our dollars; `\begin` belongs on a line of its own."""

    SPECIFICATION: ClassVar = {**MathInlineParser.SPECIFICATION, "inline_math_tex": INLINE_MATHS}
    DEFAULT_RULES: ClassVar = tuple(rule for rule in MathInlineParser.DEFAULT_RULES if rule not in DISPLAY_RULES)


class Renderer(IPythonRenderer):
    """nbconvert's renderer with MathML, anchored headings and boxed tables."""

    def __init__(self, outline: Outline, **options: Any) -> None:
        super().__init__(escape=False, embed_images=True, **options)
        self.outline = outline

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        anchor = escape(self.outline.add(level, text))
        link = f'<a class="lk-anchor" href="#{anchor}" aria-label="Link to this section">#</a>'
        return f'<h{level} id="{anchor}">{text}{link}</h{level}>\n'

    def table(self, text: str) -> str:
        return f'<div class="lk-scroll"><table class="lk-table">\n{text}</table></div>\n'

    def inline_math(self, body: str) -> str:
        return mathml(body, display=False)

    def block_math(self, body: str) -> str:
        return f'<div class="lk-maths">{mathml(body, display=True)}</div>\n'


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


def markdown_to_html(source: str, outline: Outline | None = None, **options: Any) -> str:
    """Render Markdown; headings are recorded in `outline`.

    options: `path` (folder that image links are relative to) and `attachments`, as nbconvert's renderer takes them.
    Raises ValueError naming a formula that cannot be rendered.
    """
    renderer = Renderer(outline if outline is not None else Outline(), **options)
    return MarkdownWithMath(renderer, BlockParser(), InlineParser(hard_wrap=False)).render(source)
