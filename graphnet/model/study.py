"""Terms, and who studied together."""

from typing import LiteralString


def term(academic_year: int, spring: int = 0) -> int:
    """Return the term's number: autumn (0) or spring (1) of the academic year that starts then."""
    return 2 * academic_year + spring


def academic_year(term_number: int) -> int:
    """Return the calendar year in which the term's academic year starts."""
    return term_number // 2


def lineage(group: LiteralString, relative: LiteralString) -> LiteralString:
    """Return the piece of a query that finds every group of one's lineage, itself included.

    That is what it came from and what it went on as, each in one direction only: two groups into
    which one has split are no relatives. Both names are variables of the query.
    """
    return (
        "CALL (" + group + ") {\n"
        "  MATCH (" + group + ")-[:CONTINUES_AS*0..6]->(" + relative + ":StudyGroup)"
        " RETURN " + relative + "\n"
        "  UNION MATCH (" + relative + ":StudyGroup)-[:CONTINUES_AS*1..6]->(" + group + ")"
        " RETURN " + relative + "\n}\n"
    )


def studied_together(one: LiteralString, other: LiteralString) -> LiteralString:
    """Return the condition that two people are groupmates: at one time in groups of one lineage.

    Both names are variables of the query. What is not known of a stay is no reason against it.
    """
    met: LiteralString = (
        " WHERE coalesce(mine.from_term, -1) <= coalesce(theirs.to_term, 99999)"
        " AND coalesce(theirs.from_term, -1) <= coalesce(mine.to_term, 99999) }"
    )
    return (
        "(EXISTS { MATCH (" + one + ")-[mine:STUDIED_IN]->(:StudyGroup)-[:CONTINUES_AS*0..6]->"
        "(:StudyGroup)<-[theirs:STUDIED_IN]-(" + other + ")" + met + "\n    OR EXISTS "
        "{ MATCH (" + one + ")-[mine:STUDIED_IN]->(:StudyGroup)<-[:CONTINUES_AS*1..6]-"
        "(:StudyGroup)<-[theirs:STUDIED_IN]-(" + other + ")" + met + ")"
    )
