"""The same questions in Cypher: pieces of queries, each about one of the query's variables."""

from typing import Any, LiteralString

from graphnet.consent import newest
from graphnet.privacy.viewers import Viewer


def shown(person: LiteralString) -> LiteralString:
    """Return the condition that somebody has not hidden."""
    return "coalesce(" + person + ".visibility, 'shown') <> 'hidden'"


def alive(person: LiteralString) -> LiteralString:
    """Return the condition that nothing is known of somebody's death."""
    return person + ".died_on IS NULL"


def in_quarantine(person: LiteralString) -> LiteralString:
    """Return the condition that nobody has named the lawful ground of somebody's only source."""
    return "coalesce(" + person + ".quarantined, false)"


def apart(person: LiteralString) -> LiteralString:
    """Return the condition that alumni see nothing of somebody: the opposite of all three."""
    hidden_or_dead = "NOT " + shown(person) + " OR NOT " + alive(person)
    return "(" + hidden_or_dead + " OR " + in_quarantine(person) + ")"


def registered(person: LiteralString) -> LiteralString:
    """Return the condition that somebody can sign in."""
    return "EXISTS { (" + person + ")<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL }"


def has_contact(person: LiteralString) -> LiteralString:
    """Return the condition that there is an address or a number of somebody that works."""
    return "EXISTS { (" + person + ")-[:HAS]->(c:ContactPoint) WHERE c.bounced_at IS NULL }"


def reachable(person: LiteralString) -> LiteralString:
    """Return the condition that somebody can be reached: by their account or a contact."""
    return "(" + registered(person) + " OR " + has_contact(person) + ")"


def among_members(person: LiteralString) -> LiteralString:
    """Return the condition that every alumnus may see somebody as one of them: `Level.FIELDS`."""
    return (
        "("
        + registered(person)
        + " AND NOT "
        + apart(person)
        + " AND "
        + newest(person, "show_to_members")
        + " <> ['refused'])"
    )


def unblocked(one: LiteralString, other: LiteralString) -> LiteralString:
    """Return the condition that neither of two people has blocked the other."""
    return "NOT EXISTS { (" + one + ")-[:BLOCKED]-(" + other + ") }"


def plain_topic(topic: LiteralString) -> LiteralString:
    """Return the condition that a topic tells nothing delicate of people: `graphnet.delicate`."""
    return "coalesce(" + topic + ".delicate, '') = ''"


def own_word(tie: LiteralString, topic: LiteralString) -> LiteralString:
    """Return the condition that a topic is plain, or that somebody has said it themselves."""
    said = tie + ".source = 'stated' AND " + tie + ".run IS NULL"
    return "(" + plain_topic(topic) + " OR " + said + ")"


def visibilities(viewer: Viewer) -> list[str]:
    """Return which events, groups and projects a viewer may see, by their `visibility`.

    Those of an import whose lawful ground nobody has named are 'quarantined': nobody sees them.
    """
    return ["public"] if viewer.kind == "anyone" else ["public", "members"]


def invited(event: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that an event which is for some members only is for that one."""
    return (
        "(EXISTS { MATCH (" + event + ")-[:INVITES]->(:Group)<-[:MEMBER_OF]-(" + person + ") }\n"
        "    OR EXISTS { MATCH (" + event + ")-[:INVITES]->(:Cohort)<-[:OF]-(:StudyGroup)"
        "<-[:STUDIED_IN]-(" + person + ") }\n"
        "    OR EXISTS { MATCH (" + event + ")-[:INVITES]->(:StudyGroup|Cohort)"
        "<-[:STUDIED_IN]-(" + person + ") })"
    )


def organises(event: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody organises an event.

    As an organiser of a community that holds it, or of the reunion that became it.
    """
    return (
        "(EXISTS { MATCH (" + event + ")-[:HELD_BY]->(:Group)"
        "<-[:MEMBER_OF {role: 'organiser'}]-(" + person + ") }\n"
        "  OR EXISTS { MATCH (" + event + ")<-[:BECAME]-(:Reunion)"
        "<-[makes:ORGANISES]-(" + person + ") WHERE makes.role IN ['applicant', 'organiser'] })"
    )


def event_shown(event: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody finds an event; what else is asked: see `of_viewer`.

    One that is for some members only is found by them, by who organises it and by staff; one that
    is not published yet by the latter two. One of an import without a lawful ground is found by
    nobody. `person` may stand for nobody.
    """
    return (
        "(coalesce(" + event + ".visibility, 'members') IN $visibilities\n"
        "  OR "
        + event
        + ".visibility IN ['invited', 'draft'] AND ($all OR "
        + organises(event, person)
        + ")\n"
        "  OR " + event + ".visibility = 'invited' AND " + invited(event, person) + ")"
    )


def project_shown(project: LiteralString, person: LiteralString) -> LiteralString:
    """Return the condition that somebody finds a project; a draft: staff, its team, who is asked.

    `of_viewer` gives the parameters.
    """
    return (
        "(coalesce(" + project + ".visibility, 'members') IN $visibilities\n"
        "  OR " + project + ".visibility = 'draft' AND ($all OR EXISTS { (" + project
        + ")<-[:WORKS_ON]-(" + person + ") }\n    OR EXISTS { (" + project
        + ")<-[:FOR]-(:TeamInvitation {state: 'asked'})-[:TO]->(" + person + ") }))"
    )  # fmt: skip


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


def business_shown(business: LiteralString) -> LiteralString:
    """Return the condition that a business is found: it is published, and so is whose it is."""
    of = "EXISTS { (" + business + ")-[:OF]->(o:Person) WHERE " + among_members("o") + " }"
    return "(" + business + ".state = 'published' AND " + of + ")"


def of_viewer(viewer: Viewer) -> dict[str, Any]:
    """Return the parameters with which `event_shown` is asked for a viewer."""
    return {
        "me": viewer.person_key or 0,
        "all": viewer.is_staff,
        "visibilities": visibilities(viewer),
    }
