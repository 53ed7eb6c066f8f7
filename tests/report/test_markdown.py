"""Markdown: prices stay prices, formulas become MathML, tables get a box."""

import pytest

from likeness.report.page.markdown import markdown_to_html, mathml


@pytest.mark.parametrize(
    "source",
    ["from $5 to $10", "US$5 or A$6$", "`$x$` and `$HOME`", "pay $5 for `$HOME`", r"\$x\$", "a $ b $ c",
     "```\n$$\nx\n$$\n```", "write `$$` twice: `$$`"],
)  # fmt: skip
def test_these_dollars_are_no_formulas(source: str) -> None:
    html = markdown_to_html(source)
    assert "<math" not in html
    assert "$" in html


@pytest.mark.parametrize(
    ("source", "display", "count"),
    [
        ("$x$", "inline", 1),
        ("($x$), $y$: $a_1$-th", "inline", 3),
        (r"a price of \$5 and $x^2$.", "inline", 1),
        (r"$\text{costs \$5}$", "inline", 1),
        ("$$x$$", "block", 1),
        ("before\n$$\nx\n+ y\n$$\nafter", "block", 1),
        ("\\begin{align*}\na &= b\n\\end{align*}", "block", 1),
        ("- item $x$\n", "inline", 1),
        ("| $x$ |\n|---|\n| $y$ |", "inline", 2),
    ],
)
def test_these_are_formulas(source: str, display: str, count: int) -> None:
    html = markdown_to_html(source)
    assert html.count(f'display="{display}"') == html.count("</math>") == count
    if source.startswith("before"):
        assert html.index("before") < html.index("<math") < html.index("after")
        assert "$" not in html


def test_emphasis_does_not_reach_into_a_formula() -> None:
    assert "<em>" not in markdown_to_html("$a_i * b_i$ and $c_j * d_j$")


def test_mathml_of_a_fraction() -> None:
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mn>2</mn></mrow></mfrac>" in mathml(r"\frac{a}{2}", display=True)


@pytest.mark.parametrize("wrong", [r"x_1_2", r"\left( x", r"\nosuchthing x", r"\frac"])
def test_a_wrong_formula_is_quoted(wrong: str) -> None:
    with pytest.raises(ValueError, match="maths ") as caught:
        mathml(wrong, display=False)
    assert repr(wrong) in str(caught.value)


def test_tables_scroll_inside_their_box() -> None:
    assert '<div class="lk-scroll"><table class="lk-table">' in markdown_to_html("| a |\n|---|\n| 1 |")
