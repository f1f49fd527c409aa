"""Words of queries: examples, and why one is refused."""

from typing import Any

from flask_babel import gettext, lazy_gettext

from graphnet.errors import BadValue, TakesTooMuch
from graphnet.projection.guard import BEGINNINGS, LONGEST, Refused

# Name of an example: what is asked in it.
EXAMPLES: dict[str, Any] = {
    "faculties": lazy_gettext("How many of each faculty are lost"),
    "bridges": lazy_gettext("Between which decades people know each other"),
    "way back": lazy_gettext("Cohorts whose lost people are known to those who are here"),
    "communities": lazy_gettext("Communities by how many faculties meet in them"),
    "ways": lazy_gettext("How far two lost classmates are from each other"),
}


def trouble(problem: BadValue) -> str:
    """Return why a query is not answered."""
    if isinstance(problem, TakesTooMuch):
        said = gettext(
            "It takes more memory than a query may: return less, or count instead of collecting."
        )
        return str(said)
    if not isinstance(problem, Refused):
        return str(problem)  # the server's own words: where in the query, and what
    words = {
        "empty": gettext("Write a query."),
        "long": gettext("A query has at most %(n)s characters.", n=LONGEST),
        "escape": gettext("Write letters as themselves, not as \\u and a number."),
        "unseen": gettext("There are characters in it that cannot be seen: write it anew."),
        "open": gettext("A text, a quoted name or a comment has no end."),
        "several": gettext("One query at a time: without a semicolon in it."),
        "parameter": gettext("Write values into the query: there are no parameters here."),
        "beginning": gettext("A query begins with one of %(words)s.", words=", ".join(BEGINNINGS)),
        "word": gettext(
            "%(word)s is not allowed here: this graph is only read.", word=problem.what
        ),
        "call": gettext("CALL is for subqueries in braces here; procedures are not allowed."),
        "plan": gettext("This would do more than read, the server says. %(step)s",
                        step=problem.what),
    }  # fmt: skip
    return str(words[problem.why]).strip()
