"""What narrows a search: year, group, stream, faculty, city, employer, registered or not.

    words of the one box, or filters of an address -> criteria -> who fits each, for one viewer

City, employer and studies of somebody count only where that person shows them to the viewer, and a
word is read as a city or an employer only if somebody whom the viewer may see shows it: a place
where only a hidden person lives is read like a place that nobody has heard of.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from graphnet import privacy
from graphnet.discovery.vocabulary import LEGAL_FORMS, OF_A_UNIT, THINGS_OF, stemmed, vocabulary
from graphnet.errors import BadValue
from graphnet.live import View
from graphnet.names import ParsedQuery, fold
from graphnet.names.query import words
from graphnet.privacy import Viewer
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray
from graphnet.store import Store

YEARS_AROUND = 2  # how far off a remembered year may be
KINDS = ("group", "unit", "year", "stream", "city", "employer", "topic", "state")
FILTERS = (*KINDS, "year_of")
STATES = ("registered", "unregistered")
STATES_OF_STAFF = ("reachable", "silent", "lost")
FIELD_OF = {
    "group": "studies",
    "unit": "studies",
    "year": "studies",
    "stream": "studies",
    "city": "city",
    "employer": "employer",
    "topic": "interests",
    "monitor": "studies",
    "state": "",  # nobody's field: everybody who may be seen shows it
}
MOST_WORDS = 5  # of one name of a city, a unit or an organisation

# One row: a study group that once had that code.
GROUPS_CALLED = """MATCH (code:GroupCode)<-[:CALLED]-(g:StudyGroup)
WHERE code.text IN $codes RETURN DISTINCT g.id AS id ORDER BY id LIMIT 200"""

# One row: a study group and the codes that it had.
CODES_OF = """UNWIND $ids AS wanted MATCH (g:StudyGroup {id: wanted})-[:CALLED]->(code:GroupCode)
RETURN g.id AS id, collect(DISTINCT code.text) AS codes ORDER BY id LIMIT 10000"""

# Stream. One row: somebody who has answered at least once.
HAVE_ANSWERED = """MATCH (p:Person) WHERE p.last_answer_at IS NOT NULL
RETURN p.key AS key"""

# One row: somebody who was monitor of a study group; with codes, of one that had one of them.
MONITORS = """MATCH (p:Person)-[:STUDIED_IN {role: 'monitor'}]->(:StudyGroup)
RETURN DISTINCT p.key AS key ORDER BY key LIMIT 100000"""
MONITORS_OF = """MATCH (p:Person)-[:STUDIED_IN {role: 'monitor'}]->(g:StudyGroup)
WHERE g.id IN $ids RETURN DISTINCT p.key AS key ORDER BY key LIMIT 1000"""

_TOKEN = re.compile(r"\w+(?:[-.'’&]\w+)*\.?")
_WORDS_OF_A_PLACE = "из в во на from in at for живет жила жил lives"
_WORDS_OF_WORK = """работает работаете работаешь работал работала работали работают
трудится трудятся трудился служит служил works worked work working employed"""
_WORKERS = "сотрудник сотрудники сотрудница сотрудников employee employees staff workers"
_AT_WORK = frozenset(f"{_WORDS_OF_WORK} {_WORKERS}".split())
_IN_A_PLACE = frozenset(_WORDS_OF_A_PLACE.split()) | _AT_WORK
_MONITOR = frozenset(
    ["староста", "старосты", "старосту", "старостой", "старосте", "monitor", "monitors"]
)
_WORDS_OF_ASKING = """кто где ли есть кто-нибудь кто-то люди наши наших выпускники
выпускников сейчас теперь who where is are was were has have does did people anybody anyone
somebody alumni graduates that which now currently"""
_ASKING = frozenset(_WORDS_OF_ASKING.split())
_BEFORE_A_FIRM = (_IN_A_PLACE - _AT_WORK) | LEGAL_FORMS | {"of"}
_AT_LAST = frozenset(["сейчас", "теперь", "сегодня", "раньше", "now", "today", "currently"])
AROUND = _IN_A_PLACE | _ASKING


@dataclass(frozen=True)
class Criterion:
    """One thing that narrows a search.

    `value` is what an address says for it, `name` and `name_ru` what a page shows; `said` is how
    the question put it ("" where it comes from a filter); `things` are positions in the snapshot.
    """

    kind: str
    value: str
    name: str = ""
    name_ru: str = ""
    said: str = ""
    of: str = ""  # of a year: "graduation", "intake" or ""
    around: int = YEARS_AROUND
    things: tuple[int, ...] = field(default=(), compare=False)

    @property
    def field(self) -> str:
        """The field that a person must show for this to count; "" if none."""
        return FIELD_OF[self.kind]


def from_filters(
    view: View, viewer: Viewer, allowed: BoolArray, filters: Mapping[str, str], *, around: int
) -> list[Criterion]:
    """Return the criteria of an address or of a command's options, the empty ones left out.

    Raises
    ------
    BadValue
        If a filter or a state is unknown, or a year or stream is no number.
    """
    found = []
    for kind, said in filters.items():
        text = said.strip()
        if kind not in FILTERS:
            raise BadValue(f"{kind!r} is not a filter: {', '.join(FILTERS)}")
        if not text or kind == "year_of":
            continue
        states = (*STATES, *(STATES_OF_STAFF if viewer.is_staff else ()))
        if kind == "state" and text not in states:
            raise BadValue(f"{text!r} is not a state: {', '.join(states)}")
        if kind in ("year", "stream") and not text.isdecimal():
            raise BadValue(f"{kind}: {text!r} is not a number")
        if kind in THINGS_OF:
            found.append(_named(view, viewer, allowed, kind, text))
        else:
            of = filters.get("year_of", "") if kind == "year" else ""
            found.append(Criterion(kind, text, text, text, of=of, around=around))
    return found


def from_words(
    view: View, viewer: Viewer, allowed: BoolArray, query: ParsedQuery
) -> tuple[tuple[str, ...], list[Criterion]]:
    """Return the words of a question that are names, and the criteria that the others are."""
    found: list[Criterion] = []
    said = list(query.rest)

    def taken(fits: str) -> str:
        return next((part for part in said if fits in part.casefold()), fits)

    if query.stream:
        found.append(Criterion("stream", str(query.stream), said=said[0]))
    if query.year:
        short = str(query.year)[-2:]
        found.append(
            Criterion("year", str(query.year), said=taken(short), of=query.year_of, name=short)
        )
    if query.group_code:
        code = query.group_code
        found.append(Criterion("group", code, code.upper(), code.upper(), taken(code.casefold())))
    tokens = list(_TOKEN.finditer(query.left))
    low = [token.group().casefold().rstrip(".") for token in tokens]
    free = [True] * len(tokens)
    for size in range(min(MOST_WORDS, len(tokens)), 0, -1):
        for i in range(len(tokens) - size + 1):
            if not all(free[i : i + size]):
                continue
            first, end, before = _span(low, free, i, i + size)
            criterion = _recognised(view, viewer, allowed, low[i : i + size], before)
            if criterion is None:
                continue
            if criterion.kind != "employer":
                first, end = i, i + size
                before = low[i - 1] if i and free[i - 1] else ""
            begin = first - 1 if before in _IN_A_PLACE | OF_A_UNIT else first
            # «Кто работает в …»: the whole of the question belongs to the place.
            while begin != first and begin and free[begin - 1] and low[begin - 1] in AROUND:
                begin -= 1
            while begin != first and end < len(tokens) and free[end] and low[end] in _AT_LAST:
                end += 1
            free[begin:end] = [False] * (end - begin)
            if criterion.kind != "university":
                text = query.left[tokens[begin].start() : tokens[end - 1].end()]
                found.append(
                    Criterion(**{**criterion.__dict__, "said": text, "things": criterion.things})
                )
    at = next((x for x, word in enumerate(low) if free[x] and word in _MONITOR), None)
    if at is not None:
        # «Староста 5301», «кто староста группы 5301»: a role in a group, and nobody's name.
        begin = at
        while begin and free[begin - 1] and low[begin - 1] in _ASKING:
            begin -= 1
        end = at + 1
        while end < len(tokens) and free[end] and low[end] in ("of", "the", "в", "у"):
            end += 1
        free[begin:end] = [False] * (end - begin)
        text = query.left[tokens[begin].start() : tokens[end - 1].end()]
        found.append(Criterion("monitor", query.group_code, said=text))
    at = next((x for x, word in enumerate(low) if free[x] and word in _AT_WORK), None)
    if at is not None:
        # Where somebody works is no name, whoever has heard of it; who works somewhere is one.
        begin, end, said_at = at, at + 1, at + 1
        while begin and free[begin - 1] and low[begin - 1] in AROUND:
            begin -= 1
        while said_at < len(tokens) and free[said_at] and low[said_at] in _BEFORE_A_FIRM:
            said_at += 1
        if at + 1 < said_at < len(tokens) and free[said_at]:
            end = next((x for x in range(said_at, len(tokens)) if not free[x]), len(tokens))
            place = query.left[tokens[said_at].start() : tokens[end - 1].end()]
            text = query.left[tokens[begin].start() : tokens[end - 1].end()]
            found.append(Criterion("employer", place, place, place, text))
            free[begin:end] = [False] * (end - begin)
        elif kept := [x for x, word in enumerate(low) if free[x] and word not in AROUND]:
            free = [x in kept for x in range(len(tokens))]
    if all(free):
        return _names(query.left) if tokens else (), found
    rest = [token.group() for token, still in zip(tokens, free, strict=True) if still]
    return _names(" ".join(rest)) if rest else (), found


def _span(low: list[str], free: list[bool], begin: int, end: int) -> tuple[int, int, str]:
    """Return where a firm's name begins and ends, and the word before it.

    What «ООО» or "Ltd" stands beside is the same without it, "staff of" a firm work there.
    """
    while begin and free[begin - 1] and low[begin - 1] in LEGAL_FORMS:
        begin -= 1
    while end < len(low) and free[end] and low[end] in LEGAL_FORMS:
        end += 1
    if begin > 1 and all(free[begin - 2 : begin]) and low[begin - 1] == "of":
        begin -= low[begin - 2] in _AT_WORK
    return begin, end, low[begin - 1] if begin and free[begin - 1] else ""


def _names(text: str) -> tuple[str, ...]:
    """Return the words that may be names; of a short question the small ones too: «Анна По»."""
    every, usual = words(text, fillers=True), words(text)
    return every if len(every) <= 3 and len(usual) >= len(every) - 1 else usual


def _recognised(
    view: View, viewer: Viewer, allowed: BoolArray, said: list[str], before: str
) -> Criterion | None:
    """Return what these words name, if they name something and are more than a person's name."""
    key = fold(" ".join(said))
    if not key or (len(key) < 3 and before not in _IN_A_PLACE):
        return None
    known = vocabulary(view.snapshot)
    for kind in THINGS_OF:
        near = before in (OF_A_UNIT if kind == "unit" else _IN_A_PLACE)
        things = known.exact[kind].get(key, ())
        if not things and (near or len(said) > 1):
            things = known.in_any_case(kind, key)
        if not things and kind in ("unit", "employer") and near:
            things = known.with_words(kind, stemmed(key))
        if not things:
            continue
        if kind == "unit" and all(t in known.universities for t in things):
            return Criterion("university", key)
        shown = _shown(view, viewer, allowed, kind, things)
        if shown and (near or len(said) > 1 or not _is_a_name(view, allowed, said[0])):
            return _criterion(view.snapshot, kind, shown)
    return None


def _is_a_name(view: View, allowed: BoolArray, word: str) -> bool:
    """Whether somebody whom the viewer may see is called exactly that, in either script."""
    found = view.names.find(word, k=1, allowed=view.mask_of_names(allowed))
    return bool(found) and found[0].score > -1.5


def _named(view: View, viewer: Viewer, allowed: BoolArray, kind: str, text: str) -> Criterion:
    """Return the criterion for a filter: an id, a name in either language, or nothing known."""
    snapshot, known = view.snapshot, vocabulary(view.snapshot)
    place = snapshot.things[THINGS_OF[kind]].position.get(text)
    key = fold(text)
    things = (
        (place,)
        if place is not None
        else known.exact[kind].get(key) or known.in_any_case(kind, key)
    )
    shown = _shown(view, viewer, allowed, kind, things)
    if not shown:
        return Criterion(kind, text, text, text)
    found = _criterion(snapshot, kind, shown)
    return Criterion(kind, text, found.name, found.name_ru, things=found.things)


def _shown(
    view: View, viewer: Viewer, allowed: BoolArray, kind: str, things: Iterable[int]
) -> tuple[int, ...]:
    """Return those of the things which somebody shows to the viewer; of units, all there are."""
    if kind == "unit":
        return tuple(things)
    showing = view.showing(viewer, FIELD_OF[kind], allowed)
    belonging = view.snapshot.memberships[THINGS_OF[kind]]
    return tuple(t for t in things if showing[belonging.members(t)].any())


def _criterion(snapshot: Snapshot, kind: str, things: tuple[int, ...]) -> Criterion:
    named = snapshot.things[THINGS_OF[kind]]
    label, label_ru = str(named.labels[things[0]]), str(named.labels_ru[things[0]])
    return Criterion(kind, label, label, label_ru, things=things)


def fitting(
    store: Store, view: View, viewer: Viewer, allowed: BoolArray, asked: Criterion, *, sure: bool
) -> BoolArray:
    """Return who of those allowed fits a criterion and shows the viewer the field it is about.

    Parameters
    ----------
    sure
        False lets those through whose settings have changed since the snapshot; their card decides.
    """
    snapshot = view.snapshot
    seen = view.showing(viewer, asked.field, allowed, sure=sure) if asked.field else allowed
    if asked.kind == "state":
        claimed: BoolArray = (snapshot.flags & privacy.CLAIMED) != 0
        if asked.value in STATES_OF_STAFF:
            return seen & ~claimed & _in_touch(store, snapshot, asked.value)
        return seen & (claimed if asked.value == "registered" else ~claimed)
    mask = np.zeros(snapshot.n, bool)
    if asked.kind == "year":
        off = years_off(snapshot, int(asked.value), asked.of)
        return seen & (off <= asked.around)
    if asked.kind == "stream":
        # A stream is looked for in the codes of the groups, among those who are seen.
        belonging, groups = snapshot.memberships["study_groups"], snapshot.things["study_groups"]
        some = np.unique(np.concatenate([belonging.of(int(p)) for p in np.flatnonzero(seen)[:4000]]
                                        or [np.zeros(0, np.int32)]))  # fmt: skip
        rows = store.read(CODES_OF, ids=[str(groups.ids[g]) for g in some])
        ids = [row["id"] for row in rows if _of_stream(row["codes"], int(asked.value))]
        _enter(snapshot, mask, "study_groups", ids)
    elif asked.kind == "group":
        _enter(snapshot, mask, "study_groups", _groups_called(store, snapshot, asked.value))
    elif asked.kind == "monitor":
        rows = (
            store.read(MONITORS_OF, ids=_groups_called(store, snapshot, asked.value))
            if asked.value
            else store.read(MONITORS)
        )
        mask = np.isin(snapshot.keys, [row["key"] for row in rows])
    else:
        belonging = snapshot.memberships[THINGS_OF[asked.kind]]
        for thing in asked.things:
            mask[belonging.members(thing)] = True
    return mask & seen


def _groups_called(store: Store, snapshot: Snapshot, code: str) -> list[str]:
    """Return the ids of the study groups that once had a code, or are shown by that name."""
    codes = sorted(spellings(code))
    groups = snapshot.things["study_groups"]
    # A group without codes is shown by its name, and found by it.
    named = groups.ids[np.isin(groups.labels, codes)]
    rows = store.read(GROUPS_CALLED, codes=codes)
    return sorted({row["id"] for row in rows} | {str(one) for one in named})


def years_off(snapshot: Snapshot, year: int, of: str = "") -> np.ndarray:
    """Return how many years each person's intake or graduation is off; 9999 where unknown."""
    off = np.full(snapshot.n, 9999, np.int64)
    for kind in ("cohorts", "graduations"):
        years = snapshot.things[kind].numbers.get("year")
        if years is None or of == ("graduation" if kind == "cohorts" else "intake"):
            continue
        for thing in np.flatnonzero(np.abs(years - year) <= YEARS_AROUND):
            members = snapshot.memberships[kind].members(int(thing))
            off[members] = np.minimum(off[members], abs(int(years[thing]) - year))
    return off


def _enter(snapshot: Snapshot, mask: BoolArray, kind: str, ids: Iterable[str]) -> None:
    things = snapshot.things[kind]
    for name in ids:
        if name in things.position:
            mask[snapshot.memberships[kind].members(things.position[name])] = True


def _of_stream(codes: Iterable[str], stream: int) -> bool:
    """Whether a code names a group of that stream: by the tens of its number, else its last digit.

    What a code means differs by university and era; this is a proposal, and the page says so.
    """
    for code in codes:
        digits = re.sub(r"\D", "", code)
        if digits and stream in (int(digits[-2:]) // 10 if len(digits) > 3 else 0, int(digits[-1])):
            return True
    return False


def spellings(code: str) -> set[str]:
    """Return a group code as it may be stored: P is written in either script."""
    plain = code.strip().upper().replace("-", "")
    latin = plain.translate(str.maketrans("РКНМВСТАЕХОУП", "PKHMBCTAEXOYP"))
    cyrillic = plain.translate(str.maketrans("PKHMBCTAEXOY", "РКНМВСТАЕХОУ"))
    return {code, plain, latin, cyrillic}


def _in_touch(store: Store, snapshot: Snapshot, state: str) -> BoolArray:
    """Return who among those without an account is in that state of `people.state_of`."""
    alive: BoolArray = (snapshot.flags & privacy.DECEASED) == 0
    reachable: BoolArray = (snapshot.flags & privacy.REACHABLE) != 0
    if state == "lost":
        return alive & ~reachable
    answered = np.isin(snapshot.keys, [row["key"] for row in store.stream(HAVE_ANSWERED)])
    return alive & reachable & (answered if state == "reachable" else ~answered)
