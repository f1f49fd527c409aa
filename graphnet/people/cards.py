"""Cards: people in a list, each cut to what `graphnet.privacy` lets the viewer see of them."""

import hashlib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date

from graphnet import privacy
from graphnet.audit import have_read
from graphnet.consent import newest
from graphnet.errors import BadValue
from graphnet.model import Name, studied_together
from graphnet.privacy import (
    STANDARD,
    Facts,
    Level,
    Rules,
    Viewer,
    has_contact,
    in_quarantine,
    registered,
)
from graphnet.store import Row, Store, Transaction

# One row: a person with all that the privacy rules ask about, seen from the person $me (0: nobody).
FACTS = (
    """UNWIND $keys AS wanted
MATCH (p:Person {key: wanted})
OPTIONAL MATCH (me:Person {key: $me})
RETURN p.key AS key, p.id AS id, p.given_name AS given_name, p.patronymic AS patronymic,
  p.family_name AS family_name, p.former_names AS former_names, p.latin_name AS latin_name,
  p.gender AS gender, p.language AS language, p.about AS about, p.visibility AS visibility,
  p.audiences AS audiences, """
    + in_quarantine("p")
    + """ AS in_quarantine,
  p.died_on AS died_on, p.died_precision AS died_precision, coalesce(p.memorial, false) AS memorial,
  p.last_answer_at AS last_answer_at,
  """
    + registered("p")
    + """ AS claimed,
  """
    + has_contact("p")
    + """ AS has_contact,
  """
    + newest("p", "show_to_members")
    + """ AS show_to_members,
  """
    + studied_together("me", "p")
    + """ AS same_group,
  EXISTS { (me)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(:Cohort)<-[:OF]-(:StudyGroup)
           <-[:STUDIED_IN]-(p) }
    OR EXISTS { (me)-[:STUDIED_IN]->(:Cohort)<-[:STUDIED_IN]-(p) }
    OR EXISTS { (me)-[mine:COMPLETED]->(:Unit)<-[theirs:COMPLETED]-(p)
                WHERE mine.year = theirs.year } AS same_cohort,
  EXISTS { (me)-[:KNOWS]-(p) } AS connected
ORDER BY key LIMIT 10000"""
)

# One row: one of the people with all that a card says: their stays in study groups, each with the
# group's codes and faculty; what they completed, or the units in which they are known to have
# studied (the programme's Russian name, which takes longest to find, where no stay has it); where
# they live now and last worked.
DETAILS = """UNWIND $keys AS wanted
MATCH (p:Person {key: wanted})
RETURN p.key AS key,
  COLLECT { MATCH (p)-[s:STUDIED_IN]->(g:StudyGroup)
            OPTIONAL MATCH (g)-[:OF]->(c:Cohort)
            OPTIONAL MATCH (c)-[:OF]->(u:Unit)
            RETURN {group_id: g.id, group_name: g.name, cohort_id: c.id,
              intake_year: c.intake_year, programme: c.programme, programme_ru: c.programme_ru,
              unit: u.name, unit_ru: coalesce(u.name_ru, u.name), from_term: s.from_term,
              to_term: s.to_term, role: s.role, how: s.how,
              codes: COLLECT { MATCH (g)-[k:CALLED]->(code:GroupCode)
                               RETURN code.text ORDER BY k.academic_year, k.term }} AS stay
            ORDER BY s.from_term, g.id LIMIT 100 } AS stays,
  COLLECT { MATCH (p)-[c:COMPLETED|STUDIED_IN]->(u:Unit)
            RETURN {unit: u.name, unit_ru: coalesce(u.name_ru, u.name), year: c.year,
              programme: c.programme, programme_ru: CASE
                WHEN NOT EXISTS { (p)-[:STUDIED_IN]->(:StudyGroup) } THEN head(COLLECT {
                  MATCH (k:Cohort {programme: c.programme}) WHERE k.programme_ru IS NOT NULL
                  RETURN k.programme_ru ORDER BY k.programme_ru LIMIT 1 }) END} AS unit
            ORDER BY c.year, u.name LIMIT 100 } AS units,
  COLLECT { MATCH (p)-[l:LIVES_IN]->(c:Place) WHERE l.to_year IS NULL
            RETURN [c.name, coalesce(c.name_ru, c.name)] ORDER BY c.name LIMIT 1 } AS city,
  COLLECT { MATCH (p)-[w:WORKED_AT]->(o:Organisation)
            RETURN [o.name, coalesce(w.role, '')]
            ORDER BY coalesce(w.to_year, 9999) DESC, coalesce(w.from_year, 0) DESC, o.name
            LIMIT 1 } AS work
ORDER BY key LIMIT 10000"""


NOTHING_MORE: Row = {"stays": [], "units": [], "city": [], "work": []}


@dataclass(frozen=True)
class Study:
    """One stay in a study group, or what is known instead: a unit and a year."""

    group_id: str
    codes: tuple[str, ...]
    cohort_id: str
    intake_year: int | None
    programme: str
    programme_ru: str
    unit: str
    unit_ru: str
    from_term: int | None
    to_term: int | None
    role: str
    how: str
    graduation_year: int | None = None

    @property
    def code(self) -> str:
        """The latest code that the group had."""
        return self.codes[-1] if self.codes else ""


@dataclass(frozen=True)
class Card:
    """A person in a list, already cut to what the viewer may see."""

    key: int
    id: str
    name: Name
    latin_name: str
    gender: str
    language: str
    level: Level
    state: str
    fields: frozenset[str]
    studies: tuple[Study, ...] = ()
    city: tuple[str, str] = ("", "")
    employer: tuple[str, str] = ("", "")
    connected: bool = False
    pseudonym: str = ""
    about: str = ""
    died_on: date | None = None
    died_precision: str = ""  # 'day' where it is empty; 'year' or 'unknown' by staff's note


def pseudonym(person_id: str, secret: bytes) -> str:
    """Return the name under which an analyst sees a person: stable, and no way back to the id."""
    digest = hashlib.blake2b(person_id.encode(), key=secret[:64], digest_size=8)
    return digest.hexdigest()


def state_of(row: Row, level: Level) -> str:
    """Return the person's state in a word: derived here, never stored.

    Alumni are told `registered`, `not_registered` or `no_contact`; staff also `silent` and `lost`.
    """
    if row["died_on"] is not None:
        return "deceased"
    if row["claimed"]:
        return "registered"
    if level == Level.TASK:
        if not row["has_contact"]:
            return "lost"
        return "reachable" if row["last_answer_at"] else "silent"
    return "not_registered" if row["has_contact"] else "no_contact"


def cards(
    store: Store,
    viewer: Viewer,
    keys: Iterable[int],
    *,
    rules: Rules = STANDARD,
    brief: bool | Container[int] = False,
    seen_as: str = "",
) -> list[Card]:
    """Return the cards of those people whom the viewer may see, in the order of `keys`.

    A `brief` card has the name and what is shown to the viewer, but not what they studied nor where
    they live and work: for whoever is only named, at half of the cost. Keys instead of a bool say
    whose cards are.

    With `seen_as` people see themselves as somebody else would (`privacy.PRETENCES`): only their
    own card is asked for, and nobody has read it.

    A read by staff is written into the audit trail with its purpose: one entry a list.
    """
    wanted = list(dict.fromkeys(int(key) for key in keys))
    if not wanted:
        return []
    if seen_as and (seen_as not in privacy.PRETENCES or wanted != [viewer.own_key()]):
        raise BadValue("people see their own page as one of " + ", ".join(privacy.PRETENCES))
    asking = viewer

    levels: dict[int, tuple[Facts, Level]] = {}

    def work(transaction: Transaction) -> tuple[list[Row], list[Row]]:
        nonlocal viewer
        facts = transaction.run(FACTS, keys=wanted, me=asking.person_key or 0)
        for row in facts:
            seen = privacy.facts_of(row, asking)
            if seen_as:
                viewer, seen = privacy.pretended(seen_as, seen)
            at = privacy.level(viewer, seen, unclaimed_audience=rules.unclaimed_audience)
            levels[row["key"]] = seen, at
        if brief is True:
            return facts, []
        # Of who is not seen nothing more is read: the same queries as for who does not exist.
        shown = [
            key
            for key, (_, at) in levels.items()
            if at > Level.NOTHING and not (brief and key in brief)
        ]
        return facts, transaction.run(DETAILS, keys=shown)

    rows, details = store.in_read(work)
    detail = {row["key"]: row for row in details}
    found: dict[int, Card] = {}
    for row in rows:
        key = row["key"]
        facts, level = levels[key]
        if level == Level.NOTHING:
            continue
        shown = privacy.shown_fields(viewer, facts, row["audiences"], at=level)
        place = detail.get(key, NOTHING_MORE)
        found[key] = Card(
            key=key,
            id=row["id"] if level != Level.PSEUDONYM else "",
            name=Name(
                row["given_name"] or "",
                row["family_name"] or "",
                row["patronymic"] or "",
                tuple(row["former_names"] or ()) if level >= Level.FIELDS else (),
            )
            if "name" in shown
            else Name("", ""),
            latin_name=(row["latin_name"] or "") if "name" in shown else "",
            gender=row["gender"] or "",
            language=row["language"] or "",
            level=level,
            state=state_of(row, level),
            fields=shown,
            studies=_studies(place["stays"], place["units"]) if "studies" in shown else (),
            city=tuple(place["city"][0]) if place["city"] and "city" in shown else ("", ""),
            employer=tuple(place["work"][0]) if place["work"] and "employer" in shown else ("", ""),
            connected=facts.connected,
            pseudonym=pseudonym(row["id"], rules.pseudonym_key) if level == Level.PSEUDONYM else "",
            about=(row["about"] or "") if "about" in shown else "",
            died_on=row["died_on"].to_native() if row["died_on"] is not None else None,
            died_precision=row["died_precision"] or "",
        )
    if viewer.is_staff and found and not seen_as:
        have_read(store, viewer, f"{len(found)} people", found)
    return [found[key] for key in wanted if key in found]


def _studies(groups: list[Row], units: list[Row]) -> tuple[Study, ...]:
    completed = {row["year"] for row in units if row["year"]}
    last = max(completed, default=None)
    result = [
        Study(
            group_id=row["group_id"],
            codes=tuple(row["codes"]) or ((row["group_name"],) if row["group_name"] else ()),
            cohort_id=row["cohort_id"] or "",
            intake_year=row["intake_year"],
            programme=row["programme"] or "",
            programme_ru=row["programme_ru"] or row["programme"] or "",
            unit=row["unit"] or "",
            unit_ru=row["unit_ru"] or "",
            from_term=row["from_term"],
            to_term=row["to_term"],
            role=row["role"] or "student",
            how=row["how"] or "",
            graduation_year=last,
        )
        for row in groups
    ]
    if not result:
        result = [
            Study(
                group_id="",
                codes=(),
                cohort_id="",
                intake_year=None,
                programme=row["programme"] or "",
                programme_ru=row["programme_ru"] or row["programme"] or "",
                unit=row["unit"] or "",
                unit_ru=row["unit_ru"] or "",
                from_term=None,
                to_term=None,
                role="student",
                how="",
                graduation_year=row["year"],
            )
            for row in units
        ]
    return tuple(result)
