"""One person's page, as the viewer may see it."""

from dataclasses import dataclass
from typing import LiteralString

from graphnet import privacy
from graphnet.consent import newest
from graphnet.errors import PersonNotFound
from graphnet.people.cards import Card, cards
from graphnet.people.lookup import KEY_OF
from graphnet.privacy import STANDARD, Level, Rules, Viewer, own_word, plain_topic
from graphnet.store import Row, Store, native

# Topics of interest; a delicate one that the person has not said themselves is read by nobody but
# them.
_INTERESTS = (
    """MATCH (p)-[i:INTERESTED_IN]->(t:Topic) WHERE $own OR """
    + own_word("i", "t")
    + """
  RETURN {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name),
    weight: coalesce(i.weight, 1.0), delicate: NOT """
    + plain_topic("t")
    + """, unsaid: NOT """
    + own_word("i", "t")
    + """} AS one ORDER BY coalesce(i.weight, 1.0) DESC, t.id LIMIT 100"""
)

# What the person offers or looks for, and in which ways; delicate topics as above.
_HELP = (
    """MATCH (p)-[h:OFFERS|NEEDS]->(t:Topic) WHERE $own OR """
    + own_word("h", "t")
    + """
  RETURN {tie: type(h), id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name),
    ways: coalesce(h.ways, []), unsaid: NOT """
    + own_word("h", "t")
    + """} AS one ORDER BY type(h), t.name, t.id LIMIT 200"""
)

# Communities that every member finds.
_COMMUNITIES = """MATCH (p)-[m:MEMBER_OF]->(g:Group)
  WHERE coalesce(g.visibility, 'members') IN ['members', 'public']
  RETURN {id: g.id, name: g.name, name_ru: coalesce(g.name_ru, g.name), role: m.role} AS one
  ORDER BY g.name, g.id LIMIT 100"""

# Ways to reach the person.
_CONTACTS = """MATCH (p)-[:HAS]->(c:ContactPoint)
  RETURN {id: c.id, kind: c.kind, value: c.value, bounced_at: c.bounced_at,
    verified_at: c.verified_at, source: c.source} AS one
  ORDER BY c.kind, c.value, c.id LIMIT 50"""

# Places of work, the present one first.
_WORK = """MATCH (p)-[w:WORKED_AT]->(o:Organisation)
  RETURN {id: o.id, name: o.name, role: coalesce(w.role, ''), from_year: w.from_year,
    to_year: w.to_year} AS one
  ORDER BY coalesce(w.to_year, 9999) DESC, coalesce(w.from_year, 0) DESC, o.name, o.id LIMIT 100"""

# What the person says they studied, and staff have not confirmed.
_STATED = """MATCH (s:StatedStudy)-[:OF]->(p) MATCH (s)-[:IN]->(g)
  OPTIONAL MATCH (g)-[:OF]->(c:Cohort)
  RETURN {id: s.id, at: s.at, from_year: s.from_year, to_year: s.to_year,
    level: coalesce(s.level, ''), programme: coalesce(s.programme, ''), is_group: g:StudyGroup,
    name: coalesce(c.programme, g.name, ''),
    name_ru: coalesce(c.programme_ru, c.programme, g.name_ru, g.name, ''),
    intake_year: c.intake_year, codes: COLLECT { MATCH (g)-[k:CALLED]->(code:GroupCode)
      RETURN code.text ORDER BY k.academic_year DESC, k.term DESC, code.text LIMIT 1 }} AS one
  ORDER BY s.at, s.id LIMIT 20"""

# field: what is read of it, where it is shown.
_READS: dict[str, LiteralString] = {
    "interests": _INTERESTS,
    "help": _HELP,
    "groups": _COMMUNITIES,
    "contacts": _CONTACTS,
    "employer": _WORK,
    "studies": _STATED,
}

# One row: a page, of each field a list that is empty where it is not in $fields: languages, the
# photo, what they say of being assessed, and who is to see what of them.
PAGE: LiteralString = (
    "MATCH (p:Person {key: $key})\nRETURN "
    + "".join(
        f"CASE WHEN '{field}' IN $fields THEN COLLECT {{\n  {read}\n}} ELSE [] END AS {field},\n"
        for field, read in _READS.items()
    )
    + """coalesce(p.languages, []) AS languages,
  COLLECT { MATCH (f:Photo)-[:OF]->(p) RETURN f.id ORDER BY f.at DESC, f.id LIMIT 1 } AS photos,
  """
    + newest("p", "profile")
    + """ AS profiling, p.visibility AS visibility, p.audiences AS audiences LIMIT 1"""
)


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

    fields = [field for field in _READS if whole and field in wanted]
    rows = store.read(PAGE, key=key, own=own, fields=fields)
    if not rows:  # erased a moment ago
        raise PersonNotFound("no such person")
    more = rows[0]
    read = {field: tuple(native(one) for one in more[field]) for field in _READS}
    hidden = False
    settings = dict(privacy.DEFAULT_AUDIENCES)
    if own:
        hidden = more["visibility"] == "hidden"
        settings = privacy.audiences(more["audiences"])
    given = read["help"]
    return Profile(
        card=card,
        interests=read["interests"],
        communities=read["groups"],
        contacts=read["contacts"],
        audiences=settings,
        hidden=hidden,
        work=read["employer"],
        offers=tuple(row for row in given if row["tie"] == "OFFERS"),
        needs=tuple(row for row in given if row["tie"] == "NEEDS"),
        stated=read["studies"],
        languages=tuple(more["languages"]) if whole and "languages" in card.fields else (),
        photo="".join(more["photos"]) if whole and "photo" in card.fields else "",
        objects=more["profiling"] == ["refused"],
    )
