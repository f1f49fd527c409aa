"""Who finds which community or business, and who is named in a contest.

As `graphnet.privacy` has it for people and events.
"""

from typing import LiteralString

from graphnet.privacy import Viewer, among_members


def community_shown(group: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody finds a community; parameters: see `of_viewer`.

    One that is not published yet, or is no more, is found by its members and by staff; one of a
    study group or an intake by those who studied in it, too. `person` may stand for nobody.
    """
    return (
        "(coalesce(" + group + ".visibility, 'members') IN $visibilities\n"
        "  OR " + group + ".visibility IN ['draft', 'archived', 'class'] AND ($all\n"
        "    OR EXISTS { (" + group + ")<-[:MEMBER_OF]-(" + person + ") })\n"
        "  OR " + group + ".visibility = 'class' AND " + studied_with(group, person) + ")"
    )


def studied_with(group: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that a community is of a study group or intake of somebody's."""
    return (
        "(EXISTS { MATCH (" + group + ")-[:GATHERS]->(:StudyGroup|Cohort)"
        "<-[:STUDIED_IN]-(" + person + ") }\n"
        "    OR EXISTS { MATCH (" + group + ")-[:GATHERS]->(:Cohort)<-[:OF]-(:StudyGroup)"
        "<-[:STUDIED_IN]-(" + person + ") })"
    )


def named_in_contest(
    viewer: Viewer,
    *,
    published: bool,
    winner: bool,
    agreed: bool,
    apart: bool,
    myself: bool,
) -> bool:
    """Return whether a candidate of the contest, who has accepted, is named to the viewer.

    Accepting is the consent to be named to members, jurors and staff while the contest runs, and
    in public if one wins; `agreed` is the consent to be named in public without winning.
    """
    if myself:
        return True
    if apart:
        return False
    if viewer.is_staff:
        return viewer.has_task
    if published:
        return winner or agreed
    return viewer.is_alumnus


def business_shown(business: LiteralString) -> LiteralString:
    """Return the condition that a business is found: it is published, and so is whose it is."""
    of = "EXISTS { (" + business + ")-[:OF]->(o:Person) WHERE " + among_members("o") + " }"
    return "(" + business + ".state = 'published' AND " + of + ")"
