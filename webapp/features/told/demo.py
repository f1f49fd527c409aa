"""What the demo has of telling: staff have told those of an event whose own community holds it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.accounts import account_by_email
from graphnet.engine import Engine
from graphnet.events import listing
from graphnet.privacy import Viewer
from graphnet.told import audience, sending

TOLD, LOOKED_AT = 12, 6


def furnish(engine: Engine, cast: Mapping[str, Any]) -> None:
    """Tell some people of one of the next events; the letters leave a little later."""
    clerk = account_by_email(engine.store, cast["staff"]["email"])
    if clerk is None:
        return
    staff = Viewer("staff", clerk.person_key, clerk.id, purpose="events")
    soon = datetime.now(UTC) + timedelta(days=5)
    chosen = listing.Chosen(soon, soon + timedelta(days=60))
    for row in listing.coming(engine.store, staff, chosen, limit=LOOKED_AT):
        if sending.problem(engine.store, row["id"]):
            continue
        ready = [one for one in audience.fitting(engine.store, row["id"]) if not one.why_not]
        if len(ready) > TOLD:
            sending.send(engine.store, staff, row["id"], [one.id for one in ready[:TOLD]])
            return
