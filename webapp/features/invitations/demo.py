"""What the demo's group has done: made its link; two came by it; somebody named who is missing."""

from collections.abc import Mapping
from typing import Any

from graphnet.discovery.classmates import classes
from graphnet.engine import Engine
from graphnet.errors import Conflict
from graphnet.onboarding import claims, invitation_links, missing_groupmates
from graphnet.people import Card, of_origins
from graphnet.privacy import Viewer
from graphnet.store import Store

MISSING = ("Клара Гусева", "Ушла с третьего курса, писала стихи для стенгазеты.")


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Let the demo's alumnus find two groupmates who ask for their pages, one half confirmed."""
    store, settings = engine.store, engine.settings
    # The key of links is the application's.
    from webapp.app import create_app

    app = create_app(settings, store=store)
    with app.test_request_context():
        from webapp.features.invitations.routes import link_keys

        origin = f"synth:person:{people['alumnus']['id']}"
        viewer = Viewer("alumnus", of_origins(store, [origin])[origin][0], "demo")
        groups = [group for group in classes(store, viewer).groups if len(group.mates) > 3]
        if not groups:
            return
        group = groups[0]
        link = invitation_links.make(store, viewer, group.id, keys=link_keys())
        lost = [m.card for m in group.mates if m.card.state in ("no_contact", "not_registered")]
        here = [m.card for m in group.mates if m.card.state == "registered"]
        for number, card in enumerate(lost[:2]):
            claims.ask(
                store,
                link.token,
                name=f"{card.name.given} {card.name.family}",
                email=f"groupmate-{number}@example.net",
                referrer=people["alumnus"]["name"] if number else "",
                language="ru",
            )
        _half_confirmed(store, here)
        name, note = MISSING
        missing_groupmates.propose(store, viewer, group.id, name=name, note=note)


def _half_confirmed(store: Store, here: list[Card]) -> None:
    """Let one of those who are here say yes to the first who asks."""
    for card in here:
        mate = Viewer("alumnus", card.key, "demo")
        waiting = claims.questions(store, mate)
        if waiting:
            try:
                claims.say(store, mate, waiting[0].id, "yes")
            except Conflict:
                continue
            return
