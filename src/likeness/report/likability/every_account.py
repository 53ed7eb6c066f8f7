"""What cross-fitting says over all accounts, as a table beside the single split, and in a sentence."""

import pandas as pd

from likeness.compare.every_account import EveryAccount
from likeness.report.html_text import DASH, POSTS, Html, interval, note, stack
from likeness.report.reading import describe_tests
from likeness.report.tables import table


def show_every_account(found: EveryAccount) -> Html:
    """Return the AUC of each cross-fitted classifier over all accounts beside the single split's, and their tests."""
    crossed = found.scores[found.scores["metric"] == "auc"].sort_values(["value", "model"], ascending=[False, True])
    single = {row.model: interval(row.value, row.low, row.high) for row in found.single.itertuples()}
    shown = pd.DataFrame(
        {
            "model": crossed["model"],
            "single": [single.get(model, DASH) for model in crossed["model"]],
            "all": [interval(row.value, row.low, row.high) for row in crossed.itertuples()],
        }
    )
    everyone, few = found.accounts
    names = {"single": f"single split, {few} accounts", "all": f"cross-fitted, all {everyone} accounts"}
    caption = "AUC on accounts that were not trained on, with 95 % intervals over accounts"
    tests = describe_tests(found.tests, "AUC", "all accounts, cross-fitted, against metadata alone", POSTS)
    return stack([table(shown, caption, names, ["single", "all"]), note(_narrower(found, crossed)), tests])


def _narrower(found: EveryAccount, crossed: pd.DataFrame) -> str:
    """Say how wide the intervals are on average, of the classifiers that both have."""
    both = crossed.set_index("model").join(found.single.set_index("model"), rsuffix=" single", how="inner")
    wide, narrow = (both["high single"] - both["low single"]).mean(), (both["high"] - both["low"]).mean()
    everyone, few = found.accounts
    return (
        f"Cross-fitting judges each of {everyone:,} accounts once, by classifiers that saw none of its posts; inner "
        f"folds chose C and the number of trees. Its intervals are {narrow:.2f} wide on average, where the {few:,} "
        f"accounts of the single split give {wide:.2f}."
    )
