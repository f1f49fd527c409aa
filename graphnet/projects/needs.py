"""What a project needs, and who offers it: both see why they fit, and both hear what becomes of it.

Somebody offers help with one need. Who leads the project sees who it is and what speaks for them,
and says yes or no in words; with a yes they are in the team.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, shown, visibilities
from graphnet.projects.editing import Editable, both_languages, locked, on
from graphnet.projects.team import JOIN
from graphnet.projects.telling import tell, tell_leads
from graphnet.store import Row, Store, Transaction, native

KINDS = ("money", "expertise", "hands", "lab")
LONGEST_TEXT, LONGEST_WORDS = 300, 2_000
MOST = 20
MOST_OFFERS = 10  # that one person has open at once
NOT_OFFERED = {
    "works": "you are in the team of this project already",
    "offered": "you have offered this already: wait for an answer",
    "met": "this need is met by now: look what else is needed",
}

# One row: something that a project needs, what waits first; whether the viewer has offered it.
OF_PROJECT = """MATCH (j:Project {id: $id})<-[:FOR]-(n:ProjectNeed)
RETURN n.id AS id, n.kind AS kind, n.text AS text, coalesce(n.text_ru, n.text) AS text_ru,
  n.at AS at, n.met_at AS met_at,
  COUNT { (n)<-[:FOR]-(:HelpOffer {state: 'accepted'})-[:BY]->(:Person) } AS helping,
  head(COLLECT { MATCH (n)<-[:FOR]-(o:HelpOffer)-[:BY]->(:Person {key: $me})
    WHERE o.state IN ['open', 'accepted', 'declined']
    RETURN {id: o.id, state: o.state, text: o.text, at: o.at, answer: coalesce(o.answer, '')}
    ORDER BY o.at DESC, o.id LIMIT 1 }) AS mine
ORDER BY met_at IS NOT NULL, at, id LIMIT 50"""

# One row: how many needs a project has.
COUNT = """MATCH (j:Project {id: $id}) RETURN COUNT { (j)<-[:FOR]-(:ProjectNeed) } AS n LIMIT 1"""

# One row: the new need.
ADD = """MATCH (j:Project {id: $id})
CREATE (n:ProjectNeed {id: $new, kind: $kind, text: $text, text_ru: $text_ru, at: $now})
  -[:FOR]->(j)
RETURN n.id AS id"""

# One row: the need, met or not any more.
MEET = """MATCH (n:ProjectNeed {id: $need})-[:FOR]->(:Project {id: $id})
SET n.met_at = $at RETURN n.id AS id"""

# One row: the need that is gone; one that somebody has answered stays, and can be met.
REMOVE = """MATCH (n:ProjectNeed {id: $need})-[:FOR]->(:Project {id: $id})
WHERE NOT EXISTS { (n)<-[:FOR]-(:HelpOffer) }
DETACH DELETE n RETURN $need AS id"""

_FITS = """
  [(p)-[:OFFERS]->(t:Topic)<-[:ABOUT]-(j) | [t.name, coalesce(t.name_ru, t.name)]] AS offers,
  [(p)-[:INTERESTED_IN]->(t:Topic)<-[:ABOUT]-(j) | [t.name, coalesce(t.name_ru, t.name)]]
    AS interests,
  [(p)-[:MEMBER_OF]->(g:Group)<-[:HELD_BY]-(j) | [g.name, coalesce(g.name_ru, g.name)]] AS groups,
  EXISTS { (j)<-[:FOR]-(v:Pledge)-[:BY]->(p) WHERE v.state <> 'withdrawn' } AS supports"""

# One row: what speaks for somebody as a helper of a project.
FITS = (
    """MATCH (p:Person {key: $key}) CALL (p) { MATCH (j:Project {id: $id}) RETURN j }
RETURN """
    + _FITS
    + " LIMIT 1"
)

# One row: a need of an open project that the viewer finds and does not work on, locked; how many
# offers of theirs are open.
OFFERING = (
    """MATCH (n:ProjectNeed {id: $need})-[:FOR]->(j:Project {id: $id})
WHERE coalesce(j.visibility, 'members') IN $visibilities AND coalesce(j.state, 'open') = 'open'
SET n.id = n.id
WITH n, j MATCH (p:Person {key: $me})
RETURN n.met_at IS NOT NULL AS met, EXISTS { (p)-[:WORKS_ON]->(j) } AS works,
  """
    + shown("p")
    + """ AS shown,
  EXISTS { (n)<-[:FOR]-(o:HelpOffer)-[:BY]->(p) WHERE o.state IN ['open', 'accepted'] } AS offered,
  COUNT { (:HelpOffer {state: 'open'})-[:BY]->(p) } AS open LIMIT 1"""
)

# One row: the new offer.
OFFER = """MATCH (n:ProjectNeed {id: $need}) CALL (n) { MATCH (p:Person {key: $me}) RETURN p }
CREATE (p)<-[:BY]-(o:HelpOffer {id: $new, state: 'open', text: $text, at: $now})-[:FOR]->(n)
RETURN o.id AS id"""

# One row: an offer, locked, by whom and for what.
ONE_LOCKED = """MATCH (o:HelpOffer {id: $id}) SET o.id = o.id
WITH o MATCH (o)-[:FOR]->(n:ProjectNeed)-[:FOR]->(j:Project) MATCH (o)-[:BY]->(p:Person)
RETURN o.state AS state, p.key AS key, j.id AS project, n.id AS need LIMIT 1"""

# One row: the offer as it was answered.
ANSWER = """MATCH (o:HelpOffer {id: $id})
SET o.state = $state, o.answer = $answer, o.answered_at = $now RETURN o.id AS id"""

# One row: an offer to a project, for who leads it; what waits first.
OFFERS = (
    """MATCH (j:Project {id: $id})<-[:FOR]-(n:ProjectNeed)<-[:FOR]-(o:HelpOffer)-[:BY]->(p:Person)
WHERE o.state <> 'withdrawn'
RETURN o.id AS id, o.state AS state, o.text AS text, o.at AS at, coalesce(o.answer, '') AS answer,
  n.text AS need, coalesce(n.text_ru, n.text) AS need_ru, n.kind AS kind, p.key AS key, """
    + _FITS
    + " ORDER BY state <> 'open', at, id LIMIT 200"
)

# One row: a project with offers that wait for who leads it.
WAITING = (
    """MATCH (me:Person {key: $me})-[:WORKS_ON {role: 'lead'}]->(j:Project)
WITH j, COUNT { MATCH (j)<-[:FOR]-(:ProjectNeed)<-[:FOR]-(o:HelpOffer {state: 'open'})
    -[:BY]->(p:Person) WHERE """
    + shown("p")
    + """ } AS offers
WHERE offers > 0
RETURN j.id AS id, j.name AS name, coalesce(j.name_ru, j.name) AS name_ru, offers
ORDER BY name, id LIMIT 50"""
)

# One row: an offer of the viewer's that was answered lately.
ANSWERED = """MATCH (:Person {key: $me})<-[:BY]-(o:HelpOffer)-[:FOR]->(n:ProjectNeed)
  -[:FOR]->(j:Project)
WHERE o.state IN ['accepted', 'declined'] AND o.answered_at > $since
RETURN o.id AS id, o.state AS state, o.answer AS answer, n.text AS need, j.id AS project,
  j.name AS name, coalesce(j.name_ru, j.name) AS name_ru ORDER BY o.answered_at DESC, id LIMIT 10"""

# One row: an offer for a letter.
FOR_LETTER = """MATCH (o:HelpOffer {id: $id})-[:FOR]->(n:ProjectNeed)
RETURN o.state AS state, coalesce(o.answer, '') AS answer, n.text AS need,
  coalesce(n.text_ru, n.text) AS need_ru LIMIT 1"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)<-[:TO]-(:TeamInvitation {state: 'asked'}) }
  OR EXISTS { (me)-[:WORKS_ON {role: 'lead'}]->(:Project) }
  OR EXISTS { (me)<-[:BY]-(offer:HelpOffer) WHERE offer.state IN ['accepted', 'declined'] }"""


@dataclass(frozen=True)
class Fit:
    """What speaks for somebody as a helper: topics in both languages, communities, a gift."""

    offers: tuple[tuple[str, str], ...]
    interests: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    supports: bool

    def __bool__(self) -> bool:
        return bool(self.offers or self.interests or self.groups or self.supports)


def _fit(row: Row) -> Fit:
    def pairs(name: str) -> tuple[tuple[str, str], ...]:
        return tuple(sorted((str(a), str(b)) for a, b in row[name]))

    offers = pairs("offers")
    interests = tuple(one for one in pairs("interests") if one not in offers)
    return Fit(offers, interests, pairs("groups"), row["supports"])


def of_project(store: Store, viewer: Viewer, project_id: str) -> list[Row]:
    """Return what a project needs, with the viewer's own offer, to whom may see the project."""
    rows = store.read(OF_PROJECT, id=project_id, me=viewer.person_key or 0)
    return [native(row) for row in rows]


def fit(store: Store, viewer: Viewer, project_id: str) -> Fit:
    """Return what speaks for the viewer as a helper of a project: who leads it would see it."""
    rows = store.read(FITS, id=project_id, key=viewer.own_key())
    return _fit(rows[0]) if rows else Fit((), (), (), supports=False)


def add(
    store: Store, viewer: Viewer, project_id: str, kind: str, text: str, text_ru: str = ""
) -> None:
    """Say something more that a project needs, in one of the languages at least.

    Raises
    ------
    ThingNotFound, BadValue, TooMany
    """
    if kind not in KINDS:
        raise BadValue(f"a need is one of {', '.join(KINDS)}", code="unknown", field="kind")
    said = both_languages(text, text_ru, longest=LONGEST_TEXT)

    def act(transaction: Transaction, _found: Editable) -> None:
        if transaction.run(COUNT, id=project_id)[0]["n"] >= MOST:
            raise TooMany(
                f"{MOST} needs are enough for a project: take one away first", code="needs"
            )
        given = said | {"kind": kind, "now": datetime.now(UTC)}
        transaction.run(ADD, id=project_id, new=new_id(), **given)

    on(store, viewer, project_id, "add need", act)


def meet(store: Store, viewer: Viewer, project_id: str, need: str, *, met: bool) -> None:
    """Say that a need is met, or that it is not any more.

    Raises
    ------
    ThingNotFound
    """

    def act(transaction: Transaction, _found: Editable) -> None:
        at = datetime.now(UTC) if met else None
        if not transaction.run(MEET, id=project_id, need=need, at=at):
            raise ThingNotFound("no such need")

    on(store, viewer, project_id, "meet need", act)


def remove(store: Store, viewer: Viewer, project_id: str, need: str) -> None:
    """Take a need away that nobody has answered.

    Raises
    ------
    ThingNotFound
    Conflict
        If somebody has: it can be said to be met.
    """

    def act(transaction: Transaction, _found: Editable) -> None:
        if not transaction.run(REMOVE, id=project_id, need=need):
            raise Conflict(
                "somebody has offered to help with this need, so it stays", code="answered"
            )

    on(store, viewer, project_id, "remove need", act)


def offer(store: Store, viewer: Viewer, project_id: str, need: str, text: str) -> str:
    """Offer help with a need, and return the offer's id; who leads the project gets a letter.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue, TooMany
    Conflict
        ``hidden``: nobody could see who offers. ``works``, ``offered``, ``met``.
    """
    key, said = viewer.me(), text.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST_WORDS:
        raise BadValue(
            f"say how one can help, in 1 to {LONGEST_WORDS:,} characters",
            code="needed",
            field="text",
        )

    def work(transaction: Transaction) -> str:
        rows = transaction.run(
            OFFERING, id=project_id, need=need, me=key, visibilities=visibilities(viewer)
        )
        if not rows:
            raise ThingNotFound("no such need")
        found = rows[0]
        if not found["shown"]:
            raise Conflict(
                "you are hidden, so that who runs the project could not see who offers: show "
                "yourself first",
                code="hidden",
            )
        for name in ("works", "offered", "met"):
            if found[name]:
                raise Conflict(NOT_OFFERED[name], code=name)
        if found["open"] >= MOST_OFFERS:
            raise TooMany(
                f"{MOST_OFFERS} open offers are enough: wait for an answer", code="offers"
            )
        made = new_id()
        transaction.run(OFFER, need=need, me=key, new=made, text=said, now=datetime.now(UTC))
        acted(transaction, viewer, "offer help", project_id, change="changed", keys=[key])
        tell_leads(transaction, project_id, "offered", {"offer": made}, once=made)
        return made

    return store.in_write(work)


def withdraw(store: Store, viewer: Viewer, offer_id: str) -> str:
    """Take back one's own offer that was not answered yet; return the project's id.

    Raises
    ------
    ThingNotFound, Conflict
    """
    key = viewer.own_key()

    def work(transaction: Transaction) -> str:
        rows = transaction.run(ONE_LOCKED, id=offer_id)
        if not rows or rows[0]["key"] != key:
            raise ThingNotFound("no such offer")
        if rows[0]["state"] != "open":
            raise Conflict("this offer was answered or taken back meanwhile", code="answered")
        now = datetime.now(UTC)
        transaction.run(ANSWER, id=offer_id, state="withdrawn", answer=None, now=now)
        return str(rows[0]["project"])

    return store.in_write(work)


def decide(store: Store, viewer: Viewer, offer_id: str, said: str, words: str) -> str:
    """Take an offer or decline it, with words to who made it; return the project's id.

    Raises
    ------
    ThingNotFound, Conflict
    BadValue
        ``words: needed``: whoever is declined learns why.
    """
    text = words.replace("\r\n", "\n").strip()
    if said not in ("accepted", "declined"):
        raise BadValue("an offer is accepted or declined", code="unknown", field="answer")
    if len(text) > LONGEST_WORDS or (said == "declined" and not text):
        raise BadValue(
            f"say in at most {LONGEST_WORDS:,} characters why: who offered reads it",
            code="needed",
            field="words",
        )

    def work(transaction: Transaction) -> str:
        rows = transaction.run(ONE_LOCKED, id=offer_id)
        if not rows:
            raise ThingNotFound("no such offer")
        found = rows[0]
        locked(transaction, viewer, found["project"])
        if found["state"] != "open":
            raise Conflict("this offer was answered or taken back meanwhile", code="answered")
        now = datetime.now(UTC)
        transaction.run(ANSWER, id=offer_id, state=said, answer=text, now=now)
        if said == "accepted":
            transaction.run(JOIN, id=found["project"], me=found["key"], now=now)
        values = {"project": found["project"], "offer": offer_id}
        tell(transaction, found["key"], "matched", values, once=offer_id)
        keys = [found["key"]]
        acted(transaction, viewer, f"offer {said}", found["project"], change="changed", keys=keys)
        return str(found["project"])

    return store.in_write(work)


def offers(live: Live, viewer: Viewer, project_id: str) -> list[tuple[Row, Card | None, Fit]]:
    """Return who offers what and why it fits, for who leads a project; without a card, who hid."""
    store = live.store
    rows = [native(row) for row in store.read(OFFERS, id=project_id)]
    seen = {c.key: c for c in cards(store, viewer, [r["key"] for r in rows], rules=live.rules)}
    return [(row, seen.get(row["key"]), _fit(row)) for row in rows]


def waiting(store: Store, viewer: Viewer) -> list[Row]:
    """Return the viewer's projects with offers that wait for an answer."""
    return store.read(WAITING, me=viewer.me())


def answered(store: Store, viewer: Viewer, *, since: datetime) -> list[Row]:
    """Return the viewer's offers that were answered since then."""
    return store.read(ANSWERED, me=viewer.me(), since=since)


def for_letter(store: Store, offer_id: str) -> Row | None:
    """Return an offer for a letter; None if there is none any more."""
    rows = store.read(FOR_LETTER, id=offer_id)
    return rows[0] if rows else None
