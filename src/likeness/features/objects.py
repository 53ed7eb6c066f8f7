"""Which objects an ImageNet classifier sees in a photo: its 1,000 classes summed into a few readable groups."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torchvision.models import WeightsEnum, get_model_weights, list_models

from likeness.cache import Cache
from likeness.features.backbones import Backbone, torch_models
from likeness.features.checkpoints import pretrained_network
from likeness.features.extract import extract

VERSION = 1  # of the groups
CLASSES = 1000
WEIGHTS = "IMAGENET1K_V1"  # torchvision's name of those that tell its 1,000 classes apart
OTHER = "other objects"
# ImageNet's living things lie in blocks of the WordNet tree: first and last class of each.
RANGES = {
    "dogs": ((151, 268),),
    "cats": ((281, 285),),
    "birds": ((7, 24), (80, 100), (127, 146)),
    "other animals": ((0, 6), (25, 79), (101, 126), (147, 150), (269, 280), (286, 397)),
    "food and drink": ((923, 957), (959, 969)),
    "nature": ((970, 970), (972, 980), (984, 998)),
}
# Things lie in alphabetical order: torchvision's names of the classes, each in one group.
WORDS = {
    "food and drink": """
        beer bottle; beer glass; coffee mug; coffeepot; espresso maker; goblet; pop bottle; teapot; wine bottle;
        whiskey jug; cocktail shaker; bakery; butcher shop; confectionery; grocery store; restaurant; menu;
        honeycomb""",
    "nature": "hay; breakwater; fountain; maze; megalith; stone wall; bubble; spider web; greenhouse",
    "vehicles": """
        aircraft carrier; airliner; airship; ambulance; amphibian; balloon; barrow; beach wagon;
        bicycle-built-for-two; bobsled; bullet train; cab; canoe; car mirror; car wheel; catamaran; container ship;
        convertible; disk brake; dogsled; electric locomotive; fire engine; fireboat; forklift; freight car;
        garbage truck; go-kart; golfcart; gondola; grille; half track; harvester; horse cart; jeep; jinrikisha;
        lifeboat; limousine; liner; minibus; minivan; Model T; moped; motor scooter; mountain bike; moving van;
        odometer; oxcart; passenger car; pickup; police van; racer; recreational vehicle; school bus; schooner;
        seat belt; snowmobile; snowplow; space shuttle; speedboat; sports car; steam locomotive; streetcar; submarine;
        tank; thresher; tow truck; tractor; trailer truck; tricycle; trimaran; trolleybus; unicycle; warplane; wing;
        wreck; yawl; lawn mower; plow; parachute; paddlewheel""",
    "buildings and streets": """
        altar; apiary; bannister; barbershop; barn; beacon; bell cote; boathouse; bookshop; castle; chainlink fence;
        church; cinema; cliff dwelling; crane; dam; dock; dome; drilling platform; flagpole; gas pump; library;
        lumbermill; mailbox; manhole cover; maypole; mobile home; monastery; mosque; obelisk; palace; park bench;
        parking meter; patio; pay-phone; pedestal; picket fence; pier; planetarium; pole; prison; shoe shop; shoji;
        sliding door; steel arch bridge; street sign; stupa; sundial; suspension bridge; thatch; theater curtain;
        tile roof; tobacco shop; totem pole; toyshop; traffic light; triumphal arch; turnstile; vault; viaduct;
        water tower; window screen; window shade; worm fence; yurt; stage; radio telescope; home theater;
        mountain tent; carousel; barber chair; scoreboard; swing; birdhouse""",
    "clothes and beauty": """
        abaya; academic gown; apron; backpack; bathing cap; bearskin; bib; bikini; bolo tie; bonnet; bow tie;
        brassiere; breastplate; buckle; bulletproof vest; cardigan; chain mail; Christmas stocking; cloak; clog;
        cowboy boot; cowboy hat; crash helmet; cuirass; diaper; face powder; feather boa; fur coat; gasmask; gown;
        hair slide; hair spray; hand blower; handkerchief; holster; hoopskirt; jean; jersey; kimono; lab coat;
        lipstick; Loafer; lotion; maillot; maillot tank suit; mask; military uniform; miniskirt; mitten; mortarboard;
        necklace; overskirt; pajama; perfume; pickelhaube; poncho; purse; running shoe; sandal; sarong; shower cap;
        ski mask; sock; sombrero; stole; suit; sunglass; sunglasses; sunscreen; sweatshirt; swimming trunks;
        trench coat; umbrella; velvet; vestment; wallet; wig; Windsor tie; wool; knee pad; neck brace; oxygen mask;
        digital watch""",
    "screens and electronics": """
        cassette; cassette player; CD player; cash machine; cellular telephone; computer keyboard; desktop computer;
        dial telephone; digital clock; electric fan; entertainment center; hand-held computer; hard disc; iPod;
        joystick; laptop; lens cap; loudspeaker; microphone; modem; monitor; mouse; notebook; oscilloscope;
        photocopier; Polaroid camera; printer; projector; radio; reflex camera; remote control; screen; solar dish;
        space bar; spotlight; switch; tape player; television; tripod; typewriter keyboard; vending machine""",
    "furniture and household": """
        analog clock; ashcan; barrel; bassinet; bath towel; bathtub; bookcase; broom; bucket; caldron; can opener;
        candle; chest; chiffonier; china cabinet; cleaver; corkscrew; cradle; crate; crib; Crock Pot; desk;
        dining table; dishrag; dishwasher; doormat; Dutch oven; fire screen; folding chair; four-poster; frying pan;
        hamper; hourglass; iron; ladle; lampshade; lighter; matchstick; measuring cup; medicine chest; microwave;
        milk can; mixing bowl; mosquito net; paper towel; pillow; pitcher; plastic bag; plate rack; plunger; pot;
        prayer rug; quilt; radiator; refrigerator; rocking chair; rotisserie; safe; saltshaker; sewing machine;
        shopping basket; shopping cart; shower curtain; sleeping bag; soap dispenser; soup bowl; space heater;
        spatula; stove; strainer; studio couch; table lamp; throne; toaster; toilet seat; toilet tissue; tray; tub;
        vacuum; vase; waffle iron; wall clock; wardrobe; washbasin; washer; water bottle; water jug; wok;
        wooden spoon; mortar; rain barrel; carton; packet; teddy; jack-o'-lantern""",
    "sports": """
        balance beam; ballplayer; barbell; baseball; basketball; croquet ball; dumbbell; football helmet; golf ball;
        horizontal bar; paddle; parallel bars; ping-pong ball; pool table; puck; punching bag; racket; rugby ball;
        scuba diver; ski; snorkel; soccer ball; tennis ball; volleyball; bow""",
    "musical instruments": """
        accordion; acoustic guitar; banjo; bassoon; cello; chime; cornet; drum; drumstick; electric guitar; flute;
        French horn; gong; grand piano; harmonica; harp; maraca; marimba; oboe; ocarina; organ; panpipe; sax;
        steel drum; trombone; upright; violin""",
    "books and signs": "binder; book jacket; comic book; crossword puzzle; envelope; web site",
}
GROUPS = (*dict.fromkeys([*RANGES, *WORDS]), OTHER)


class SumByGroup(nn.Module):
    """Logits (n, classes) -> the summed probabilities of each group (n, groups), float32; rows sum to 1."""

    def __init__(self, group: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("group", torch.from_numpy(group))

    def forward(self, logits: Tensor) -> Tensor:
        """Return the groups' probabilities, in the order of GROUPS."""
        probabilities = logits.float().softmax(dim=1)
        return probabilities.new_zeros(len(logits), len(GROUPS)).index_add_(1, self.group, probabilities)


def object_features(
    photos: pd.DataFrame,
    root: Path,
    *,
    backbone: str,
    cache: Cache | None,
    batch_size: int = 16,
    device: str = "auto",
) -> tuple[np.ndarray, list[str]]:
    """Return (float32 (photos, groups), GROUPS): the probability that a classifier gives to each group of objects.

    photos, root, cache, batch_size, device: as `extract`. backbone: as `load_classifier`; a photo is squashed to the
    size that its weights were made for.
    A row sums to 1: the classifier has to choose among ImageNet's 1,000 classes (Russakovsky et al., 2015), of which
    only three are people (ballplayer, groom, scuba diver).
    Raises MissingWeights for a checkpoint that is not here, ValueError as `load_classifier`.
    """
    network = load_classifier(backbone)
    settings = {"image_size": network.size, "batch_size": batch_size, "device": device}
    found, _ = extract(photos, network, root=root, cache=cache, **settings)
    return found, list(GROUPS)


def load_classifier(backbone: str) -> Backbone:
    """Return torchvision's classifier `backbone` with its ImageNet weights, as a network from photos to GROUPS.

    Raises ValueError for an unknown network, or one without such weights, and MissingWeights.
    """
    if backbone not in list_models(module=torch_models()):
        raise ValueError(f"objects: {backbone!r} is not a torchvision classification model, like squeezenet1_0")
    known = get_model_weights(backbone)
    if WEIGHTS not in known.__members__:
        raise ValueError(f"objects: {backbone} has no weights {WEIGHTS}; choose another network, like squeezenet1_0")
    chosen = known[WEIGHTS]
    model, identity = pretrained_network(backbone, chosen)
    return group_classifier(model, chosen.meta["categories"], name=backbone, weights=identity, **_view(chosen))


def group_classifier(model: nn.Module, categories: Sequence[str], **facts: object) -> Backbone:
    """Return `model`, (n, 3, h, w) -> logits (n, 1000), as a network from photos to GROUPS.

    facts: name, weights, size, mean and std of the Backbone.
    """
    grouped = nn.Sequential(model, SumByGroup(group_of_classes(categories)))
    return Backbone(grouped, layer=f"objects-v{VERSION}", **facts).eval()


def group_of_classes(categories: Sequence[str]) -> np.ndarray:
    """Return each class's group, as its place in GROUPS: int64 (1000,). categories: torchvision's names, in order.

    Living things and landscapes are told by their number, things by their name; what is in no group is in OTHER.
    """
    if len(categories) != CLASSES:
        raise ValueError(
            f"objects: the classifier knows {len(categories)} classes; the groups are of ImageNet's {CLASSES}"
        )
    group = np.full(CLASSES, GROUPS.index(OTHER))
    for name, ranges in RANGES.items():
        for first, last in ranges:
            group[first : last + 1] = GROUPS.index(name)
    named = {word: name for name, text in WORDS.items() for word in words_of(text)}
    for number, category in enumerate(categories):
        if category in named:
            group[number] = GROUPS.index(named[category])
    return group


def words_of(text: str) -> list[str]:
    """Return the names in a text that separates them by semicolons and wraps lines."""
    return [" ".join(word.split()) for word in text.split(";")]


def _view(weights: WeightsEnum) -> dict[str, object]:
    transforms = weights.transforms()
    return {"size": transforms.crop_size[0], "mean": transforms.mean, "std": transforms.std}
