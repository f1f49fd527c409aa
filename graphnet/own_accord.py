"""Letters that the Association writes of its own accord: how many somebody gets in a month.

One measure for all of them, whoever writes: surveys, telling of an event, invitations to a reunion,
asking for lost classmates. Letters that somebody has asked for (the digest, notices) or that answer
an act of theirs do not count. Of surveys and of events somebody can want no letters at all.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, LiteralString

from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Store

MONTH = timedelta(days=30)
MOST = 2

# A word of somebody's who wants no letters of a kind, until they take it back.
Refusal = Literal["SurveyRefusal", "EventLetterRefusal"]
SURVEYS: Final = "SurveyRefusal"
EVENTS: Final = "EventLetterRefusal"
_KINDS: tuple[Refusal, ...] = (SURVEYS, EVENTS)


def refused(kind: Refusal, person: LiteralString) -> LiteralString:
    """Return the condition that somebody wants no letters of that kind."""
    return "EXISTS { (word:" + kind + ")-[:OF]->(" + person + ") WHERE word.ended_at IS NULL }"


# One row: whether somebody wants none.
REFUSES: dict[str, LiteralString] = {
    kind: "MATCH (p:Person {key: $me}) RETURN " + refused(kind, "p") + " AS refuses LIMIT 1"
    for kind in _KINDS
}

# One row: who wants none from now on.
REFUSE: dict[str, LiteralString] = {
    kind: "MATCH (p:Person {key: $me}) WHERE NOT "
    + refused(kind, "p")
    + " CREATE (r:"
    + kind
    + " {id: $id, at: $now})-[:OF]->(p) RETURN r.id AS id"
    for kind in _KINDS
}

# One row: how many such words hold no longer.
ALLOW: dict[str, LiteralString] = {
    kind: "MATCH (r:"
    + kind
    + ")-[:OF]->(:Person {key: $me}) WHERE r.ended_at IS NULL "
    + "SET r.ended_at = $now RETURN count(r) AS n"
    for kind in _KINDS
}


def refuses(store: Store, viewer: Viewer, kind: Refusal) -> bool:
    """Return whether the viewer wants no letters of that kind."""
    rows = store.read(REFUSES[kind], me=viewer.own_key())
    return bool(rows and rows[0]["refuses"])


def refuse(store: Store, key: int, kind: Refusal) -> None:
    """Send somebody no letters of that kind, by their own word or their letter's; twice is once."""
    store.write(REFUSE[kind], me=key, id=new_id(), now=datetime.now(UTC))


def allow(store: Store, viewer: Viewer, kind: Refusal) -> None:
    """Send the viewer letters of that kind again."""
    store.write(ALLOW[kind], me=viewer.own_key(), now=datetime.now(UTC))


def limits(now: datetime) -> dict[str, Any]:
    """Return the parameters with which `letters` and `enough` are asked."""
    return {"since": now - MONTH, "most": MOST}


def letters(person: LiteralString) -> LiteralString:
    """Return how many such letters somebody has had since $since, those that wait to leave too."""
    return (
        "(COUNT { (" + person + ")<-[:TO]-(letter:SurveyAsk) WHERE letter.at >= $since }\n"
        "  + COUNT { (" + person + ")<-[:TO]-(letter:EventLetter) WHERE letter.at >= $since\n"
        "            AND letter.state IN ['waiting', 'sent'] }\n"
        "  + COUNT { (" + person + ")<-[:TO]-(letter:ReunionInvitation {channel: 'mail'})\n"
        "            WHERE letter.at >= $since }\n"
        "  + COUNT { (" + person + ")<-[:OF]-(letter:Ask {channel: 'mail'})\n"
        "            WHERE letter.sent_at >= $since })"
    )


def enough(person: LiteralString) -> LiteralString:
    """Return the condition that somebody gets no more such letters now."""
    return letters(person) + " >= $most"
