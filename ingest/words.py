"""What a file may bring into the graph: labels, ties between them, what tells two ties apart.

The graph's own words stand in `graphnet.model`; here is the part of them that a mapping may name.
Votes, scores of the jury, nominations, awards and contests are made by the contest alone, the
ledger by acts alone, and the bookkeeping (sessions, audit trail, changes, jobs, records) by the
program: none of these has a line here.
"""

import re
from collections.abc import Callable
from typing import Any, LiteralString

from graphnet import model
from graphnet.schema import CONSTRAINTS, INDEXES
from graphnet.zones import zones

# Labels that a file may make, with the properties that are never taken from one.
NODE_LABELS: dict[LiteralString, frozenset[str]] = {
    "Person": frozenset({"id", "key", "quarantined", "notices", "notices_at"}),
    "ContactPoint": frozenset({"id", "source", "soft_bounces"}),
    "Group": frozenset({"id", "key"}),
    "Event": frozenset(
        {
            "id",
            "key",
            "state",
            "audience",
            "version",
            "sequence",
            "questions",
            "changed_at",
            "moved_from",
            "notice",
            "invites_year",
            "invites_code",
            "whole_only",
        }
    ),
    "Project": frozenset({"id", "key"}),
    "GroupCode": frozenset({"text"}),
    "Account": frozenset({"id", "password_hash", "roles", "first_steps"}),
    "Place": frozenset({"id"}),
    "Consent": frozenset({"id"}),
    "Unit": frozenset({"id"}),
    "Cohort": frozenset({"id"}),
    "StudyGroup": frozenset({"id"}),
    "Organisation": frozenset({"id"}),
    "Festival": frozenset({"id"}),
    "Registration": frozenset(
        {
            "id",
            "answers",
            "offered_until",
            "entered_at",
            "warned",
            "remind",
            "told",
        }
    ),
    "Pledge": frozenset({"id"}),
    "Receipt": frozenset({"id"}),
    "Refund": frozenset({"id"}),
    "Expense": frozenset({"id"}),
    "Topic": frozenset({"id", "delicate"}),
    "News": frozenset({"id"}),
    "Service": frozenset({"id"}),
    "Request": frozenset({"id"}),
    "Dismissal": frozenset({"id"}),
}

# Types of ties that a file may make.
TIE_TYPES: tuple[LiteralString, ...] = (
    "HAS", "LIVES_IN", "LOCATED_IN", "ABOUT", "GAVE", "PART_OF", "BECAME", "OF", "CALLED",
    "CONTINUES_AS", "STUDIED_IN", "COMPLETED", "SUPERVISED_BY", "WORKED_AT", "KNOWS", "MEMBER_OF",
    "BY", "FOR", "IN", "HELD_BY", "WORKS_ON", "INTERESTED_IN", "OFFERS", "NEEDS", "ASKED", "TO",
    "DISMISSED",
)  # fmt: skip

# tie type: (from, to) labels that it may join in an import.
TIE_ENDS: dict[LiteralString, tuple[tuple[LiteralString, LiteralString], ...]] = {
    kind: tuple(
        (start, end)
        for start, end in model.TIE_ENDS[kind]
        if start in NODE_LABELS and end in NODE_LABELS
    )
    for kind in TIE_TYPES
}

# Two nodes may be joined twice by one type if these properties differ.
TIE_IDENTITY: dict[LiteralString, tuple[LiteralString, ...]] = {
    "STUDIED_IN": ("from_term",),
    "COMPLETED": ("year",),
    "WORKED_AT": ("from_year",),
    "LIVES_IN": ("from_year",),
    "CALLED": ("academic_year", "term"),
}

_INDEXED = re.compile(r"FOR \(n:(\w+)\) (?:ON|REQUIRE) \(?n\.(\w+)")

# label: its properties of which Neo4j keeps an index, which takes no text above some 8,100 bytes.
INDEXED: dict[str, set[str]] = {}
for _statement in (*CONSTRAINTS, *INDEXES):
    for _label, _name in _INDEXED.findall(_statement):
        INDEXED.setdefault(_label, set()).add(_name)
LONGEST = 8_000  # bytes

# Set by the import itself.
TIE_OWN = frozenset({"source", "run"})

# Properties of running text, which may have several lines.
RUNNING_TEXT = frozenset(
    {
        "about",
        "answer",
        "description",
        "description_ru",
        "memorial",
        "note",
        "text",
        "text_ru",
    }
)

# Labels with a lasting integer key of their own, from the counter 'thing'.
KEYED = frozenset({"Event", "Group", "Project"})

# Labels of which there may be one node for each name, by what it is found again.
SHARED: dict[LiteralString, LiteralString] = {
    "Topic": "name",
    "Place": "name",
    "Organisation": "name_key",
    "Unit": "name",
    "StudyGroup": "name",
}


def unknown_word(owner: str, name: str) -> Callable[[Any], str] | None:
    """Return what says why a value of a property means nothing to the engines; "" if it does.

    `owner` is a label or a type of ties; None is returned if every value is good.
    """
    if (owner, name) == ("Event", "time_zone"):
        known_zones = zones()
        return lambda value: (
            ""
            if value in known_zones
            else ("is no time zone that is known, for example Europe/Moscow")
        )
    if (owner, name) == ("KNOWS", "strength"):
        return lambda value: "" if 0 <= value <= 1 else "is not between 0 and 1"
    known = model.VOCABULARY.get((owner, name))
    if known is None:
        return None
    told = f"is none of the words that are known here: {', '.join(known)}"
    return lambda value: "" if value in known else told
