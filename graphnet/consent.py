"""What somebody has said last, for a purpose: one question, asked alike everywhere.

A consent is never changed; whoever says something else adds one, and the newest counts. Of two of
the same moment the more careful one counts: a refusal before what is not known before a yes.
"""

from collections.abc import Iterable, Sequence
from typing import LiteralString


def newest(person: LiteralString, purpose: LiteralString) -> LiteralString:
    """Return the piece of a query that is a list of the newest state, empty if nothing was said.

    Parameters
    ----------
    person
        The query's variable of the person.
    purpose
        One of `graphnet.model.CONSENT_PURPOSES`.
    """
    return (
        "COLLECT { MATCH (" + person + ")-[:GAVE]->(consent:Consent {purpose: '" + purpose + "'})"
        " RETURN consent.state ORDER BY consent.at DESC,"
        " CASE consent.state WHEN 'refused' THEN 0 WHEN 'given' THEN 2 ELSE 1 END, consent.id"
        " LIMIT 1 }"
    )


def everything_said(person: LiteralString) -> LiteralString:
    """Return the piece of a query that is a list of all that somebody has said, for `stands`."""
    return (
        "[(" + person + ")-[:GAVE]->(consent:Consent)"
        " | [consent.purpose, toString(consent.at), consent.state]]"
    )


def stands(said: Iterable[Sequence[str | None]] | None) -> dict[str, str]:
    """Return what somebody says now of each purpose: what `newest` finds, of many at once."""
    latest: dict[str, tuple[str, int, str]] = {}
    for purpose, at, state in said or ():
        careful = {"refused": 2, "given": 0}.get(state or "", 1)
        one = (at or "", careful, state or "")
        latest[purpose or ""] = max(latest.get(purpose or "", one), one)
    return {purpose: state for purpose, (_, _, state) in latest.items()}
