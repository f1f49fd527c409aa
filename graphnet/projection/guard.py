"""What may be asked of the projection: read as text, and read as the server's plan of it."""

import re
from collections.abc import Mapping
from typing import Any

from graphnet.errors import BadValue

LONGEST = 4000
BEGINNINGS = ("MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN", "CALL")
# Words of clauses that write, administer, read files, name another graph, or run a query in other
# transactions than its own.
BARRED = frozenset(
    (
        *("ALTER", "CREATE", "CSV", "CYPHER", "DELETE", "DENY", "DETACH", "DROP", "EXPLAIN"),
        *("FOREACH", "GRANT", "INSERT", "LOAD", "MERGE", "NODETACH", "PROFILE", "REMOVE"),
        *("REVOKE", "SET", "SHOW", "TERMINATE", "TRANSACTION", "TRANSACTIONS", "USE", "YIELD"),
    )
)
# Texts, quoted names and comments; in each a quote of the other sort is a letter like any other.
_QUOTED = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`]|``)*`|//[^\n\r]*|/\*.*?\*/", re.DOTALL
)
_WORD = re.compile(r"[^\W\d]\w*|\S")
# Steps of a plan that are no reading of this graph; whether it writes the server says itself.
_STEPS = re.compile(r"procedure|csv|^show|terminate|transaction|foreach|command", re.IGNORECASE)


class Refused(BadValue):
    """A query that could do more than read.

    `why` is empty, long, escape, unseen, open, several, parameter, beginning, word, call or plan;
    `what` is the word or the step that it is about.
    """

    def __init__(self, why: str, said: str, what: str = "") -> None:
        super().__init__(said)
        self.why, self.what = why, what


def check(query: str) -> str:
    """Return the query without what ends it, if nothing in it but reading can be meant.

    Raises
    ------
    Refused
    """
    text = query.strip().rstrip(";").strip()
    if not text:
        raise Refused("empty", "write a query")
    if len(text) > LONGEST:
        raise Refused("long", f"a query has at most {LONGEST} characters")
    if re.search(r"\\u", text, re.IGNORECASE):
        raise Refused("escape", "letters are written as themselves here, not as \\u…")
    if any(not letter.isprintable() and letter not in "\n\r\t" for letter in text):
        raise Refused("unseen", "there are characters in it that cannot be seen")
    bare = _QUOTED.sub(" x ", text)
    if any(quote in bare for quote in "'\"`") or "/*" in bare:
        raise Refused("open", "a text, a quoted name or a comment has no end")
    if ";" in bare:
        raise Refused("several", "one query at a time: without a semicolon in it")
    if "$" in bare:
        raise Refused("parameter", "write values into the query: it has no parameters")
    words = _WORD.findall(bare)
    upper = [word.upper() for word in words]
    if upper[0] not in BEGINNINGS:
        raise Refused("beginning", f"a query begins with one of {', '.join(BEGINNINGS)}")
    for before, word, after in zip(["", *upper], upper, [*upper[1:], ""], strict=False):
        if word in BARRED and before != ".":
            raise Refused("word", f"{word} is not allowed here: the graph is only read", word)
        if word == "CALL" and after not in ("{", "("):
            raise Refused("call", "CALL is for subqueries in braces here, not for procedures")
    return text


def check_plan(kind: str, plan: Mapping[str, Any]) -> None:
    """Refuse what the server itself would not call reading, whatever its text looks like.

    Parameters
    ----------
    kind
        'r' for a query that reads.
    plan
        As `Store.weigh` has it.

    Raises
    ------
    Refused
    """
    if kind != "r":
        raise Refused("plan", "the server says that this would do more than read")
    for step in _steps(plan):
        if _STEPS.search(step):
            raise Refused("plan", f"the server would do more than read: {step}", step)


def _steps(plan: Mapping[str, Any]) -> list[str]:
    steps = [str(plan.get("operatorType", "")).partition("@")[0]]
    for child in plan.get("children", ()):
        steps += _steps(child)
    return steps
