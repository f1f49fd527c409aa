"""What the demo's people write: a group of her intake plans a reunion, and one writes to her alone.

Somebody has written since she looked, so that whoever opens the demo sees what is new.
"""

from collections.abc import Mapping
from typing import Any

from graphnet.discovery.classmates import classes
from graphnet.engine import Engine
from graphnet.errors import GraphnetError
from graphnet.messages import conversations, posting, reach
from graphnet.people import of_origins
from graphnet.privacy import Viewer

TITLE = "Встреча нашего потока"
FIRST = (
    "Друзья, в мае двадцать лет выпуска. Давайте соберёмся! Предлагаю субботу 15 мая, "
    "сначала факультет, потом ужин. Кто может?"
)
ANSWERS = (
    "Я за! Могу узнать про аудиторию, где мы сдавали оптику.",
    "Буду, если не командировка. Список тех, кто потерялся, у кого-нибудь есть?",
    "Список есть на странице группы: https://example.org/classmates — делим звонки?",
)
ALONE = "Катя, привет! Нашлись фотографии с выпускного, показать?"


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Write by the same calls that the pages make."""
    store, rules = engine.store, engine.rules
    origin = f"synth:person:{people['alumnus']['id']}"
    key, identity = of_origins(store, [origin])[origin]
    her = Viewer("alumnus", key, "demo")
    found = classes(store, her, rules=rules)
    mates = [mate.card.key for group in found.groups for mate in group.mates]
    mates += [card.key for card in found.classmates[:40]]
    open_to = reach.open_to(store, her, mates, rules=rules)[:8]
    if len(open_to) < 2:
        return
    made = posting.begin_group(store, her, TITLE, [card.id for card in open_to], FIRST, rules=rules)
    for card, words in zip(open_to, ANSWERS, strict=False):
        posting.post(store, Viewer("alumnus", card.key, "demo"), made, words)
    conversations.mark_seen(store, her, conversations.thread(store, her, made, rules=rules))
    for card in open_to:
        try:
            posting.begin(store, Viewer("alumnus", card.key, "demo"), identity, ALONE, rules=rules)
        except GraphnetError:
            continue  # this one may not write to her: the next may
        return
