"""`graphnet recover`: whom to ask to win a class back, without keeping a plan."""

from typing import Any

import click

from graphnet.commands.answers import MANY, card_row, question
from graphnet.live import Live
from graphnet.people import cards
from graphnet.privacy import Viewer
from graphnet.recovery.classes import find_class
from graphnet.recovery.planner import Proposed, look, propose


@click.command()
@click.argument("class_id", metavar="COHORT_OR_GROUP_ID")
@click.option("--ask", type=MANY, default=30, show_default=True, help="How many people to ask.")
@question
def recover(live: Live, viewer: Viewer, *, class_id: str, ask: int) -> list[dict[str, Any]]:
    """Print whom to ask about the lost of an intake, a graduation or a study group."""
    viewer.require_staff()
    at = look(live, viewer, lambda view, there: find_class(view, class_id, there))
    proposal = propose(at, ask, reserve=0)
    shown = {
        card.key: card
        for card in cards(
            live.store, viewer, (one.key for one in proposal.people), rules=live.rules
        )
    }
    return [
        card_row(shown[one.key])
        | {"gain": one.gain, "without": one.without, "because": because(one)}
        for one in proposal.people
        if one.key in shown
    ]


def because(one: Proposed) -> str:
    """Return the evidence in a line."""
    said = []
    if one.known:
        said.append(f"knows {one.known} of the lost")
    if one.monitor:
        said.append("was monitor")
    if one.expected - one.known >= 0.5:
        said.append(f"probably knows {one.expected - one.known:.0f} more")
    if one.shared_kind:
        said.append(f"{one.shared_kind.replace('_', ' ')} shared with {one.shared_share:.0%}")
    return "; ".join(said)
