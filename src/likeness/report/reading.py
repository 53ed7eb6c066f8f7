"""One or two sentences that read a figure or a table: data in, a note out, true for any data."""

import numpy as np
import pandas as pd
from sklearn.metrics.pairwise import cosine_similarity

from likeness.report.html_text import Html, interval, note, percent


def of_files(found: pd.DataFrame, photos: pd.DataFrame, quarantine: pd.DataFrame) -> Html:
    """Read the accounting: every file found is accepted or refused."""
    lead = f"{len(found):,} files found: {len(photos):,} accepted, {len(quarantine):,} refused."
    if quarantine.empty:
        return note(f"{lead} Nothing had to be refused.")
    reasons = quarantine["reason"].value_counts()
    top = ", ".join(f"{count} {reason}" for reason, count in reasons.head(3).items())
    return note(f"{lead} The most frequent reasons: {top}; each refused file is listed below with what was wrong.")


def of_duplicates(photos: pd.DataFrame) -> Html:
    """Read the near-duplicates: how many photos are copies of another."""
    sizes = photos["duplicate_group"].value_counts()
    groups = sizes[sizes > 1]
    if groups.empty:
        return note("No photo is a near-duplicate of another: nothing had to be grouped for it.")
    surplus = int((groups - 1).sum())
    return note(
        f"{len(groups)} groups of near-duplicates hold {int(groups.sum())} photos, so {surplus} "
        f"({percent(surplus / len(photos), 1)}) show nothing new. The largest group has {int(groups.max())}."
    )


def of_people(photos: pd.DataFrame, keypoints: pd.DataFrame) -> Html:
    """Read the people found: one, several or nobody."""
    people = keypoints.groupby("photo_id")["person"].nunique().reindex(photos["photo_id"], fill_value=0)
    joints = keypoints[keypoints["person"] == 0].groupby("photo_id").size()
    typical = f"the first person has {joints.median():.0f} of 18 joints in the median" if len(joints) else "no joints"
    nobody = int((people == 0).sum())
    return note(
        f"Nobody was found in {nobody} of {len(photos)} photos ({percent(nobody / len(photos), 1)}), one person in "
        f"{int((people == 1).sum())}, two or more in {int((people > 1).sum())}; {typical}."
    )


def of_splits(photos: pd.DataFrame) -> Html:
    """Read the splits: groups and photos in each."""
    parts = photos.groupby("split", sort=False).agg(photos=("photo_id", "size"), groups=("group", "nunique"))
    said = [
        f"{name} {row.photos} photos in {row.groups} groups"
        for name, row in parts.reindex(["train", "val", "test"]).dropna().astype(int).iterrows()
    ]
    return note(f"No group is cut: {'; '.join(said)}.")


def of_pairs(pairs: pd.DataFrame) -> Html:
    """Read the pairs: how many, and how balanced."""
    test = pairs[pairs["split"] == "test"]
    majority = max(test["same"].mean(), 1 - test["same"].mean())
    return note(
        f"{len(pairs):,} pairs, {percent(pairs['same'].mean())} of them the same pose. On the {len(test):,} test pairs "
        f"a model that always gives the more frequent answer is right in {percent(majority)}: the trivial baseline."
    )


def of_leaks(honest: pd.DataFrame, naive: pd.DataFrame) -> Html:
    """Read the leak audit: what the random split would have given away."""
    photos = naive[naive["shared"] == "photos"].iloc[0]
    clean = honest[honest["shared"].isin(["photos", "groups"])]["count"].sum()
    return note(
        f"With pairs split at random, {int(photos['count'])} of {int(photos['of'])} validation photos "
        f"({percent(photos['share'])}) were training photos too. The honest split shares {int(clean)}."
    )


def of_extraction(features: dict[str, np.ndarray]) -> Html:
    """Read the features: views, photos, numbers a photo."""
    first = next(iter(features.values()))
    return note(
        f"{len(features)} views ({', '.join(features)}) of {len(first):,} photos: {first.shape[1]} numbers each."
    )


def of_space(features: np.ndarray, labels: pd.Series) -> Html:
    """Read the scatter: how often a photo's nearest neighbour carries its own label."""
    known = labels.notna().to_numpy()
    similarity = cosine_similarity(features[known])
    np.fill_diagonal(similarity, -np.inf)
    names = labels[known].to_numpy()
    own = float((names[similarity.argmax(axis=1)] == names).mean())
    chance = float((pd.Series(names).value_counts(normalize=True) ** 2).sum())
    return note(
        f"In {percent(own)} of the photos the nearest neighbour is of the same {labels.name} "
        f"(chance: {percent(chance)})."
    )


def of_mirror(features: dict[str, np.ndarray]) -> Html:
    """Read the sanity check: the photo closest to a mirror image is mostly its original."""
    nearest = cosine_similarity(features["mirror"], features["photo"]).argmax(axis=1)
    right = float((nearest == np.arange(len(nearest))).mean())
    return note(f"For {percent(right)} of the mirror images the closest photo is their own original.")


def of_similarity(similarity: np.ndarray, same: np.ndarray) -> Html:
    """Read the two distributions of a similarity: how far apart they are, in standard deviations."""
    alike, different = similarity[same], similarity[~same]
    spread = np.sqrt((alike.var() + different.var()) / 2)
    gap = (alike.mean() - different.mean()) / spread if spread > 0 else 0.0
    verdict = "hardly apart" if abs(gap) < 0.5 else "overlapping" if abs(gap) < 1.5 else "well apart"
    return note(
        f"Same pairs have a mean of {alike.mean():.3f}, others {different.mean():.3f}: {gap:.2f} standard deviations, "
        f"the two are {verdict}. This is what every later model has to beat."
    )


def of_training(histories: pd.DataFrame) -> Html:
    """Read the loss curves: where each scheme stopped, and with what accuracy."""
    best = histories[histories["best"]].set_index("scheme")
    last = histories.groupby("scheme", sort=False)["epoch"].max()
    said = [
        f"{scheme}: best after epoch {int(row.epoch) + 1} of {int(last[scheme]) + 1}, validation loss "
        f"{row.val_loss:.3f}, accuracy {row.val_accuracy:.2f}"
        for scheme, row in best.iterrows()
    ]
    return note(f"{'; '.join(said)}. Only the honest curve says something about new places.")


def of_winner(scores: pd.DataFrame) -> Html:
    """Read a results table: the best honest number, and what the naive split would have claimed for it."""
    honest = scores[scores["scheme"] == "honest"].sort_values("value", ascending=False)
    best = honest.iloc[0]
    claim = (
        f"{best['model']} is ahead on the honest test pairs with {interval(best['value'], best['low'], best['high'])}"
    )
    naive = scores[(scores["scheme"] == "naive") & (scores["model"] == best["model"])]
    if naive.empty:
        return note(f"{claim}.")
    return note(f"{claim}; with pairs split at random the same model reads {naive['value'].iloc[0]:.2f}.")


def of_inflation(scores: pd.DataFrame) -> Html:
    """Read the naive split beside the honest one: how much it overstates on average."""
    wide = scores.pivot_table(index="model", columns="scheme", values="value").dropna()
    gap = (wide["naive"] - wide["honest"]).sort_values(ascending=False)
    return note(
        f"Over {len(gap)} models the random split reads {gap.mean():+.2f} against the honest one on average; it "
        f"flatters {gap.index[0]} the most ({gap.iloc[0]:+.2f})."
    )


def of_comparisons(comparisons: pd.DataFrame) -> Html:
    """Read the paired tests: which differences are real."""
    clear = comparisons[comparisons["verdict"] != "not distinguishable"]
    if clear.empty:
        return note(f"None of the {len(comparisons)} comparisons can be told from chance on these pairs.")
    row = clear.loc[clear["difference"].abs().idxmax()]
    better, worse = (row["a"], row["b"]) if row["difference"] > 0 else (row["b"], row["a"])
    return note(
        f"{len(clear)} of {len(comparisons)} differences stand after Holm's correction; the largest: {better} is "
        f"better than {worse} by {abs(row['difference']):.2f} (adjusted p {row['p_adjusted']:.4f})."
    )


def of_hits(rungs: pd.DataFrame, k: int) -> Html:
    """Read hit@k: the best model beside a random ranking."""
    at_k = rungs[rungs["k"] == k]
    chance = at_k.loc[at_k["model"] == "random ranking", "value"].iloc[0]
    models = at_k[~at_k["model"].isin(["random ranking", "oracle"])].sort_values("value", ascending=False)
    best = models.iloc[0]
    return note(
        f"Within the first {k}, {best['model']} finds a match for {interval(best['value'], best['low'], best['high'])} "
        f"of {int(best['n'])} queries, a random ranking for {chance:.2f}. "
        f"{int(best['undefined'])} queries had nothing to rank by and count as misses."
    )


def of_network(parameters: int, trained: int) -> Html:
    """Read the size of a network beside what it is trained on."""
    return note(f"{parameters:,} weights are trained on {trained:,} honest training pairs.")


def of_probabilities(predictions: pd.DataFrame) -> Html:
    """Read the histograms of probabilities: how often the two kinds fall on their own side of one half."""
    said = predictions["probability"] >= 0.5
    same, other = said[predictions["same"]].mean(), said[~predictions["same"]].mean()
    return note(
        f"Of the {len(predictions)} honest test pairs, {percent(same)} of the same and {percent(other)} of the others "
        f"are called the same at one half."
    )


def accuracy_at_half(predictions: pd.DataFrame) -> list[dict[str, object]]:
    """Return the share of pairs decided rightly at one half, on the honest test and the naive validation pairs."""
    right = (predictions["probability"] >= 0.5) == predictions["same"]
    parts = {"accuracy at one half, honest test": ("honest", "test"), "the same, pairs at random": ("naive", "val")}
    return [
        {
            "label": label,
            "value": float(right[(predictions["scheme"] == scheme) & (predictions["split"] == split)].mean()),
        }
        for label, (scheme, split) in parts.items()
    ]


def of_rates(scores: pd.DataFrame) -> Html:
    """Read the ROC and DET curves: the smallest equal error rate."""
    eer = scores[(scores["scheme"] == "honest") & (scores["split"] == "test") & (scores["metric"] == "eer")]
    best = eer.sort_values(["value", "model"]).iloc[0]
    return note(
        f"{best['model']} has the smallest equal error rate: {interval(best['value'], best['low'], best['high'])} of "
        f"the same pairs are missed when as many of the others are taken for the same."
    )


def of_calibration(scores: pd.DataFrame, models: list[str]) -> Html:
    """Read the reliability diagrams: who promises too much."""
    chosen = (scores["scheme"] == "honest") & (scores["split"] == "test") & scores["model"].isin(models)
    ece = scores[chosen & (scores["metric"] == "ece")].sort_values("value")
    best, worst = ece.iloc[0], ece.iloc[-1]
    return note(
        f"Promised and observed shares differ by {best['value']:.2f} on average for {best['model']}, by "
        f"{worst['value']:.2f} for {worst['model']}; a dot below the diagonal is a model that is too sure."
    )


def of_saliency(card: pd.DataFrame) -> Html:
    """Read the scorecard: how much of the answer hangs on the photo at all, and who points at people."""
    covered = card[card["test"] == "deletion"]["chance"].mean()
    pointing = card[card["test"] == "pointing"].sort_values("value", ascending=False)
    lead = (
        f"While a photo is greyed out cell by cell, the network's answer keeps a mean probability of {covered:.2f}"
        f"{': it hardly hangs on the photo, the people drawn beside it decide' if covered > 0.75 else ''}."
    )
    if pointing.empty:
        return note(lead)
    best = pointing.iloc[0]
    return note(
        f"{lead} {best['method']} has its strongest point on a person in {percent(best['value'])} of the photos "
        f"(a blind guess: {percent(best['chance'])})."
    )


def best_model(rungs: pd.DataFrame, k: int) -> str:
    """Return the model with the highest hit@k, ties by name."""
    at_k = rungs[(rungs["k"] == k) & ~rungs["model"].isin(["random ranking", "oracle"])]
    return str(at_k.sort_values(["value", "model"], ascending=[False, True])["model"].iloc[0])


def of_study(accuracy: pd.DataFrame, rungs: pd.DataFrame, best: str, k: int = 5) -> tuple[str, list[dict[str, object]]]:
    """Return the study in one sentence, and its headline numbers with intervals.

    accuracy: model, scheme, value, low, high. rungs: as `ladder_hits` gives. best: the network that did best on
    validation pairs.
    """
    own = accuracy[accuracy["model"] == best].set_index("scheme")
    honest, naive = own.loc["honest"], own.loc["naive"]
    name = best_model(rungs, k)
    hits = rungs[(rungs["k"] == k) & (rungs["model"] == name)].iloc[0]
    sentence = (
        f"The network that did best in validation, {best}, decides {percent(honest['value'])} of the pairs from unseen "
        f"groups rightly; with pairs split at random it would have read {percent(naive['value'])}."
    )
    return sentence, [
        number("accuracy, honest split", honest),
        number("accuracy, pairs at random", naive),
        number(f"hit@{k}, {name}", hits),
    ]


def number(label: str, row: pd.Series) -> dict[str, object]:
    """Return a headline number from a row with value, low and high."""
    bounds = {key: float(row[key]) for key in ("low", "high") if pd.notna(row[key])}
    return {"label": label, "value": float(row["value"]), **bounds}


def of_role_models(models: pd.DataFrame) -> Html:
    """Read the role models: who set an arrangement, and how long it was copied."""
    if models.empty:
        return note("No dated photo was copied by a later one: no role model can be named.")
    first = models.iloc[0]
    return note(
        f"{len(models)} photos set an arrangement that later ones repeat; the most copied, {first['arrangement']}, "
        f"dates from {first['taken_at']:%d %B %Y} and was repeated {int(first['copies'])} times within "
        f"{int(first['days']):,} days."
    )
