"""What the demo's alumnus has to do with contacts: one asks her, one said yes, one has not yet."""

from collections.abc import Mapping
from typing import Any

from graphnet.connections import asking
from graphnet.discovery.classmates import classes
from graphnet.engine import Engine
from graphnet.errors import GraphnetError
from graphnet.people import of_origins
from graphnet.privacy import Viewer

HER_WORD = "Узнали меня? Мы сидели за одной партой на оптике."
THEIR_WORD = "Катя, здравствуй! Это я, со второго потока. Давай не терять друг друга."


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Ask and accept by the same calls that the pages make."""
    store = engine.store
    origin = f"synth:person:{people['alumnus']['id']}"
    key, identity = of_origins(store, [origin])[origin]
    her = Viewer("alumnus", key, "demo")
    mates = [m.card for group in classes(store, her).groups for m in group.mates]
    here = [card for card in mates if card.state == "registered" and not card.connected]
    acts = (_accepted, _asked, _asks)
    for card, act in zip(here, acts, strict=False):
        try:
            act(engine, her, identity, Viewer("alumnus", card.key, "demo"), card.id)
        except GraphnetError:
            continue  # this one lets nobody ask: the demo shows one less


def _accepted(engine: Engine, her: Viewer, _: str, them: Viewer, their_id: str) -> None:
    asking.accept(engine.store, them, _ask(engine, her, their_id, them, HER_WORD))


def _asked(engine: Engine, her: Viewer, _: str, them: Viewer, their_id: str) -> None:
    _ask(engine, her, their_id, them, HER_WORD)


def _asks(engine: Engine, her: Viewer, her_id: str, them: Viewer, _: str) -> None:
    _ask(engine, them, her_id, her, THEIR_WORD)


def _ask(engine: Engine, asker: Viewer, asked_id: str, asked: Viewer, word: str) -> str:
    asking.ask(engine.store, asker, asked_id, word)
    return asking.asked_of_me(engine.store, asked)[0].id
