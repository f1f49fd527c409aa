"""The one search box: people by name, with what is remembered of them; groups, events, projects.

People come from the name index, over those whom the viewer may see; then their cards are read live,
so that what somebody set a second ago holds. Years, groups, cities and so on, in the question or as
filters, narrow the search; if nobody fits all of it, the answer says what to leave out and how many
people that gives.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphnet.discovery import criteria
from graphnet.discovery.contacts import contact_in, of_contact, of_record
from graphnet.discovery.criteria import Criterion
from graphnet.live import Live, View
from graphnet.names import Found, ParsedQuery, fold, parse
from graphnet.people import Card, cards
from graphnet.privacy import Level, Viewer, visibilities
from graphnet.snapshot.arrays import BoolArray
from graphnet.store import Row

MOST_COUNTED = 100
SMALL = frozenset(["a", "an", "and", "for", "of", "the", "to", "и", "о", "об", "у", "к", "с", "по"])
AS_WELL = 5.0  # a name that fits worse than the best by that much is another name

# One row: somebody whose name is exactly that, or whose id. Names with digits come from sources
# that give their people numbers instead.
NUMBERED = """MATCH (p:Person {name_key: $name_key}) RETURN p.key AS key ORDER BY key LIMIT $limit
UNION MATCH (p:Person {id: $id}) RETURN p.key AS key ORDER BY key LIMIT $limit"""

# One row: an event, community, project or topic, best match first.
THINGS = """CALL db.index.fulltext.queryNodes('things', $text, {limit: 200}) YIELD node, score
WHERE coalesce(node.visibility, 'members') IN $visibilities
RETURN labels(node)[0] AS label, node.id AS id,
  coalesce(node.title, node.name) AS name,
  coalesce(node.title_ru, node.name_ru, node.title, node.name) AS name_ru,
  node.starts_at AS starts_at, node.time_zone AS time_zone, node.kind AS kind, score
ORDER BY score DESC, id LIMIT $limit"""


@dataclass(frozen=True)
class Hit:
    """Somebody found: what of the question met what of the name, and the criteria they fit."""

    card: Card
    found: Found
    met: tuple[Criterion, ...] = ()


@dataclass(frozen=True)
class Alternative:
    """A nearby question that has an answer: what to leave out, and how many people that gives.

    `without` is the criterion to drop; where it is None, `words` are the part of the name to keep.
    """

    count: int
    without: Criterion | None = None
    words: str = ""


@dataclass(frozen=True)
class PeopleFound:
    """The answer about people: hits, how the question was read, and what else has an answer.

    `widened` says that nobody fits all of it, so that the hits fit the name alone.
    """

    hits: tuple[Hit, ...]
    query: ParsedQuery
    name: str = ""
    criteria: tuple[Criterion, ...] = ()
    widened: bool = False
    more: bool = False
    alternatives: tuple[Alternative, ...] = ()


def find_people(
    live: Live,
    viewer: Viewer,
    text: str,
    *,
    filters: Mapping[str, str] | None = None,
    plain: bool = False,
    k: int = 20,
) -> PeopleFound:
    """Return at most `k` people whose name fits the text, best first.

    Only people whom the viewer may see take part: the others neither appear, nor are counted, nor
    shift the order.

    Parameters
    ----------
    filters
        What narrows the search besides the words: see `criteria.FILTERS`.
    plain
        Read every word as a name, though some name a city, an employer or a faculty.

    Raises
    ------
    BadValue
        If a filter is unknown or has an impossible value.
    """
    view = live.view()
    allowed = view.allowed(viewer, live.rules)
    if values := contact_in(text):
        whose = [Found(key, 0.0) for key in of_contact(live.store, viewer, values, limit=k)]
        return PeopleFound(_hits(live, viewer, whose, (), ""), ParsedQuery(()))
    query = parse(text)
    chosen = criteria.from_filters(
        view, viewer, allowed, filters or {}, around=criteria.YEARS_AROUND
    )
    name_words, said = (
        (query.name_tokens, []) if plain else criteria.from_words(view, viewer, allowed, query)
    )
    wanted = (*said, *(c for c in chosen if c.kind not in {s.kind for s in said}))
    name = " ".join(name_words)
    exact = numbered(live, viewer, text, limit=k)
    named = view.showing(viewer, "name", allowed, sure=False) if name else allowed
    masks = [criteria.fitting(live.store, view, viewer, allowed, c, sure=False) for c in wanted]
    found: list[Found] = []
    if masks and not exact:
        near = np.logical_and.reduce(masks) & named
        found = _nearest_year(view, wanted, ask(view, name, k=k + 1, allowed=near, late=False))
    hits = _hits(live, viewer, found, wanted, name)
    alternatives: tuple[Alternative, ...] = ()
    widened = False
    if wanted and not hits and not exact:
        alternatives = _alternatives(live, view, viewer, allowed, name_words, wanted)
        widened = bool(name)
    if (name and (not wanted or widened)) or exact:
        found = ask(view, name, k=k + 1, allowed=named) if name else []
        found = [*exact, *(f for f in found if f.key not in {e.key for e in exact})]
        hits = _hits(live, viewer, found, (), text)
    if not hits and len(name_words) > 1:
        alternatives += _word_by_word(view, viewer, allowed, name_words)
    widened = widened and bool(hits)
    return PeopleFound(hits[:k], query, name, wanted, widened, len(hits) > k, alternatives)


def _hits(
    live: Live, viewer: Viewer, found: list[Found], wanted: Sequence[Criterion], name: str
) -> tuple[Hit, ...]:
    """Return the found with their cards, of who shows what they were found by at this moment."""
    fields = {c.field for c in wanted} - {""} | ({"name"} if name else set())
    people = {
        card.key: card
        for card in cards(live.store, viewer, (f.key for f in found), rules=live.rules)
        if fields <= card.fields
    }
    return tuple(
        Hit(people[f.key], f, tuple(wanted))
        for f in found
        if f.key in people and not _by_a_secret(people[f.key], f)
    )


def _by_a_secret(card: Card, found: Found) -> bool:
    """Whether somebody was found by a former name that the viewer is not shown."""
    return card.level < Level.FIELDS and any(met.how == "former name" for met in found.matched)


def _nearest_year(view: View, wanted: Sequence[Criterion], found: list[Found]) -> list[Found]:
    """Put those nearer to the year that was named before others with a name as fitting."""
    asked = next((c for c in wanted if c.kind == "year"), None)
    if asked is None:
        return found
    off = criteria.years_off(view.snapshot, int(asked.value), asked.of)
    return sorted(found, key=lambda f: -f.score + 0.5 * off[view.snapshot.position(f.key)])


def _alternatives(
    live: Live,
    view: View,
    viewer: Viewer,
    allowed: BoolArray,
    name_words: Sequence[str],
    wanted: Sequence[Criterion],
) -> tuple[Alternative, ...]:
    """Return which criterion to drop, with how many people that gives, most people last."""
    name = " ".join(name_words)
    named = view.showing(viewer, "name", allowed) if name else allowed
    masks = [criteria.fitting(live.store, view, viewer, allowed, c, sure=True) for c in wanted]
    found = []
    for left_out, criterion in enumerate(wanted):
        others = [mask for i, mask in enumerate(masks) if i != left_out]
        if not name and not others:
            continue
        near = np.logical_and.reduce(others) & named if others else named
        if n := count(view, name, near):
            found.append(Alternative(n, criterion))
    found.sort(key=lambda a: a.count)
    if name and (n := count(view, "", np.logical_and.reduce(masks))):
        found.append(Alternative(n))
    return tuple(found)


def _word_by_word(
    view: View, viewer: Viewer, allowed: BoolArray, name_words: Sequence[str]
) -> tuple[Alternative, ...]:
    """Return which single words of a name that nobody has do fit somebody."""
    named = view.showing(viewer, "name", allowed)
    counts = ((count(view, word, named), word) for word in name_words if len(word) > 2)
    return tuple(Alternative(n, words=word) for n, word in counts if n)


def count(view: View, name: str, allowed: BoolArray) -> int:
    """Return how many fit the name about as well as the best; at most `MOST_COUNTED`."""
    if not name:
        return min(int(np.count_nonzero(allowed)), MOST_COUNTED)
    found = view.names.find(name, k=MOST_COUNTED, allowed=view.mask_of_names(allowed, late=False))
    return sum(f.score >= found[0].score - AS_WELL for f in found)


def numbered(live: Live, viewer: Viewer, text: str, *, limit: int) -> list[Found]:
    """Return who has exactly this name or id, if it has a digit in it as no other name has.

    Only whom the viewer may see: a hidden person's id is as good as one that was never given.
    """
    if not any(letter.isdigit() for letter in text):
        return []
    rows = live.store.read(NUMBERED, name_key=fold(text), id=text.strip(), limit=limit)
    keys = [int(row["key"]) for row in rows]
    keys += of_record(live.store, viewer, text, limit=limit)
    return [Found(card.key, 0.0) for card in cards(live.store, viewer, keys, rules=live.rules)]


def ask(view: View, name: str, *, k: int, allowed: BoolArray, late: bool = True) -> list[Found]:
    """Return who fits the name; without any name, those allowed in the order of their names."""
    if name:
        return view.names.find(name, k=k, allowed=view.mask_of_names(allowed, late=late))
    some = np.flatnonzero(allowed)
    some = some[np.argsort(view.snapshot.name_order[some], kind="stable")[:k]]
    return [Found(int(key), 0.0, ()) for key in view.snapshot.keys[some].tolist()]


def find_things(live: Live, viewer: Viewer, text: str, *, limit: int = 10) -> list[Row]:
    """Return events, communities, projects and topics whose words fit the text."""
    question = lucene(text)
    if not question:
        return []
    return live.store.read(THINGS, text=question, visibilities=visibilities(viewer), limit=limit)


def lucene(text: str) -> str:
    """Return the words of a question as a query: each may be misspelt by a letter or unfinished.

    Words of asking and small ones are left out, or «кто работает в …» finds whatever has a «в».
    """
    said = re.findall(r"\w+", text.casefold())
    words = [word for word in said if word not in SMALL and word not in criteria.AROUND] or said
    words = words[:8]
    return " ".join(
        f"({word}^3 OR {word}~1 OR {word}*)" if len(word) > 3 else f"{word}^2" for word in words
    )


def completions(live: Live, viewer: Viewer, text: str, *, k: int = 8) -> list[dict[str, Any]]:
    """Return people and things to offer while somebody types."""
    if len(text.strip()) < 2:
        return []
    view = live.view()
    allowed = view.allowed(viewer, live.rules)
    name_words, wanted = criteria.from_words(view, viewer, allowed, parse(text))
    name = " ".join(name_words) + (" " if text[-1:].isspace() else "")
    offered: list[dict[str, Any]] = []
    things = find_things(live, viewer, text, limit=3)
    if name.strip():
        named = view.showing(viewer, "name", allowed, sure=False)
        for criterion in wanted:
            named &= criteria.fitting(live.store, view, viewer, allowed, criterion, sure=False)
        mask = view.mask_of_names(named, late=not wanted)
        found = view.names.suggest(name, k=k, allowed=mask)
        offered = [
            {"kind": "person", "card": hit.card, "hit": hit}
            for hit in _hits(live, viewer, found, wanted, name)
        ]
    return offered[: k - len(things)] + [{"kind": "thing", "thing": row} for row in things]
