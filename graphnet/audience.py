"""Who finds which community: the conditions that its queries share, as `graphnet.privacy` has them
for people and events.
"""

from typing import LiteralString


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
