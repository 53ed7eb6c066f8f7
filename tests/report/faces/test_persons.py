import numpy as np
import pandas as pd

from likeness.compare.same_person import SamePerson, Verified, verification_scores
from likeness.report.faces import persons as page

WORTH = SamePerson(np.array([[20.0, -10.0], [20.0, -11.0], [20.0, -9.0]]), 8, 120)


def pairs() -> pd.DataFrame:
    """Ten people: the scores of one person's pairs lie higher, those of "net" further than those of "web"."""
    rng = np.random.default_rng(0)
    rows = [(f"p{a}", f"p{b}", a == b) for a in range(10) for b in range(10) for _ in range(3)]
    table = pd.DataFrame(rows, columns=["left_person", "right_person", "same"])
    score = rng.normal(size=len(table))
    return pd.concat(
        [table.assign(model=name, score=score + gap * table["same"]) for name, gap in (("net", 6), ("web", 1))]
    )


def test_rates_stand_in_a_row_a_network_and_the_best_is_named():
    rates = verification_scores(pairs(), "test", n_boot=50)
    html = page.rates_table(rates)
    assert html.count("<tr") == 3
    assert "TAR at FAR 1 %" in html
    assert "TAR at FAR 0.1 %" not in html  # 270 pairs of two people: 0.1 % is none
    assert "net errs least" in page.describe_rates(rates)
    assert "was not judged" in page.describe_rates(rates.head(0))
    assert "nothing to verify" in page.rates_table(rates.head(0))


def test_the_section_has_every_figure_that_there_is_something_to_draw_for():
    whole = Verified(pairs(), verification_scores(pairs(), "test", n_boot=20), {"net": WORTH})
    assert page.same_person_section(whole).count("<svg") == 3
    nothing = page.same_person_section(Verified(pairs().head(0), whole.rates.head(0), {}))
    assert "<svg" not in nothing
    assert "No probability is given" in nothing


def test_what_a_similarity_is_worth_is_drawn_and_said():
    worth = WORTH
    said = page.describe_same_person({"net": worth})
    assert "120 pairs of faces of 8 people" in said
    assert "at a similarity of 0.50 (0.45–0.55)" in said
    figure = page.probability_figure({"net": worth, "web": worth})
    assert len(figure.axes[0].get_lines()) == 2
    assert "fewer than 6 people" in page.describe_same_person({})
