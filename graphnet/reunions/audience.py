"""Who finds a reunion, who may be counted in it, who may be invited: pieces of queries.

They are put together of those of `graphnet.privacy`; each is about the query's own variables.
"""

from typing import LiteralString

from graphnet.consent import newest
from graphnet.privacy import apart


def gathered(reunion: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody studied in what a reunion gathers."""
    return (
        "(EXISTS { MATCH (" + reunion + ")-[:GATHERS]->(:StudyGroup|Cohort)"
        "<-[:STUDIED_IN]-(" + person + ") }\n"
        "    OR EXISTS { MATCH (" + reunion + ")-[:GATHERS]->(:Cohort)<-[:OF]-(:StudyGroup)"
        "<-[:STUDIED_IN]-(" + person + ") })"
    )


def makes_reunion(reunion: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody is an organiser of a reunion."""
    return (
        "EXISTS { (" + person + ")-[making:ORGANISES]->(" + reunion + ")"
        " WHERE making.role IN ['applicant', 'organiser'] }"
    )


def reunion_shown(reunion: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody finds a reunion; parameters: `of_viewer`.

    Whom it gathers, who was invited, who helps, and staff. One that was declined is its makers';
    one that nobody had asked for is staff's alone.
    """
    return (
        "($all OR EXISTS { (" + person + ")-[:ORGANISES]->(" + reunion + ") }\n"
        "  OR coalesce(" + reunion + ".outcome, '') IN ['', 'held', 'cancelled'] AND ("
        + gathered(reunion, person)
        + "\n    OR EXISTS { (" + person + ")<-[:TO]-(:ReunionInvitation)-[:FOR]->("
        + reunion + ") }))"
    )  # fmt: skip


def countable(person: LiteralString) -> LiteralString:
    """Return the condition that somebody may stand in what members are told of their group."""
    return (
        "(NOT " + apart(person) + " AND " + newest(person, "show_to_members") + " <> ['refused'])"
    )


def may_be_invited(person: LiteralString) -> LiteralString:
    """Return the condition that the Association may send somebody a letter of their group's."""
    return (
        "("
        + countable(person)
        + " AND "
        + newest(person, "hold")
        + " <> ['refused']\n  AND "
        + newest(person, "digest")
        + " <> ['refused']\n  AND NOT EXISTS { ("
        + person
        + ")-[:GAVE]->(never:NeverAsk) WHERE never.ended_at IS NULL })"
    )
