"""Who of the files is who, and who is in the base already: the contact base's own linkage.

Everybody of the base stands on one side as a record of its own, and every row of the files; what
somebody has decided before holds. Sure ones join by rule; but two people of the base never do: that
is for the review queue, as is everything that is unsure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from graphnet.contacts import Decision, Pair, Records, between, link, unsure
from graphnet.names.folding import fold
from ingest.contacts import Contact, records_of
from ingest.uploads.people import BASE

LEAST = -2.5  # log odds below which a pair is not worth anybody's time: one in thirteen is one
MOST = 2_000  # pairs that are put into the queue at once
FEW = 400  # records below which nothing can be learned of how often people say the same by chance
EVEN = 0.0  # log odds at which namesakes are asked about there


# Somebody: (BASE, the person's key), or (ROW, the place of the contact that makes them).
Who = tuple[str, int]
ROW = "row"


@dataclass
class Matched:
    """What was found: `of` says whose each row is, `unsure` which two people are to be asked about.

    A row that is not in `of` is of somebody new, whom it makes.
    """

    of: dict[int, Who] = field(default_factory=dict)
    unsure: list[tuple[Who, Who, Pair]] = field(default_factory=list)


def match(
    contacts: Sequence[Contact],
    base: Sequence[Contact],
    *,
    decided: Iterable[tuple[int, int, bool]] = (),
    known: Mapping[int, int] | None = None,
) -> Matched:
    """Return who is who.

    Parameters
    ----------
    decided
        What somebody has said of two people of the base, by their keys.
    known
        Whose rows came before: place of a contact to the person's key.
    """
    known = known or {}
    everyone = [*base, *contacts]
    if len(everyone) < 2:
        return Matched({place: (BASE, key) for place, key in known.items()})
    same = records_of(everyone)
    ids = [str(i) for i in range(len(everyone))]
    records = Records(ids, same.sources, same.values)
    place_of = {contact.row: i for i, contact in enumerate(base)}
    decisions = [
        Decision(ids[place_of[one]], ids[place_of[other]], yes)
        for one, other, yes in decided
        if one in place_of and other in place_of
    ] + [
        Decision(ids[place_of[key]], ids[len(base) + place], same=True)
        for place, key in known.items()
        if key in place_of
    ]
    few = _few(everyone) if len(everyone) < FEW else _Few([], [])
    decisions += [Decision(ids[i], ids[j], same=True) for i, j in few.same]
    linked = link(records, decisions)
    members: dict[str, list[int]] = {}
    for i, cluster in enumerate(linked.clusters):
        members.setdefault(cluster, []).append(i)
    found = Matched()
    twice: list[tuple[str, str]] = []
    for of in members.values():
        there = [i for i in of if i < len(base)]
        rows = [i - len(base) for i in of if i >= len(base)]
        if there:
            # Of several people of the base that seem one the rows go to who came first.
            first = min(there, key=lambda i: base[i].row)
            twice += [(ids[first], ids[i]) for i in there if i != first]
            found.of |= {place: (BASE, known.get(place, base[first].row)) for place in rows}
        else:
            found.of |= dict.fromkeys(rows[1:], (ROW, rows[0]))
    pairs = between(linked, twice) + unsure(linked, records, least=LEAST, most=MOST)
    asked = {frozenset((pair.one, pair.other)) for pair in pairs}
    namesakes = [(ids[i], ids[j]) for i, j in few.ask if frozenset((ids[i], ids[j])) not in asked]
    for pair in between(linked, namesakes):
        if linked.clusters[int(pair.one)] != linked.clusters[int(pair.other)]:
            pairs.append(replace(pair, odds=max(pair.odds, EVEN)))
    for pair in pairs:
        one, other = (_who(int(i), base, found) for i in (pair.one, pair.other))
        if one != other:
            found.unsure.append((one, other, pair))
    return found


@dataclass
class _Few:
    """What a rule says where there are too few records to learn from: places of pairs."""

    same: list[tuple[int, int]]
    ask: list[tuple[int, int]]


def _few(contacts: Sequence[Contact]) -> _Few:
    """Join who has the same whole name and the same birthday, address or number; ask of namesakes.

    Never by an address alone: couples share one.
    """
    found = _Few([], [])
    named: dict[str, list[int]] = {}
    for i, contact in enumerate(contacts):
        if contact.name.given and contact.name.family:
            named.setdefault(fold(f"{contact.name.given} {contact.name.family}"), []).append(i)
    for places in named.values():
        for i, j in combinations(places, 2):
            one, other = contacts[i], contacts[j]
            if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
                continue
            numbers = [{phone.number for phone in c.phones} for c in (one, other)]
            shared = set(one.emails) & set(other.emails) or numbers[0] & numbers[1]
            if shared or (len(one.birth_date) == 10 and one.birth_date == other.birth_date):
                found.same.append((i, j))
            else:
                found.ask.append((i, j))
    return found


def _who(i: int, base: Sequence[Contact], found: Matched) -> Who:
    if i < len(base):
        return BASE, base[i].row
    return found.of.get(i - len(base), (ROW, i - len(base)))
