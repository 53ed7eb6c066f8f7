"""What people take for features today: img2vec_pytorch, imagededup's encoder, a plain DataLoader loop."""

import shutil
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import models, transforms

BATCH, WORKERS = 16, 2
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
SEEN = transforms.Compose(
    [transforms.Resize((224, 224)), transforms.ToTensor(), transforms.Normalize(mean=MEAN, std=STD)]
)
Run = Callable[[pd.DataFrame], float]


class Peer(NamedTuple):
    """A way to compute features: prepare(network, root) gives what returns the seconds for some photos."""

    name: str
    module: str
    package: str
    prepare: Callable[[str, Path], Run]


def available() -> tuple[dict[str, Peer], dict[str, str]]:
    """Return (the peers that are installed, {name: why not} of the others)."""
    here = {name: peer for name, peer in PEERS.items() if find_spec(peer.module)}
    return here, {name: f"{peer.package} is not installed" for name, peer in PEERS.items() if name not in here}


class Files(Dataset):
    """Photos decoded whole, as most loops have it."""

    def __init__(self, files: list[Path]) -> None:
        self.files = files

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, number: int) -> torch.Tensor:
        return SEEN(Image.open(self.files[number]).convert("RGB"))


def network_of(name: str) -> torch.nn.Module:
    """Return resnet18 without its last layer, or AlexNet up to fc7, with random weights: what img2vec takes too."""
    model = getattr(models, name)(weights=None).eval()
    if name == "resnet18":
        model.fc = torch.nn.Identity()
    else:
        model.classifier = model.classifier[:6]
    return model


def dataloader(name: str, root: Path) -> Run:
    """Prepare a DataLoader of two worker processes in front of the network."""
    net = network_of(name)

    def run(photos: pd.DataFrame) -> float:
        start = time.perf_counter()
        with torch.no_grad():
            for batch in DataLoader(Files([root / path for path in photos["path"]]), BATCH, num_workers=WORKERS):
                net(batch)
        return time.perf_counter() - start

    return run


def img2vec(name: str, root: Path) -> Run:
    """Prepare img2vec_pytorch as its README uses it: a list of opened images at a time."""
    import img2vec_pytorch.img_to_vec as package

    make = getattr(package, name)
    setattr(package, name, lambda **_weights: make(weights=None))  # no download
    known = package.Img2Vec(cuda=False, model=name)
    setattr(package, name, make)

    def run(photos: pd.DataFrame) -> float:
        start = time.perf_counter()
        files = [root / path for path in photos["path"]]
        for begin in range(0, len(files), BATCH):
            known.get_vec([Image.open(file).convert("RGB") for file in files[begin : begin + BATCH]])
        return time.perf_counter() - start

    return run


def imagededup(name: str, root: Path) -> Run:
    """Prepare imagededup's CNN encoder with the same network, over a folder of links."""
    from imagededup.methods import CNN
    from imagededup.utils import CustomModel

    encoder = CNN(verbose=False, model_config=CustomModel(name=name, model=network_of(name), transform=SEEN))

    def run(photos: pd.DataFrame) -> float:
        folder = Path(tempfile.mkdtemp(dir=root.parent))
        for path in photos["path"]:
            (folder / path).symlink_to(root / path)
        start = time.perf_counter()
        encoder.encode_images(image_dir=folder)
        spent = time.perf_counter() - start
        shutil.rmtree(folder)
        return spent

    return run


PEERS = {
    peer.name: peer
    for peer in (
        Peer("img2vec_pytorch", "img2vec_pytorch", "img2vec-pytorch", img2vec),
        Peer("imagededup", "imagededup", "imagededup", imagededup),
        Peer("DataLoader loop", "torch", "torch", dataloader),
    )
}
