"""The few numbers of each study that `dvc metrics show` and `dvc metrics diff` show; scores.json holds all of them."""

from collections.abc import Mapping

from likeness.stats.metrics import Place

# {what the number is called: split, model, metric}; {best} is the network or model that did best in validation,
# {network} the one that the page of the faces study shows. What a study lacks is left out.
HEADLINES: Mapping[str, Mapping[str, Place]] = {
    "pose": {
        "accuracy, unseen sites, best network": ("test", "{best}", "accuracy"),
        "accuracy, pairs at random, best network": ("naive-val", "{best}", "accuracy"),
        "accuracy, unseen sites, place x pose": ("test", "place x pose", "accuracy"),
        "accuracy, unseen sites, majority class": ("test", "majority class", "accuracy"),
        "AUC, unseen sites, best network": ("test", "{best}", "auc"),
        "AUC, unseen sites, place x pose": ("test", "place x pose", "auc"),
        "AUC, unseen sites, joints alone": ("test", "joints, OKS", "auc"),
        "AUC, unseen sites, features alone": ("test", "features, cosine", "auc"),
        "hit@5, unseen sites, best network": ("test-retrieval", "{best}", "hit@5"),
        "hit@5, unseen sites, features alone": ("test-retrieval", "features, cosine", "hit@5"),
    },
    "likability": {
        "AUC, unseen accounts, best model": ("test", "{best}", "auc"),
        "AUC, posts at random, best model": ("naive-test", "{best}", "auc"),
        "AUC, later posts, best model": ("temporal-test", "{best}", "auc"),
        "AUC, unseen accounts, metadata": ("test", "metadata, boosting", "auc"),
        "AUC, posts at random, metadata": ("naive-test", "metadata, boosting", "auc"),
        "AUC, unseen accounts, account alone": ("test", "user only, boosting", "auc"),
        "AUC, posts at random, account alone": ("naive-test", "user only, boosting", "auc"),
        "AUC, unseen accounts, fusion network": ("test", "fusion", "auc"),
        "accuracy, unseen accounts, best model": ("test", "{best}", "accuracy"),
        "accuracy, unseen accounts, majority class": ("test", "majority class", "accuracy"),
    },
    "faces": {
        "same person first, face": ("test", "{network}, face", "identity recall@1"),
        "same person first, whole picture": ("test", "{network}, general", "identity recall@1"),
        "same person first, both in one vector": ("test", "{network}, combined", "identity recall@1"),
        "same person, mAP, face": ("test", "{network}, face", "identity mAP"),
        "same person, mAP, whole picture": ("test", "{network}, general", "identity mAP"),
        "same artist first, face": ("test", "{network}, face", "artist recall@1"),
        "same artist first, whole picture": ("test", "{network}, general", "artist recall@1"),
        "same artist first, both in one vector": ("test", "{network}, combined", "artist recall@1"),
        "same person or not, equal error rate": ("test", "{network}", "equal error rate"),
        "SSIM of pictures found, whole picture": ("query set", "{network}, general", "SSIM"),
    },
}


def of_study(study: str, **chosen: str) -> dict[str, Place]:
    """Return {name: split, model, metric} of a study's headline metrics, as `MetricsBook.write` takes them.

    chosen: the names that the study's places leave open, such as best="last-photo". Raises KeyError for one missing.

    >>> of_study("pose", best="last-photo")["AUC, unseen sites, best network"]
    ('test', 'last-photo', 'auc')
    """
    return {name: (split, model.format(**chosen), metric) for name, (split, model, metric) in HEADLINES[study].items()}
