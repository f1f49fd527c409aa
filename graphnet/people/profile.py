"""One person's page, as the viewer may see it."""

from dataclasses import dataclass

from graphnet import privacy
from graphnet.consent import newest
from graphnet.errors import PersonNotFound
from graphnet.people.cards import Card, cards
from graphnet.people.lookup import KEY_OF
from graphnet.privacy import STANDARD, Level, Rules, Viewer, own_word, plain_topic
from graphnet.store import Row, Store, Transaction, native

# One row: a topic of interest; a delicate one that the person has not said themselves is read by
# nobody but them.
INTERESTS = (
    """MATCH (p:Person {key: $key})-[i:INTERESTED_IN]->(t:Topic)
WHERE $own OR """
    + own_word("i", "t")
    + """
RETURN t.id AS id, t.name AS name, coalesce(t.name_ru, t.name) AS name_ru,
  coalesce(i.weight, 1.0) AS weight, NOT """
    + plain_topic("t")
    + """ AS delicate, NOT """
    + own_word("i", "t")
    + """ AS unsaid
ORDER BY weight DESC, id LIMIT 100"""
)

# One row: what the person offers or looks for, and in which ways; delicate topics as above.
HELP = (
    """MATCH (p:Person {key: $key})-[h:OFFERS|NEEDS]->(t:Topic)
WHERE $own OR """
    + own_word("h", "t")
    + """
RETURN type(h) AS tie, t.id AS id, t.name AS name, coalesce(t.name_ru, t.name) AS name_ru,
  coalesce(h.ways, []) AS ways, NOT """
    + own_word("h", "t")
    + """ AS unsaid
ORDER BY tie, name, id LIMIT 200"""
)

# One row: a community that every member finds.
COMMUNITIES = """MATCH (p:Person {key: $key})-[m:MEMBER_OF]->(g:Group)
WHERE coalesce(g.visibility, 'members') IN ['members', 'public']
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru, m.role AS role
ORDER BY name, id LIMIT 100"""

# One row: a way to reach the person.
CONTACTS = """MATCH (p:Person {key: $key})-[:HAS]->(c:ContactPoint)
RETURN c.id AS id, c.kind AS kind, c.value AS value, c.bounced_at AS bounced_at,
  c.verified_at AS verified_at, c.source AS source ORDER BY kind, value, id LIMIT 50"""

# One row: a place of work, the present one first.
WORK = """MATCH (p:Person {key: $key})-[w:WORKED_AT]->(o:Organisation)
RETURN o.id AS id, o.name AS name, coalesce(w.role, '') AS role, w.from_year AS from_year,
  w.to_year AS to_year
ORDER BY coalesce(to_year, 9999) DESC, coalesce(from_year, 0) DESC, name, id LIMIT 100"""

# One row: what the person says they studied, and staff have not confirmed.
STATED = """MATCH (s:StatedStudy)-[:OF]->(p:Person {key: $key}) MATCH (s)-[:IN]->(g)
OPTIONAL MATCH (g)-[:OF]->(c:Cohort)
RETURN s.id AS id, s.at AS at, s.from_year AS from_year, s.to_year AS to_year,
  coalesce(s.level, '') AS level, coalesce(s.programme, '') AS programme,
  g:StudyGroup AS is_group, coalesce(c.programme, g.name, '') AS name,
  coalesce(c.programme_ru, c.programme, g.name_ru, g.name, '') AS name_ru,
  c.intake_year AS intake_year, COLLECT { MATCH (g)-[k:CALLED]->(code:GroupCode)
    RETURN code.text ORDER BY k.academic_year DESC, k.term DESC, code.text LIMIT 1 } AS codes
ORDER BY at, id LIMIT 20"""

# One row: what else stands on the page: languages, the photo; what they say of being assessed, and
# who is to see what of them.
MORE = (
    """MATCH (p:Person {key: $key})
RETURN coalesce(p.languages, []) AS languages,
  COLLECT { MATCH (f:Photo)-[:OF]->(p) RETURN f.id ORDER BY f.at DESC, f.id LIMIT 1 } AS photos,
  """
    + newest("p", "profile")
    + """ AS profiling, p.visibility AS visibility, p.audiences AS audiences LIMIT 1"""
)

# field: what is read of it, where it is shown.
READS = {
    "interests": INTERESTS,
    "help": HELP,
    "groups": COMMUNITIES,
    "contacts": CONTACTS,
    "employer": WORK,
    "studies": STATED,
}


@dataclass(frozen=True)
class Profile:
    """Everything on a person's page."""

    card: Card
    interests: tuple[Row, ...]
    communities: tuple[Row, ...]
    contacts: tuple[Row, ...]
    audiences: dict[str, str]
    hidden: bool
    work: tuple[Row, ...] = ()
    offers: tuple[Row, ...] = ()
    needs: tuple[Row, ...] = ()
    stated: tuple[Row, ...] = ()
    languages: tuple[str, ...] = ()
    photo: str = ""
    objects: bool = False  # to being assessed: then nobody gets a list made about them


def profile(
    store: Store,
    viewer: Viewer,
    person_id: str,
    *,
    rules: Rules = STANDARD,
    seen_as: str = "",
) -> Profile:
    """Return a person's page for this viewer; with `seen_as` their own as another would see it.

    Raises
    ------
    PersonNotFound
        If there is no such person, or none that the viewer may see: the same answer and code path.
    """
    rows = store.read(KEY_OF, id=person_id)
    key = int(rows[0]["key"]) if rows else -1
    return _profile(store, viewer, key, rules, seen_as)


def own_profile(store: Store, viewer: Viewer, *, rules: Rules = STANDARD) -> Profile:
    """Return the viewer's own page.

    Raises
    ------
    NotAllowed
        If the viewer is nobody's person.
    """
    return _profile(store, viewer, viewer.own_key(), rules)


def _profile(store: Store, viewer: Viewer, key: int, rules: Rules, seen_as: str = "") -> Profile:
    found = cards(store, viewer, [key], rules=rules, seen_as=seen_as)
    if not found:
        raise PersonNotFound("no such person")
    card = found[0]
    own = card.level == Level.SELF
    # What is said of somebody on file or in memory is their name and studies as lists have them.
    whole = card.level in (Level.FIELDS, Level.CONNECTED, Level.TASK, Level.SELF)
    wanted = card.fields | ({"help"} if "interests" in card.fields else set())

    def work(transaction: Transaction) -> tuple[dict[str, tuple[Row, ...]], Row]:
        read = {
            name: tuple(native(row) for row in transaction.run(query, key=key, own=own))
            for name, query in READS.items()
            if whole and name in wanted
        }
        more = transaction.run(MORE, key=key)
        if not more:  # erased a moment ago
            raise PersonNotFound("no such person")
        return read, more[0]

    read, more = store.in_read(work)
    hidden = False
    settings = dict(privacy.DEFAULT_AUDIENCES)
    if own:
        hidden = more["visibility"] == "hidden"
        settings = privacy.audiences(more["audiences"])
    given = read.get("help", ())
    return Profile(
        card=card,
        interests=read.get("interests", ()),
        communities=read.get("groups", ()),
        contacts=read.get("contacts", ()),
        audiences=settings,
        hidden=hidden,
        work=read.get("employer", ()),
        offers=tuple(row for row in given if row["tie"] == "OFFERS"),
        needs=tuple(row for row in given if row["tie"] == "NEEDS"),
        stated=read.get("studies", ()),
        languages=tuple(more["languages"]) if whole and "languages" in card.fields else (),
        photo="".join(more["photos"]) if whole and "photo" in card.fields else "",
        objects=more["profiling"] == ["refused"],
    )
