"""Which layers of a network the likability study reads, and the names they are kept under."""


def layers_of(backbone: str) -> tuple[str, ...]:
    """Return the layers that are read: AlexNet's and VGG's hidden ones, else the last maps, pooled."""
    return ("fc6", "fc7") if backbone.startswith(("alexnet", "vgg")) else ("pool",)


def mirror_of(layer: str) -> str:
    """Return the name under which a layer of the mirror images is kept."""
    return f"{layer}-mirror"


def layer_of(layer: str, sight: str) -> str:
    """Return the name under which a layer of a network that is held beside is kept; `Sight.name` gives the network's.

    >>> layer_of("fc7", "alexnet@none")
    'fc7 of alexnet@none'
    """
    return f"{layer} of {sight}"


def is_beside(feature: str) -> bool:
    """Say whether features are of a network that is held beside the study's own.

    >>> is_beside("fc7 of alexnet@none"), is_beside("pool")
    (True, False)
    """
    return " of " in feature
