"""What the demo's alumnus has to do with passing on: one request waits for her, one was answered.

Aleksandr Petrov is left alone, so that whoever looks at the demo can ask about him.
"""

from collections.abc import Mapping
from typing import Any

from graphnet.discovery.classmates import classes
from graphnet.engine import Engine
from graphnet.introductions import answers, relays, requests
from graphnet.introductions.paths import Way, ways_to
from graphnet.introductions.targets import Target
from graphnet.live import Live
from graphnet.people import Card, cards, of_origins
from graphnet.privacy import ANYONE, Viewer

# One of the cast, whom the story on the first page of the README is about.
LEFT_ALONE = "Александр Сергеевич Петров"
WORDS = "Здравствуй! Мы собираем нашу группу на встречу в мае. Напиши, пожалуйста, как ты."
ANSWER = "Привет, какая радость! Почта: drug@example.org, звоните после шести."
ASKED_OF_HER = "Катя, мы вместе были на практике. Хочу вернуть старые фотографии."


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Ask and answer by the same calls that the pages make."""
    store, settings = engine.store, engine.settings
    origin = f"synth:person:{people['alumnus']['id']}"
    her = Viewer("alumnus", of_origins(store, [origin])[origin][0])
    live = Live(store, settings.snapshots)
    live.start()
    try:
        lost = _lost(live, her)
        _answered(live, her, lost)
        _waiting(live, her, lost)
    finally:
        live.stop()


def _lost(live: Live, viewer: Viewer) -> list[Card]:
    found = classes(live.store, viewer, rules=live.rules)
    mates = [mate.card for group in found.groups for mate in group.mates]
    return [
        card
        for card in mates
        if card.state in ("no_contact", "not_registered") and card.name.full != LEFT_ALONE
    ]


def _answered(live: Live, her: Viewer, lost: list[Card]) -> None:
    """She asked about somebody of her group, it was passed on, and he answered."""
    for card in lost:
        target = Target("person", card.id)
        for way in ways_to(live, her, target).ways:
            asked = requests.ask(live, her, target, way.contact.id, WORDS)
            token = relays.make_link(live, Viewer("alumnus", way.contact.key), asked)
            answers.answer_link(live, ANYONE, token, "reach", ANSWER)
            return


def _waiting(live: Live, her: Viewer, lost: list[Card]) -> None:
    """Somebody who knows her asks her about somebody of the group."""
    me = cards(live.store, her, [her.person_key or 0], rules=live.rules)[0]
    near = [way for card in lost for way in ways_to(live, her, Target("person", card.id)).ways]
    askers: dict[int, Way] = {way.contact.key: way for way in near}
    for key in askers:
        asker = Viewer("alumnus", key)
        for card in _lost(live, asker):
            target = Target("person", card.id)
            offered = ways_to(live, asker, target).ways
            if me.id in {way.contact.id for way in offered}:
                requests.ask(live, asker, target, me.id, ASKED_OF_HER)
                return
