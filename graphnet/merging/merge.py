"""Two people who are one are joined: one transaction, all of it or nothing, and it can be undone.

Whoever was in the base first stays, unless only the other has an account. The other is a person no
longer (`:MergedPerson`): no query finds them, but all that they were stays with them. Every tie of
theirs is the survivor's from now on and says with which merge it came (`rules`); what may be there
once is set aside. Of accounts, consents, "don't look for me", unsubscriptions and bounces the
stricter counts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graphnet import changes, people
from graphnet.audit import acted
from graphnet.consent import everything_said, stands
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound
from graphnet.merging import doubles, standing
from graphnet.merging.rules import ONCE, kinds
from graphnet.model import new_id
from graphnet.names.folding import fold
from graphnet.people import visibility
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.store import Row, Store, Transaction

# One row: a person of the two, locked until all is committed, with what decides who stays. Who was
# joined with somebody while this waited for the lock has `merge`.
LOCKED = (
    """UNWIND $keys AS wanted MATCH (p:Person {key: wanted}) SET p.key = p.key
WITH p WHERE p.merge IS NULL
RETURN p.key AS key, p.id AS id, properties(p) AS properties, p:Alumnus AS alumnus,
  [(p)<-[:OF]-(a:Account) | [a.id, a.disabled_at IS NULL]] AS accounts,
  """
    + everything_said("p")
    + """ AS said
ORDER BY key LIMIT 2"""
)

# One row: a thing of the one who goes that may be there once, and the survivor's own. The things
# are of one label in each query: a place at an event, an address, a letter of suggestions.
REGISTERED_TWICE = """MATCH (:Person {key: $gone})<-[:BY]-(n:Registration)-[:FOR]->(:Event)
  <-[:FOR]-(mine:Registration)-[:BY]->(:Person {key: $stays})
RETURN n.id AS id, mine.id AS mine, properties(n) AS other, properties(mine) AS own
ORDER BY id LIMIT 1000"""
CONTACT_TWICE = """MATCH (:Person {key: $gone})-[:HAS]->(n:ContactPoint) WITH n SKIP 0
MATCH (:Person {key: $stays})-[:HAS]->(mine:ContactPoint)
WHERE mine.kind = n.kind AND mine.value_key = n.value_key AND n.value_key IS NOT NULL
RETURN n.id AS id, mine.id AS mine, properties(n) AS other, properties(mine) AS own
ORDER BY id, mine LIMIT 1000"""
DIGEST_TWICE = """MATCH (:Person {key: $gone})-[:HAS]->(n:Digest) WITH n SKIP 0
MATCH (:Person {key: $stays})-[:HAS]->(mine:Digest)
RETURN n.id AS id, mine.id AS mine, properties(n) AS other, properties(mine) AS own
ORDER BY id LIMIT 10"""

PHOTO_TWICE = """MATCH (:Person {key: $gone})<-[:OF]-(n:Photo) WITH n SKIP 0
MATCH (:Person {key: $stays})<-[:OF]-(mine:Photo)
RETURN n.id AS id, mine.id AS mine, {} AS other, {} AS own ORDER BY id, mine LIMIT 100"""

# One row: how many things are set aside. Their ties to the survivor's and the other's other things
# stay, so that what is brought back stands where it stood.
ASIDE_REGISTRATIONS = """UNWIND $ids AS wanted
MATCH (n:Registration {id: wanted})-[t:BY]->(b:Person {key: $gone})
DELETE t REMOVE n:Registration SET n:SetAside, n.was = 'Registration'
CREATE (n)-[:OF]->(b) RETURN count(n) AS n"""
ASIDE_CONTACTS = """UNWIND $ids AS wanted
MATCH (n:ContactPoint {id: wanted})<-[t:HAS]-(b:Person {key: $gone})
DELETE t REMOVE n:ContactPoint SET n:SetAside, n.was = 'ContactPoint'
CREATE (n)-[:OF]->(b) RETURN count(n) AS n"""
ASIDE_PHOTOS = """UNWIND $ids AS wanted
MATCH (n:Photo {id: wanted})-[t:OF]->(b:Person {key: $gone})
DELETE t REMOVE n:Photo SET n:SetAside, n.was = 'Photo'
CREATE (n)-[:OF]->(b) RETURN count(n) AS n"""
ASIDE_DIGESTS = """UNWIND $ids AS wanted
MATCH (n:Digest {id: wanted})<-[t:HAS]-(b:Person {key: $gone})
DELETE t REMOVE n:Digest SET n:SetAside, n.was = 'Digest'
CREATE (n)-[:OF]->(b) RETURN count(n) AS n"""

# One row: how many of the survivor's own things say something else now.
BETTER_REGISTRATION = """UNWIND $rows AS row MATCH (n:Registration {id: row.id})
SET n += row.properties RETURN count(n) AS n"""
BETTER_CONTACT = """UNWIND $rows AS row MATCH (n:ContactPoint {id: row.id})
SET n += row.properties RETURN count(n) AS n"""
BETTER_DIGEST = """UNWIND $rows AS row MATCH (n:Digest {id: row.id})
SET n += row.properties RETURN count(n) AS n"""

# One row: how many consents were added, so that what was said last is the stricter of both.
STRICTER = """MATCH (a:Person {key: $stays}) UNWIND $rows AS row
CREATE (a)-[:GAVE {merged: [$merge]}]->(:Consent {id: row.id, purpose: row.purpose,
  state: row.state, at: $now, channel: 'merge'}) RETURN count(*) AS n"""

# One row: the account that nobody signs in to any more; its sessions have ended.
SWITCH_OFF = """MATCH (x:Account {id: $id}) SET x.disabled_at = $now
WITH x OPTIONAL MATCH (s:Session)-[:HELD_BY]->(x) DETACH DELETE s
RETURN x.id AS id LIMIT 1"""

# One row: the person who stays.
FILL = "MATCH (a:Person {key: $stays}) SET a += $properties RETURN a.key AS key"

# One row: the one who is a person no longer.
RETIRE = """MATCH (b:Person {key: $gone}) WITH b SKIP 0 MATCH (a:Person {key: $stays})
REMOVE b:Person, b:Alumnus SET b:MergedPerson, b.merge = $merge, b.merged_at = $now,
  b.merged_by = $by, b.alumnus = $alumnus, b.filled = $filled, b.before = $before,
  b.chosen = $chosen
CREATE (b)-[:MERGED_INTO {at: $now}]->(a) RETURN b.key AS key"""

# What the survivor takes over where they say nothing themselves.
TAKEN = ("given_name", "patronymic", "family_name", "latin_name", "gender", "language", "born_on",
         "died_on", "died_precision", "memorial", "about", "languages")  # fmt: skip
NAMED = ("given_name", "patronymic", "family_name")
BEST = {"yes": 3, "waiting": 2, "no": 1, "cancelled": 0}
STRICT = {"refused": 2, "unknown": 1, "given": 0}
SELDOM = {"monthly": 1, "weekly": 0}
SECONDS = 120.0  # the first joining plans a query or two for each kind of tie


@dataclass(frozen=True)
class Merge:
    """What joining two people did, or would do.

    moved: kind of tie to how many; aside: what was there twice. kept: fields in which the two say
    different things, with the value that stands first.
    """

    id: str
    stays: str
    gone: str
    moved: dict[str, int] = field(default_factory=dict)
    aside: dict[str, int] = field(default_factory=dict)
    stricter: tuple[str, ...] = ()
    kept: tuple[tuple[str, str, str], ...] = ()


def merge(
    store: Store,
    viewer: Viewer,
    one: int,
    other: int,
    *,
    double_id: str = "",
    account: str = "",
    chosen: Mapping[str, str] | None = None,
    seen: str = "",
    rules: Rules = STANDARD,
) -> Merge:
    """Join two people, given by their keys.

    Parameters
    ----------
    double_id
        The pair of the review queue that this answers.
    account
        Of two accounts, the one that stays: an administrator chooses it.
    chosen, seen
        Of fields in which the two differ the id of whose value stands, or 'both' (`standing`); and
        by which it is known that they are as they were shown.

    Raises
    ------
    PersonNotFound
        If one of them is nobody whom this reader may see.
    Conflict
        If both have an account and none was chosen, the pair was answered already, somebody has
        said that they are two ("different ..."), or the values are others now ("others now").
    BadValue
        If a choice is none that there is.
    NotAllowed
        If whoever chooses an account is no administrator.
    """
    viewer.require_staff()
    if one == other:
        raise BadValue("these are one person already", code="same")
    cards = people.cards(store, viewer, [one, other], rules=rules)
    if len(cards) != 2:
        raise PersonNotFound("no such person")

    def work(transaction: Transaction) -> Merge:
        rows = transaction.run(LOCKED, keys=sorted((one, other)))
        if len(rows) != 2:
            raise PersonNotFound("no such person")
        if transaction.run(doubles.STANDS, one=one, other=other):
            raise Conflict(
                "somebody has said that these are two people: ask again about that first",
                code="different",
            )
        stays, gone = _who_stays(rows, account)
        held = transaction.run(standing.HELD, keys=sorted((one, other)))
        decided = standing.decide(held, stays, gone, chosen or {}, seen)
        return _join(transaction, viewer, stays, gone, decided, double_id, account)

    return store.in_write(work, seconds=SECONDS)


def _who_stays(rows: list[Row], account: str) -> tuple[Row, Row]:
    """Return who stays and who goes: who has the account, else who came first."""
    first, second = rows
    if account:
        mine = [row for row in rows if any(one[0] == account for one in row["accounts"])]
        if len(mine) != 1:
            raise BadValue("this account is neither's", code="account")
        return (first, second) if mine[0] is first else (second, first)
    if not first["accounts"] and second["accounts"]:
        return second, first
    return first, second


def _join(
    transaction: Transaction,
    viewer: Viewer,
    stays: Row,
    gone: Row,
    decided: standing.Decided,
    double_id: str,
    account: str,
) -> Merge:
    merge_id, now = new_id(), datetime.now(UTC)
    ends = {"gone": gone["key"], "stays": stays["key"]}
    stricter: list[str] = []
    before: dict[str, Any] = {}
    if stays["accounts"] and gone["accounts"]:
        if not account:
            raise Conflict(
                "both have an account: an administrator chooses which one stays", code="account"
            )
        if "admin" not in viewer.roles:
            raise NotAllowed("only an administrator chooses between two accounts", code="account")
        for identity, works in gone["accounts"]:
            if works:
                transaction.run(SWITCH_OFF, id=identity, now=now)
                before.setdefault("accounts", []).append(identity)
        stricter.append("account")
    others = standing.records_of(decided.by_hand | decided.gone)
    were = standing.read(transaction, stays["key"], others)
    aside = _there_once(transaction, ends, before, stricter)
    moved: dict[str, int] = {}
    for kind in kinds():
        if kind.rule == ONCE:
            count = transaction.run(kind.set_aside, **ends)[0]["n"]
            if count and kind.label != "Double":
                aside[kind.type] = aside.get(kind.type, 0) + count
        count = transaction.run(kind.move, merge=merge_id, **ends)[0]["n"]
        if count:
            moved[kind.type] = moved.get(kind.type, 0) + count
    if consents := _stricter_consents(stays["said"], gone["said"]):
        rows = [{"id": new_id(), "purpose": p, "state": s} for p, s in consents.items()]
        transaction.run(STRICTER, rows=rows, merge=merge_id, now=now, stays=stays["key"])
        stricter += [f"consent:{purpose}" for purpose in consents]
    if _hidden(gone) and not _hidden(stays):
        visibility.hide(transaction, viewer, stays["key"], why="joined with somebody hidden")
        before["hidden"] = True
        stricter.append("hidden")
    filled, kept = _filled(stays["properties"], gone["properties"], decided)
    if filled:
        transaction.run(FILL, stays=stays["key"], properties=filled)
    if decided.cities is not None:
        standing.end_stays(transaction, stays["key"], decided.cities, before)
    standing.note(transaction, viewer, stays["key"], merge_id, were)
    was = {
        name: [text_of(stays["properties"].get(name)), text_of(new)] for name, new in filled.items()
    }
    if double_id:
        doubles.mark(transaction, viewer, double_id, "same", merge=merge_id)
    transaction.run(
        RETIRE,
        merge=merge_id,
        now=now,
        by=viewer.account_id,
        alumnus=bool(gone["alumnus"]),
        filled=json.dumps(was, ensure_ascii=False),
        chosen=json.dumps(decided.told, ensure_ascii=False),
        before=json.dumps(before | {"had": _had(transaction, ends, merge_id)}, default=text_of),
        **ends,
    )
    acted(transaction, viewer, "merge people", merge_id, keys=list(ends.values()), change="changed")
    # To every process the one who goes is as if hidden, until the next snapshot knows nothing of
    # them; the survivor is found by the other's names at once.
    changes.record(transaction, "hidden", [gone["key"]], thing=merge_id)
    return Merge(merge_id, stays["id"], gone["id"], moved, aside, tuple(stricter), tuple(kept))


def _there_once(
    transaction: Transaction, ends: dict[str, int], before: dict[str, Any], stricter: list[str]
) -> dict[str, int]:
    """Set things aside that a person has once; let the survivor's own say the stricter of both."""
    aside: dict[str, int] = {}
    for name, twice, put, better, improve in (
        ("Registration", REGISTERED_TWICE, ASIDE_REGISTRATIONS, BETTER_REGISTRATION, _came),
        ("ContactPoint", CONTACT_TWICE, ASIDE_CONTACTS, BETTER_CONTACT, _bounced),
        ("Digest", DIGEST_TWICE, ASIDE_DIGESTS, BETTER_DIGEST, _seldom),
        ("Photo", PHOTO_TWICE, ASIDE_PHOTOS, "", _neither),
    ):
        rows = transaction.run(twice, **ends)
        if not rows:
            continue
        ids = sorted({row["id"] for row in rows})
        transaction.run(put, ids=ids, gone=ends["gone"])
        aside[name] = len(ids)
        changed = []
        for row in rows:
            if improved := improve(row["own"], row["other"]):
                changed.append({"id": row["mine"], "properties": improved})
                for field_name, value in improved.items():
                    was = [text_of(row["own"].get(field_name)), text_of(value)]
                    before.setdefault(name, {}).setdefault(row["mine"], {})[field_name] = was
        if changed:
            transaction.run(better, rows=changed)
            stricter.append(name)
    return aside


def _came(own: Row, other: Row) -> Row:
    """Whoever came has come; of two answers the one that holds a place."""
    improved: Row = {}
    if other.get("attended_at") and not own.get("attended_at"):
        improved["attended_at"] = other["attended_at"]
    if BEST.get(other.get("state", ""), 0) > BEST.get(own.get("state", ""), 0):
        improved |= {"state": other["state"], "position": other.get("position")}
    return improved


def _bounced(own: Row, other: Row) -> Row:
    """An address that did not work for the one does not work for the other."""
    if other.get("bounced_at") and not own.get("bounced_at"):
        return {"bounced_at": other["bounced_at"]}
    return {}


def _neither(own: Row, other: Row) -> Row:
    """Nothing of the one says anything about the other."""
    return {}


def _seldom(own: Row, other: Row) -> Row:
    """Of two letters of suggestions the rarer."""
    if SELDOM.get(other.get("frequency", ""), 0) > SELDOM.get(own.get("frequency", ""), 0):
        return {"frequency": other["frequency"]}
    return {}


def _stricter_consents(mine: Any, theirs: Any) -> dict[str, str]:
    """Return what has to be said anew, so that the stricter of both counts."""
    own, other = stands(mine), stands(theirs)
    both = stands([*(mine or ()), *(theirs or ())])
    found = {}
    for purpose in own.keys() & other.keys():
        strict = max(own[purpose], other[purpose], key=lambda state: STRICT.get(state, 1))
        if both[purpose] != strict:
            found[purpose] = strict
    return dict(sorted(found.items()))


def _hidden(row: Row) -> bool:
    return bool(row["properties"].get("visibility") == "hidden")


def _filled(
    own: Row, other: Row, decided: standing.Decided
) -> tuple[Row, list[tuple[str, str, str]]]:
    """Return what the survivor takes over, and in what the two say different things."""
    filled: Row = {}
    kept = []
    for name in TAKEN:
        if other.get(name) is None:
            continue
        if own.get(name) is None:
            filled[name] = other[name]
        elif own[name] != other[name]:
            two = own[name], other[name]
            if name in decided.gone:
                filled[name], two = other[name], (two[1], two[0])
            kept.append((name, str(two[0]), str(two[1])))
    former = _former(own, other, filled.get("family_name", own.get("family_name")), decided)
    if former != list(own.get("former_names") or ()):
        filled["former_names"] = former or None
    answers = [row["last_answer_at"] for row in (own, other) if row.get("last_answer_at")]
    if answers and max(answers) != own.get("last_answer_at"):
        filled["last_answer_at"] = max(answers)
    # What either has confirmed no file changes; what either has taken away does not come back.
    for name in ("confirmed", "removed_contacts"):
        both = sorted({*(own.get(name) or ()), *(other.get(name) or ())})
        if name == "confirmed":
            both = sorted({*both, *decided.by_hand})
        if both != sorted(own.get(name) or ()):
            filled[name] = both
    # Letters of the site's own accord: who has said something of them, and said no, is heard.
    if other.get("notices") is not None and own.get("notices") in (None, ""):
        filled |= {"notices": other["notices"], "notices_at": other.get("notices_at")}
    if own.get("quarantined") and not other.get("quarantined"):
        filled["quarantined"] = None
    whole = own | filled
    if filled.keys() & set(NAMED):
        filled["name_key"] = name_key(whole)
    return filled, kept


def name_key(person: Row) -> str:
    """Return under what somebody is found by their name."""
    parts = (person.get(name) for name in NAMED)
    return fold(" ".join(part for part in parts if part))


def _former(own: Row, other: Row, family: Any, decided: standing.Decided) -> list[str]:
    """Return the former family names: of both, unless one's were chosen; and the one that fell."""
    mine, theirs = (list(row.get("former_names") or ()) for row in (own, other))
    if "former_names" in decided.gone:
        mine = []
    elif mine and theirs and "former_names" not in decided.both:
        theirs = []
    fallen = [row.get("family_name") for row in (other, own)]
    names = [*mine, *(() if decided.mistake else fallen), *theirs]
    return [name for name in dict.fromkeys(names) if name and name != family]


def _had(transaction: Transaction, ends: dict[str, int], merge_id: str) -> dict[str, int]:
    """Return how many ties of each kind the survivor had on their own."""
    had: dict[str, int] = {}
    for kind in kinds():
        row = transaction.run(kind.counted, stays=ends["stays"], merge=merge_id)[0]
        had[kind.type] = had.get(kind.type, 0) + row["n"] - row["came"]
    return {type_: n for type_, n in had.items() if n}


def text_of(value: Any) -> Any:
    """Return a value as JSON keeps it: times as text with what they are."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list):
        return [text_of(one) for one in value]
    native = value.to_native() if hasattr(value, "to_native") else value
    kind = "time" if isinstance(native, datetime) else "date"
    return {kind: native.isoformat()}
