"""The one search box: people by name, with what is remembered of them; groups, events, projects.

People come from the name index, over those whom the viewer may see; then their cards are read live,
so that what somebody set a second ago holds. Years and group codes in the question narrow the
search; if nobody fits all of it, the narrowing is dropped and the answer says so.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphnet.live import Live, View
from graphnet.names import Found, ParsedQuery, fold, parse
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, visibilities
from graphnet.snapshot.arrays import BoolArray
from graphnet.store import Row

YEARS_AROUND = 2  # how far off a remembered year may be

# One row: a study group that once had that code.
GROUPS_CALLED = """MATCH (code:GroupCode)<-[:CALLED]-(g:StudyGroup)
WHERE code.text IN $codes RETURN DISTINCT g.id AS id ORDER BY id LIMIT 200"""

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
    """Somebody found, and what of the question matched what of the name."""

    card: Card
    found: Found


@dataclass(frozen=True)
class PeopleFound:
    """The answer about people: hits, how the question was read, and what had to be dropped."""

    hits: tuple[Hit, ...]
    query: ParsedQuery
    narrowed: bool = False
    widened: bool = False


def find_people(
    live: Live,
    viewer: Viewer,
    text: str,
    *,
    k: int = 20,
) -> PeopleFound:
    """Return at most `k` people whose name fits the text, best first.

    Only people whom the viewer may see take part: the others neither appear nor shift the order.
    """
    view = live.view()
    query = parse(text)
    allowed = view.allowed(viewer, live.rules)
    near = narrow(live, view, query)
    widened = False
    found: list[Found] = []
    name = " ".join(query.name_tokens)
    exact = numbered(live, text, limit=k)
    if near is not None and not exact:
        found = ask(view, name, k=k, allowed=allowed & near)
        widened = not found
    if near is None or widened or exact:
        found = ask(view, name, k=k, allowed=allowed)
    found = [*exact, *(f for f in found if f.key not in {e.key for e in exact})]
    people = {
        card.key: card
        for card in cards(live.store, viewer, (f.key for f in found), rules=live.rules)
    }
    hits = tuple(Hit(people[f.key], f) for f in found if f.key in people)
    return PeopleFound(hits, query, narrowed=near is not None and not widened, widened=widened)


def numbered(live: Live, text: str, *, limit: int) -> list[Found]:
    """Return who has exactly this name or id, if it has a digit in it as no other name has."""
    if not any(letter.isdigit() for letter in text):
        return []
    rows = live.store.read(NUMBERED, name_key=fold(text), id=text.strip(), limit=limit)
    return [Found(int(row["key"]), 0.0) for row in rows]


def ask(view: View, name: str, *, k: int, allowed: BoolArray) -> list[Found]:
    """Return who fits the name; without any name, the first of those allowed."""
    if name:
        return view.names.find(name, k=k, allowed=mask_of_index(view, allowed))
    return [
        Found(int(key), 0.0, ()) for key in view.snapshot.keys[np.flatnonzero(allowed)[:k]].tolist()
    ]


def mask_of_index(view: View, allowed: BoolArray) -> BoolArray:
    """Turn a mask over the snapshot's positions into one over the name index's.

    Who is in the index and not in the snapshot has joined since: nothing is known yet of whom they
    studied with, so only the live card decides, and here they are let through.
    """
    keys = view.names.keys
    snapshot_keys = view.snapshot.keys
    if len(keys) == len(snapshot_keys) and np.array_equal(keys, snapshot_keys):
        return allowed
    place = np.minimum(np.searchsorted(snapshot_keys, keys), max(len(snapshot_keys) - 1, 0))
    mask = np.ones(len(keys), bool)
    if len(snapshot_keys):
        there = snapshot_keys[place] == keys
        mask[there] = allowed[place[there]]
    denied = np.isin(keys, np.fromiter(view.denied, np.int64, len(view.denied)))
    return mask & ~denied


def narrow(live: Live, view: View, query: ParsedQuery) -> BoolArray | None:
    """Return who fits the year and the group code that were named; None if none was."""
    snapshot = view.snapshot
    masks: list[BoolArray] = []
    if query.year:
        mask = np.zeros(snapshot.n, bool)
        for kind in ("cohorts", "graduations"):
            years = snapshot.things[kind].numbers.get("year")
            if years is None:
                continue
            for thing in np.flatnonzero(np.abs(years - query.year) <= YEARS_AROUND):
                mask[snapshot.memberships[kind].members(int(thing))] = True
        masks.append(mask)
    if query.group_code:
        rows = live.store.read(GROUPS_CALLED, codes=sorted(spellings(query.group_code)))
        masks.append(_members(view, "study_groups", [row["id"] for row in rows]))
    return np.logical_and.reduce(masks) if masks else None


def spellings(code: str) -> set[str]:
    """Return a group code as it may be stored: P is written in either script."""
    plain = code.strip().upper().replace("-", "")
    latin = plain.translate(str.maketrans("РКНМВСТАЕХОУП", "PKHMBCTAEXOYP"))
    cyrillic = plain.translate(str.maketrans("PKHMBCTAEXOY", "РКНМВСТАЕХОУ"))
    return {code, plain, latin, cyrillic}


def _members(view: View, kind: str, ids: list[str]) -> BoolArray:
    mask = np.zeros(view.snapshot.n, bool)
    things = view.snapshot.things[kind]
    for name in ids:
        if name in things.position:
            mask[view.snapshot.memberships[kind].members(things.position[name])] = True
    return mask


def find_things(live: Live, viewer: Viewer, text: str, *, limit: int = 10) -> list[Row]:
    """Return events, communities, projects and topics whose words fit the text."""
    question = lucene(text)
    if not question:
        return []
    return live.store.read(THINGS, text=question, visibilities=visibilities(viewer), limit=limit)


def lucene(text: str) -> str:
    """Return the words of a question as a query: each may be misspelt by a letter or unfinished."""
    words = re.findall(r"\w+", text.casefold())[:8]
    return " ".join(
        f"({word}^3 OR {word}~1 OR {word}*)" if len(word) > 3 else f"{word}^2" for word in words
    )


def completions(live: Live, viewer: Viewer, text: str, *, k: int = 8) -> list[dict[str, Any]]:
    """Return people and things to offer while somebody types."""
    if len(text.strip()) < 2:
        return []
    view = live.view()
    query = parse(text)
    name = " ".join(query.name_tokens)
    offered: list[dict[str, Any]] = []
    if name:
        mask = mask_of_index(view, view.allowed(viewer, live.rules))
        found = view.names.suggest(name, k=k, allowed=mask)
        for card in cards(live.store, viewer, (f.key for f in found), rules=live.rules):
            offered.append({"kind": "person", "card": card})
    things = find_things(live, viewer, text, limit=3)
    return offered[: k - len(things)] + [{"kind": "thing", "thing": row} for row in things]
