"""What visitors of the demo have done: one is on file and has a letter, one waits to be known."""

from collections.abc import Mapping
from typing import Any

from graphnet.discovery.classmates import classes
from graphnet.engine import Engine
from graphnet.onboarding import finding
from graphnet.people import of_origins
from graphnet.privacy import Viewer

STRANGER = ("Игнат Новиков", "Факультет оптики", 2001)


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Let a groupmate of the demo's alumnus look for the group, and somebody who is on no list."""
    store = engine.store
    origin = f"synth:person:{people['alumnus']['id']}"
    viewer = Viewer("alumnus", of_origins(store, [origin])[origin][0], "demo")
    for group in classes(store, viewer).groups:
        reachable = [mate.card for mate in group.mates if mate.card.state == "reachable"]
        if reachable and group.codes:
            year, code = group.codes[-1]
            name = f"{reachable[0].name.given} {reachable[0].name.family}"
            finding.ask(store, name=name, place=code, year=year, language="ru")
            break
    name, place, year = STRANGER
    page = finding.ask(store, name=name, place=place, year=year, language="ru")
    finding.give_address(store, page, "ignat@example.net")
