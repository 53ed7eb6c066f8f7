"""Which layers of a network the likability study reads, and the names they are kept under."""


def layers_of(backbone: str) -> tuple[str, ...]:
    """Return the layers that are read: AlexNet's and VGG's hidden ones, else the last maps, pooled."""
    return ("fc6", "fc7") if backbone.startswith(("alexnet", "vgg")) else ("pool",)


def mirror_of(layer: str) -> str:
    """Return the name under which a layer of the mirror images is kept."""
    return f"{layer}-mirror"
