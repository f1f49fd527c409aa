"""What the demo's lists have seen by now: a partner's perk, requests that members may answer, a few
days of pages opened, letters that the demo's alumnus asked for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from graphnet.engine import Engine
from graphnet.live import Live
from graphnet.people import of_origins
from graphnet.privacy import ALUMNUS, CLAIMED, Viewer
from graphnet.recommendations import LISTS, Shelf, digest, offers_of_help, preferences
from graphnet.recommendations.catalogue import topics
from graphnet.recommendations.impressions import Impressions
from graphnet.requests import services
from graphnet.requests.services import Service

READERS = 20  # alumni who have opened their lists
OPENED = 0.12  # share of what they saw that they opened
PERK = Service(
    name="Ten per cent off tickets and scores at the Philharmonic shop",
    name_ru="Скидка десять процентов в магазине Филармонии",
    description="On showing the alumni card. Orders by post as well.",
    description_ru="По карте выпускника. Можно заказать и по почте.",
    partner="Магазин Филармонии",
)
# What members could answer, by kind, and the topics under which they find it.
ANSWERABLE = {
    "mentor": ("Data analysis", "Optics", "Mentoring", "Career"),
    "museum": ("History of the university", "Museums", "Optics"),
    "partnership": ("Career", "Job search", "Mentoring"),
    "room": ("Education", "Volunteering"),
}


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Do it by the same calls that the pages make."""
    store, settings = engine.store, engine.settings
    origins = [f"synth:person:{people[role]['id']}" for role in ("alumnus", "staff")]
    known = of_origins(store, origins)
    her = Viewer("alumnus", known[origins[0]][0], "demo")
    staff = Viewer("staff", known[origins[1]][0], "demo", frozenset({"staff"}), "recommendations")
    named = {topic.name: topic.id for topic in topics(store)}
    services.save(store, staff, replace(PERK, topics=tuple(_ids(named, "Music"))))
    preferences.consent(store, her, "partners", "given")
    kinds, opened = engine.core.request_kinds, 0
    for row in offers_of_help.offers(store, staff, kinds):
        about = _ids(named, *ANSWERABLE.get(row["kind"], ()))
        if row["kind"] in ANSWERABLE and opened < 4:
            offers_of_help.open_to_members(store, staff, kinds, row["id"], about)
            opened += 1
    digest.ask_for(store, her, "weekly", ["events", "meet", "news"])
    live = Live(store, settings.snapshots)
    live.start()
    try:
        _read(live, her)
    finally:
        live.stop()


def _ids(named: dict[str, str], *names: str) -> list[str]:
    found = [named[name] for name in names if name in named]
    return found or sorted(named.values())[:1]


def _read(live: Live, her: Viewer) -> None:
    """Let some of the registered look at their lists and open a few things."""
    snapshot = live.view().snapshot
    here = (snapshot.flags & (CLAIMED | ALUMNUS)) == (CLAIMED | ALUMNUS)
    keys = snapshot.keys[here][:READERS].tolist()
    shelf, seen = Shelf(live), Impressions(live.store)
    rng = np.random.default_rng(2003)
    for key in keys:
        reader = shelf.of(Viewer("alumnus", key, "demo"))
        if not reader.person.mine.learns or key == her.person_key:
            continue
        for name in LISTS:
            items = reader.best(name, 4)
            seen.shown(key, reader.model, items)
            for item in items:
                if rng.random() < OPENED:
                    seen.clicked(key, name, item.id)
    seen.write()
