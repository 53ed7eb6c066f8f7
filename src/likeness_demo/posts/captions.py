"""What the demo's users write: captions in many languages, hashtags, names and places, some of them hostile."""

import numpy as np

OPENINGS = {
    "portrait": (
        "New haircut, who dis?", "Sunday face 🙂", "Me, myself and a very good light", "Golden hour again ✨",
        "Smile, it's free", "Still me", "Best day in a long time", "Throwback to last summer ☀️", "No filter today",
        "Día perfecto con mi gente 💛", "Être heureux, tout simplement", "Größe zeigen 😄", "Lørdagsselfie på tur 🇳🇴",
        "Отличный день, друзья!", "Просто я и солнце ☀️", "يوم جميل مع الأصدقاء 🌸", "صباح الخير", "יום נפלא עם חברים",
        "आज का दिन बहुत अच्छा था 🙏", "今天天气真好，心情也好", "久しぶりの自撮り📸", "오늘도 행복한 하루 😊",
        "Family first 👨‍👩‍👧‍👦", "Proud of us 🏳️‍🌈👩🏽‍🚀", "Γεια σας από το σπίτι", "Chào buổi sáng! Một ngày mới",
    ),
    "scenery": (
        "What a view", "Somewhere I would rather be", "Postcard from the road", "Nobody here but me 🌍", "Going home",
        "¡Qué vista! Volveré pronto", "Vue d'ici, c'est magnifique 🏞️", "Schöner wird's nicht", "Прогулка по городу",
        "مكان رائع", "מקום יפה", "बहुत सुंदर जगह", "旅行的意义", "旅の思い出✈️", "여행 중이에요 🧳", "Ordinary Tuesday",
    ),
    "meme": (
        "Mood.", "Tag someone who needs this 😂", "Truth", "Read it twice", "Monday motivation 💪", "C'est la vie 🤷‍♀️",
        "Так и живём", "هذا أنا", "זה אני", "सच बात है", "说得对", "わかる😂", "진짜 공감 🤣", "So wahr!", "¡Exacto!",
    ),
}  # fmt: skip
SENTENCES = (
    "Thank you all for the kind words.", "It rained all morning and then it did not.", "Ask me how I got here.",
    "I could stay like this for weeks.", "Next time you come along.", "More of this, please.", "The coffee was awful.",
    "Guess who was late again.", "Nobody told me about the stairs.", "Tell me where you are from in the comments.",
)  # fmt: skip
TAGS = (
    "love", "instagood", "photooftheday", "beautiful", "happy", "cute", "tbt", "like4like", "followme", "picoftheday",
    "selfie", "summer", "art", "friends", "nature", "girl", "fun", "style", "smile", "food", "travel", "fitness",
    "home", "sun", "city", "music", "family", "weekend", "coffee", "mood", "amor", "verano", "été", "größe", "лето",
    "любовь", "صيف", "אהבה", "प्यार", "旅行", "自撮り", "셀카", "日常",
)  # fmt: skip
PLACES = (
    "Lisbon, Portugal", "São Paulo", "Kraków, Polska", "Санкт-Петербург", "القاهرة", "תל אביב", "मुंबई", "北京市", "京都",
    "서울", "Zürich HB", "Reykjavík", "Lagos", "Home sweet home", "Café de l'Ouest", "Nowhere 🌵",
)  # fmt: skip
NAMES = (
    "anna", "marco", "lena", "yusuf", "chloe", "pedro", "ingrid", "tomas", "aisha", "noah", "mei", "ravi", "sofia",
    "jonas", "olga", "kofi", "lucia", "emil", "hana", "diego",
)  # fmt: skip
TAILS = (".k", "_ortega", "_photo", "22", ".wolf", "_travels", "_x", ".daily", "_smiles", "_91")
OTHER_NAMES = ("мария.п", "山田太郎", "민지_k", "سارة", "zoë.ö")
LONG = "This is the long story of how we got here. " * 50  # 2,150 characters; 2,200 are allowed
HOSTILE_CAPTIONS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<b onmouseover=\"alert(1)\">hover</b> 'quoted' & &amp; escaped",
    "Costs $x$ or $y_1^2$ and *this* is **Markdown** with `code` | a | table | [link](javascript:alert(1))",
    "First line\nSecond line\n\n- a list\n\ttabbed, with \"quotes\", commas; and semicolons",
    '=HYPERLINK("http://example.com","click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "Zalgo t̷̢̛e̴͓͝x̵̰̚t, RTL \u202emarkers\u202c, zero\u200bwidth and a family 👩‍❤️‍💋‍👩",
    "{{7*7}} ${7*7} {% raw %} %s %d \\n \\u0041",
    LONG,
)  # fmt: skip
HOSTILE_USERS = ('"><script>alert(2)</script>', "=1+1")
HOSTILE_PLACE = "<img src=x onerror=alert(3)>"


def write_caption(kind: str, voice: int, talk: float, rng: np.random.Generator) -> str:
    """Return what an account writes over a portrait, scenery or meme: one of three openings, about `talk` sentences.

    voice: which openings are its own, a number.
    """
    openings = OPENINGS[kind]
    more = max(0, round(rng.normal(talk, 0.25 * talk)))
    opening = openings[(voice + rng.integers(3)) % len(openings)]
    return " ".join([opening, *(str(rng.choice(SENTENCES)) for _ in range(more))])


def pick_hashtags(count: int, voice: int, rng: np.random.Generator) -> list[str]:
    """Return `count` different hashtags, lower case with '#', none of them #me; at most len(TAGS).

    voice: which ones an account likes best, a number; they come first, in any order.
    """
    likes = np.arange(len(TAGS)) + rng.uniform(0, 8, len(TAGS))
    return [f"#{TAGS[(voice + k) % len(TAGS)]}" for k in np.argsort(likes)[:count]]


def user_names(users: int, rng: np.random.Generator) -> list[str]:
    """Return different user names: most are plain, a few from other writing systems, two hostile."""
    plain = [name + tail for name in NAMES for tail in TAILS]
    plain += [f"{name}{number}" for number in range(100, 100 + users // len(NAMES)) for name in NAMES]
    special = [*HOSTILE_USERS, *OTHER_NAMES][: max(2, users // 8)]
    rest = [plain[k] for k in rng.permutation(len(plain))[: users - len(special)]]
    return [str(name) for name in rng.permutation(np.array([*special, *rest], object))]


def pick_mentions(names: list[str], odds: float, rng: np.random.Generator) -> list[str]:
    """Return 1 to 3 mentioned users at the given odds, '@' in front; only of names that could be a user's."""
    plain = [name for name in names if name.replace(".", "").replace("_", "").isalnum()]
    count = int(rng.integers(1, 4)) if rng.random() < odds else 0
    return [f"@{plain[k].lower()}" for k in rng.permutation(len(plain))[:count]]
