"""What a feature holds of a person: where it is, what the person is given of it, what erasing does.

A `Holding` is one label, reached from the person by one tie (or by a query of its own, `found`). Of
it are made, from literal pieces only, the queries that count, export and erase it; a test runs
EXPLAIN on each.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, LiteralString

from graphnet.model import NODES
from graphnet.store import Row, Transaction

# gone: the node is deleted. emptied: it stays without what is personal in it. untied: the thing is
# everybody's and only the tie to it goes. kept: it stays as it is; `why` says on what ground.
Fate = Literal["gone", "emptied", "untied", "kept"]
# What identifies a node of a label that only one feature has: see `graphnet.core.Core.label`.
OWN: tuple[LiteralString] = ("id",)


@dataclass
class Gone:
    """Whoever is being erased, as far as others must know it to forget them.

    Attributes
    ----------
    traces
        Addresses of theirs, and ids of theirs and of what has gone with them.
    names
        What they are called in running text.
    again
        Whether a restored backup has brought them back: then nothing may stand in the way.
    """

    key: int
    id: str
    names: frozenset[str]
    at: datetime
    traces: set[str] = field(default_factory=set)
    again: bool = False


Act = Callable[[Transaction, Gone], None]


@dataclass(frozen=True)
class Known:
    """By what an erased person can be known in a file: see `Gone`."""

    key: int
    traces: frozenset[str]
    names: frozenset[str]

    def within(self, text: str) -> bool:
        """Return whether a text is about the person, as far as can be told."""
        words = "|".join(re.escape(word) for word in sorted(self.traces | self.names) if word)
        # An address is looked for whole: anna@… is a part of joanna@… .
        found = re.search(rf"(?<![\w.+-])(?:{words})(?![\w-])", text, re.IGNORECASE)
        return bool(words) and found is not None


@dataclass(frozen=True)
class Holding:
    """What one feature holds of a person under one label.

    Parameters
    ----------
    label, tie
        The label and the tie that joins it to the person, or to what `through` leads
        to.
    what
        What it is, in a word that the site has words for: 'account', 'studies', 'letters' ...
    fate
        What becomes of it.
    through
        The path from the person to where the tie begins.
    narrowed
        A condition on the person ``p``, the tie ``t`` and the node ``n``.
    found
        A query's beginning that finds the nodes ``n`` without a tie: it may use the parameters
        ``$key``, ``$id``, ``$names``, ``$traces``, and ``$needles``: the traces as they stand in a
        text of JSON.
    shows
        The properties that the person is given in their export; without any, the bare tie.
    secret
        Whether the export leaves it out, because it is somebody else's secret.
    empties
        The properties that are removed when it is emptied.
    traces
        Properties by which letters and notes can be known to be about the person.
    why
        Why what stays may stay.
    act
        What else is done in the same transaction, before that.
    keeps
        The properties that stay when it is emptied or kept; a test finds none but these.
    anothers
        The node is another person's: only what is emptied of it is about this one.
    loose
        Nothing ever names such a node by its id, so that nobody need look for it.
    """

    label: LiteralString
    tie: LiteralString = ""
    what: str = field(kw_only=True)
    fate: Fate = field(default="gone", kw_only=True)
    through: LiteralString = field(default="", kw_only=True)
    narrowed: LiteralString = field(default="", kw_only=True)
    found: LiteralString = field(default="", kw_only=True)
    shows: tuple[LiteralString, ...] = field(default=(), kw_only=True)
    secret: bool = field(default=False, kw_only=True)
    empties: tuple[LiteralString, ...] = field(default=(), kw_only=True)
    traces: tuple[LiteralString, ...] = field(default=(), kw_only=True)
    why: str = field(default="", kw_only=True)
    act: Act | None = field(default=None, kw_only=True)
    keeps: tuple[LiteralString, ...] = field(default=(), kw_only=True)
    anothers: bool = field(default=False, kw_only=True)
    loose: bool = field(default=False, kw_only=True)

    @property
    def _match(self) -> LiteralString:
        if self.found:
            return self.found
        return (
            "MATCH (p:Person {key: $key})" + self.through + "-[t:" + self.tie + "]-(n:"
            + self.label + ")" + (" WHERE " + self.narrowed if self.narrowed else "")
        )  # fmt: skip

    @property
    def counted(self) -> LiteralString:
        """One row: how many there are."""
        return self._match + " RETURN count(DISTINCT n) AS n LIMIT 1"

    @property
    def exported(self) -> LiteralString:
        """One row: one of them, as its person is given it."""
        thing: LiteralString = "n {." + ", .".join(self.shows) + "}" if self.shows else "{}"
        tie: LiteralString = (
            "'' AS tie, false AS outgoing, {} AS said, "
            if self.found
            else "type(t) AS tie, startNode(t) = p AS outgoing, properties(t) AS said, "
        )
        order: LiteralString = "" if self.found else ", elementId(t)"
        return (
            self._match + " RETURN " + tie + thing + " AS thing, labels(n) AS labels "
            "ORDER BY elementId(n)" + order + " LIMIT 100000"
        )

    @property
    def traced(self) -> LiteralString:
        """One row: by what one of them may be known elsewhere."""
        texts: LiteralString = ", ".join(tuple("n." + name for name in self.traces))
        return self._match + " RETURN DISTINCT [" + texts + "] AS traces ORDER BY traces LIMIT 1000"

    @property
    def removed(self) -> LiteralString:
        """One row: the ids of those that are gone."""
        name: LiteralString = NODES.get(self.label, OWN)[0]
        return (
            self._match + " WITH DISTINCT n, n." + name + " AS id DETACH DELETE n "
            "RETURN collect(id) AS ids"
        )

    @property
    def cleared(self) -> LiteralString:
        """One row: the ids of those that have lost what was personal in them."""
        name: LiteralString = NODES.get(self.label, OWN)[0]
        texts: LiteralString = ", ".join(tuple("n." + text for text in self.empties))
        return (
            self._match + " WITH DISTINCT n, n." + name + " AS id REMOVE " + texts + " "
            "RETURN collect(id) AS ids"
        )

    @property
    def queries(self) -> dict[str, LiteralString]:
        """Every query that is made of it, by name, for the test that explains them."""
        made = {"counted": self.counted}
        if not self.secret:
            made["exported"] = self.exported
        if self.traces:
            made["traced"] = self.traced
        if self.fate == "gone":
            made["removed"] = self.removed
        if self.fate == "emptied":
            made["cleared"] = self.cleared
        return made

    def note(self, transaction: Transaction, gone: Gone) -> None:
        """Put into `gone` by what the person may be known elsewhere."""
        if self.traces:
            for row in transaction.run(self.traced, **parameters(gone)):
                texts = {str(text) for text in row["traces"] if text}
                gone.traces |= texts | {text.casefold() for text in texts}

    def erase(self, transaction: Transaction, gone: Gone) -> None:
        """Do what is declared."""
        if self.act is not None:
            self.act(transaction, gone)
        if self.fate in ("gone", "emptied"):
            query = self.removed if self.fate == "gone" else self.cleared
            ids = transaction.run(query, **parameters(gone))[0]["ids"]
            if not self.loose:
                gone.traces |= {str(one) for one in ids if one is not None}


def parameters(gone: Gone) -> Row:
    """Return what the queries of a holding are given."""
    return {
        "key": gone.key,
        "id": gone.id,
        "names": sorted(gone.names),
        "traces": sorted(gone.traces),
        # An address is looked for whole: anna@… is a part of joanna@… .
        "needles": [f'"{one}"' if "@" in one else one for one in sorted(gone.traces)],
    }
