"""Who on file a visitor may be: by name, by group or faculty, and by a year of their studies.

    words -> groups of that code, units of that name -> people there in that year -> one, or none

Only the worker asks this: a visitor's own request takes the same steps whoever was typed.
"""

from dataclasses import dataclass
from datetime import datetime

from graphnet.discovery.criteria import spellings
from graphnet.discovery.vocabulary import stemmed, vocabulary
from graphnet.errors import SnapshotError
from graphnet.live import Live
from graphnet.model import lineage
from graphnet.names.folding import fold
from graphnet.onboarding.name_matching import FRESH, match
from graphnet.privacy import apart
from graphnet.store import Row, Transaction

MOST = 4000  # of a faculty in the years around one: more, and nobody is taken to be meant

# One row: a study group that was called so around that year, or that bears that name.
GROUPS = """CALL () {
  MATCH (code:GroupCode)<-[k:CALLED]-(g:StudyGroup)
  WHERE code.text IN $codes AND k.academic_year >= $year - 2 AND k.academic_year <= $year + 1
  RETURN g
  UNION MATCH (g:StudyGroup)-[:OF]->(c:Cohort)
  WHERE g.name IN $codes AND c.intake_year >= $year - 8 AND c.intake_year <= $year + 1
  RETURN g
}
RETURN g.id AS id ORDER BY id LIMIT 50"""

_PERSON = (
    """RETURN p.key AS key, p.given_name AS given, p.patronymic AS patronymic,
  p.family_name AS family, p.former_names AS former, p.latin_name AS latin,
  """
    + apart("p")
    + """ AS apart,
  EXISTS { (p)<-[:OF]-(:Account) } AS claimed, [] AS address, false AS fresh,
  COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN [a.id, a.email, a.language] ORDER BY a.id LIMIT 1 } AS accounts,
  COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'email'})
            WHERE c.bounced_at IS NULL AND c.verified_at >= $since
            RETURN c.value ORDER BY c.verified_at DESC, c.value LIMIT 1 } AS confirmed,
  COLLECT { MATCH (p)-[done:COMPLETED]->(:Unit) WHERE done.diploma IS NOT NULL
            RETURN done.diploma ORDER BY done.diploma LIMIT 10 } AS diplomas,
  coalesce(study_group, '') AS group_id
ORDER BY key, group_id LIMIT 4001"""
)

# One row: somebody of the lineage of one of those groups, with all that a visitor's way in depends
# on: whether an account is theirs, their address that was confirmed lately, their diplomas.
IN_GROUPS = (
    """UNWIND $groups AS wanted MATCH (g:StudyGroup {id: wanted})
"""
    + lineage("g", "h")
    + """MATCH (h)<-[:STUDIED_IN]-(p:Person)
WITH p, min(h.id) AS study_group
"""
    + _PERSON
)

# One row: the same of somebody who studied in one of those units around that year, or left it with
# a degree then.
IN_UNITS = (
    """UNWIND $units AS wanted MATCH (u:Unit {id: wanted})
CALL (u) {
  MATCH (u)<-[:PART_OF*0..4]-(part:Unit) RETURN part
}
CALL (part) {
  MATCH (part)<-[:OF*0..2]-(place)<-[s:STUDIED_IN]-(p:Person)
  WHERE (s.from_term IS NOT NULL OR s.to_term IS NOT NULL)
    AND coalesce(s.from_term / 2, 0) - 1 <= $year
    AND coalesce((s.to_term + 1) / 2, 9999) + 1 >= $year
  RETURN p, CASE WHEN place:StudyGroup THEN place.id END AS place_id
  UNION MATCH (part)<-[:OF*0..1]-(c:Cohort)<-[:OF*0..1]-(place)<-[s:STUDIED_IN]-(p:Person)
  WHERE s.from_term IS NULL AND s.to_term IS NULL
    AND c.intake_year >= $year - 8 AND c.intake_year <= $year + 1
  RETURN p, CASE WHEN place:StudyGroup THEN place.id END AS place_id
  UNION MATCH (part)<-[done:COMPLETED]-(p:Person)
  WHERE done.year >= $year - 1 AND done.year <= $year + 8
  RETURN p, null AS place_id
}
WITH p, min(place_id) AS study_group
"""
    + _PERSON
)


@dataclass(frozen=True)
class OnFile:
    """Whom the words mean, as far as that is certain.

    `reason` is '' if they mean exactly one person, else 'nobody', 'several' or 'registered'; of who
    is registered, `account` has the id, address and language. `group_id` is the study group where
    they would be asked about: the person's, or the one that was named.
    """

    reason: str = "nobody"
    key: int | None = None
    address: str = ""
    account: tuple[str, str, str] | None = None
    diplomas: tuple[str, ...] = ()
    group_id: str = ""


def units_called(live: Live, place: str) -> list[str]:
    """Return the ids of the faculties and departments that the words may name."""
    try:
        snapshot = live.view().snapshot
    except SnapshotError:  # of a new installation, where no unit is known yet either
        return []
    known, key = vocabulary(snapshot), fold(place)
    found = (
        known.exact["unit"].get(key)
        or known.in_any_case("unit", key)
        or known.with_words("unit", stemmed(key))
    )
    units = [thing for thing in found if thing not in known.universities]
    return [str(snapshot.things["units"].ids[thing]) for thing in units]


def who(
    transaction: Transaction, live: Live, *, name: str, former: str, place: str, year: int,
    now: datetime,
) -> OnFile:  # fmt: skip
    """Return whom a visitor's words mean among those who were there in that year."""
    since = now - FRESH
    asked = {"year": year, "since": since}
    groups = [
        str(row["id"]) for row in transaction.run(GROUPS, codes=sorted(spellings(place)), **asked)
    ]
    rows = {
        row["key"]: row
        for query, given in (
            (IN_UNITS, {"units": units_called(live, place)}),
            (IN_GROUPS, {"groups": groups}),
        )
        for row in transaction.run(query, **given, **asked)
    }
    named = groups[0] if len(groups) == 1 else ""
    if len(rows) > MOST:
        return OnFile("several", group_id=named)
    people = list(rows.values())
    # Whoever is registered is looked for too, to be told so where they read their letters.
    found = match([row | {"claimed": False} for row in people], name, former)
    if found.key is None:
        return OnFile(found.reason, group_id=named)
    return _on_file(rows[found.key])


def _on_file(row: Row) -> OnFile:
    account = tuple(str(part or "") for part in row["accounts"][0]) if row["accounts"] else None
    return OnFile(
        reason="registered" if row["claimed"] else "",
        key=int(row["key"]),
        address="".join(row["confirmed"]),
        account=(account[0], account[1], account[2]) if account else None,
        diplomas=tuple(map(diploma_key, row["diplomas"])),
        group_id=str(row["group_id"]),
    )


def diploma_key(number: str) -> str:
    """Return a diploma's number as it is compared: letters of either script, and digits, only.

    Examples
    --------
    >>> diploma_key("№ ВСГ 0123456") == diploma_key("bcг0123456")
    True
    """
    plain = "".join(letter for letter in number.upper() if letter.isalnum())
    return plain.translate(str.maketrans("РКНМВСТАЕХОУП", "PKHMBCTAEXOYP"))
