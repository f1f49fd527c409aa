"""What the core itself holds of a person: letters that wait, the trail, the feed, the note."""

from datetime import timedelta
from typing import TYPE_CHECKING

from graphnet.erasure.files import KIND, POLICY, cleaner
from graphnet.erasure.holding import Holding
from graphnet.erasure.remembered import in_graph, remember

if TYPE_CHECKING:
    from graphnet.core import Core


def register(core: "Core") -> None:
    """Bring what the core holds; last, since it asks what has gone before.

    And what makes sure of the file of erasures; whoever erases somebody writes it at once, too.
    """
    core.job(KIND, cleaner, policy=POLICY)
    core.duty(
        "remember erasures",
        lambda engine: remember(engine.settings.home, in_graph(engine.store)),
        every=timedelta(minutes=10),
    )
    core.personal(
        # Whatever waits to be sent or done and names an address, an account or something of theirs.
        Holding(
            "Job",
            what="letters",
            found="MATCH (n:Job) WHERE any(trace IN $needles "
            "WHERE n.payload CONTAINS trace OR n.idempotency_key CONTAINS trace)",
            shows=("kind", "created_at", "state"),
            loose=True,
        ),
        Holding(
            "AuditEntry",
            what="trail",
            fate="emptied",
            found="MATCH (n:AuditEntry) WHERE $key IN n.keys OR n.subject IN $traces "
            "OR any(trace IN $traces WHERE n.detail CONTAINS trace) "
            "OR any(name IN $names WHERE n.detail CONTAINS name)",
            shows=("at", "role", "act", "purpose"),
            empties=("detail",),
            keeps=("id", "at", "actor", "role", "act", "purpose", "subject", "keys"),
            why="who did what to whose data stays answerable; its ids lead to nobody any more",
            loose=True,
        ),
    )
    core.nobodys("Change", why="the bare keys of who was changed, until every process has read it")
    core.nobodys("Erasure", why="the bare key, so that a restored backup does not bring them back")
    core.nobodys(
        "Counter", "Heartbeat", "Migration", why="the installation's own, about no person at all"
    )
