"""Which weights params.yaml asks for: what each is, where it lies, what it has seen, and what is missing."""

from collections.abc import Iterator, Mapping
from typing import Any

from likeness.errors import UserError
from likeness.features.sight import split_sights
from likeness.features.weight_sources import Weights, trained_on, weights_of_network
from likeness.people.keypointrcnn import WEIGHTS as KEYPOINTS


def needed_weights(params: Mapping[str, Mapping[str, Any]]) -> list[tuple[Weights, list[str]]]:
    """Return each network's weights with the keys of params.yaml that ask for them; random ones are left out.

    params: {study: {stage: section}}, as `read_params` gives. Raises UserError for an unknown network or word.
    """
    asked: dict[Weights, list[str]] = {}
    for key, network, word in _asked(params):
        try:
            found = weights_of_network(network, word)
        except ValueError as error:
            raise UserError(f"{key}: {error}") from error
        if found.word != "none":
            asked.setdefault(found, []).append(key)
    return list(asked.items())


def _asked(params: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield (key, network, word) of all that params.yaml asks for."""
    pose, posts, faces = (params[study] for study in ("pose", "likability", "faces"))
    if pose["prepare"]["estimator"] == "keypointrcnn":
        yield "pose.prepare.estimator", "keypointrcnn_resnet50_fpn", KEYPOINTS.name
    if pose["prepare"]["estimator"] == "mediapipe":
        yield "pose.prepare.estimator", "mediapipe", "inside"
    yield "pose.features", pose["features"]["backbone"], pose["features"]["weights"]
    yield "pose.finetune.full", pose["finetune"]["full"]["backbone"], pose["finetune"]["full"]["weights"]
    if posts["prepare"]["faces"] != "none":
        yield "likability.prepare.faces", "mtcnn", "inside"
    yield "likability.features", posts["features"]["backbone"], posts["features"]["weights"]
    if posts["features"]["objects"] != "none":
        yield "likability.features.objects", posts["features"]["objects"], "IMAGENET1K_V1"
    yield "likability.finetune.alexnet", "alexnet", posts["finetune"]["alexnet"]["weights"]
    own = posts["finetune"]["backbone"]
    yield "likability.finetune.backbone", own["backbone"], own["weights"]
    yield "faces.detector", faces["detector"]["network"], faces["detector"]["weights"]
    finders = {"mtcnn": ["mtcnn"], "agreement": ["mtcnn", "mediapipe"]}
    for finder in finders.get(faces["prepare"]["detector"], []):
        yield "faces.prepare.detector", finder, "inside"
    lists = {
        "pose.features.beside": pose["features"]["beside"],
        "likability.features.beside": posts["features"]["beside"],
        "faces.features.networks": faces["features"]["networks"],
    }
    for key, names in lists.items():
        for network, word in split_sights(names):
            yield key, network, word


def absent(needed: list[tuple[Weights, list[str]]]) -> list[Weights]:
    """Return the weights that are not here."""
    return [weights for weights, _ in needed if not weights.here]


def table(needed: list[tuple[Weights, list[str]]]) -> str:
    """Return a block of lines for each network: what it is, and where it lies."""
    return "\n".join("\n".join(_lines(weights, keys)) for weights, keys in needed)


def _lines(weights: Weights, keys: list[str]) -> Iterator[str]:
    size = f"{weights.megabytes:.0f} MB" if weights.megabytes else "in its package" if weights.here else "size unknown"
    state = "here" if weights.here else "MISSING"
    yield f"{weights.network} ({weights.word}): {state}, {size}, {weights.licence or 'licence not known here'}"
    yield f"  trained on   {trained_on(weights)}"
    if weights.file:
        yield f"  file         {weights.file}"
    if weights.url and not weights.here:
        yield f"  from         {address(weights.url)}"
    yield f"  asked for by {', '.join(keys)}"


def address(url: str) -> str:
    """Return the address for a browser, also of a file on the Hugging Face hub.

    >>> address("hf:timm/resnet18.a1_in1k/model.safetensors")
    'https://huggingface.co/timm/resnet18.a1_in1k/resolve/main/model.safetensors'
    """
    if not url.startswith("hf:"):
        return url
    repository, _, file = url.removeprefix("hf:").rpartition("/")
    return f"https://huggingface.co/{repository}/resolve/main/{file}"
