"""What the fields of a person are chosen from: cities, employers, study groups, faculties."""

from typing import Any

from graphnet.errors import BadValue
from graphnet.model import new_id, term
from graphnet.names.folding import fold
from graphnet.store import Row, Store, Transaction

# One row: a city.
CITIES = """MATCH (c:Place) WHERE coalesce(c.kind, 'city') = 'city'
RETURN c.id AS id, c.name AS name, coalesce(c.name_ru, c.name) AS name_ru
ORDER BY name_ru, id LIMIT 5000"""

# One row: a faculty or institute.
UNITS = """MATCH (u:Unit) WHERE u.kind IN ['faculty', 'institute', 'school', 'department']
RETURN u.id AS id, u.name AS name, coalesce(u.name_ru, u.name) AS name_ru
ORDER BY name_ru, id LIMIT 1000"""

# One row: a study group that had a code, with the intake and what it studied.
GROUPS = """MATCH (code:GroupCode {text: $code})<-[k:CALLED]-(g:StudyGroup)
OPTIONAL MATCH (g)-[:OF]->(c:Cohort)
WITH DISTINCT g, c
RETURN g.id AS id, c.intake_year AS intake_year, coalesce(c.programme, g.name) AS name,
  coalesce(c.programme_ru, c.programme, g.name) AS name_ru
ORDER BY intake_year, id LIMIT 50"""

# One row: the organisation of that name, made if nobody has named it before.
ORGANISATION = """MERGE (o:Organisation {name_key: $name_key})
ON CREATE SET o.id = $id, o.name = $name
RETURN o.id AS id, o.name AS name ORDER BY id LIMIT 1"""

# One row: what is known of a study group's years.
YEARS = """MATCH (g:StudyGroup {id: $id}) OPTIONAL MATCH (g)-[:OF]->(c:Cohort)
RETURN g.id AS id, c.intake_year AS intake_year LIMIT 1"""

# One row: a faculty or institute by its id.
UNIT = "MATCH (u:Unit {id: $id}) RETURN u.id AS id LIMIT 1"

LONGEST = 120
FIRST_YEAR, LAST_YEAR = 1900, 2100


def cities(store: Store) -> list[Row]:
    """Return every city that is known here, by its Russian name."""
    return store.read(CITIES)


def units(store: Store) -> list[Row]:
    """Return the faculties and institutes."""
    return store.read(UNITS)


def groups(store: Store, code: str) -> list[Row]:
    """Return the study groups that ever had this code: one code is other people every year."""
    return store.read(GROUPS, code=code.strip())


def city_named(found: list[Row], name: str) -> Row | None:
    """Return the city that is called so in one of the languages; None if none is known."""
    wanted = fold(name)
    return next(
        (c for c in found if wanted and wanted in (fold(c["name"]), fold(c["name_ru"]))), None
    )


def checked_year(year: int | None) -> int | None:
    """Return a year.

    Raises
    ------
    BadValue
        'year' if it is none that anybody living could mean.
    """
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadValue(f"a year is between {FIRST_YEAR} and {LAST_YEAR}", code="year")
    return year


def checked_years(first: int | None, last: int | None) -> None:
    """Let two years go on that are in their order.

    Raises
    ------
    BadValue
        'year' or 'years'.
    """
    if (checked_year(first) or 0) > (checked_year(last) or LAST_YEAR):
        raise BadValue(
            f"the first year comes before the last one, and each is between {FIRST_YEAR} and "
            f"{LAST_YEAR}",
            code="years",
        )


def organisation(transaction: Transaction, name: str) -> Row:
    """Return the organisation of a name, made if there is none.

    Raises
    ------
    BadValue
        'employer' if the name is empty or too long.
    """
    text = " ".join(name.split())
    if not text or len(text) > LONGEST:
        raise BadValue(f"an employer's name has 1 to {LONGEST} characters", code="employer")
    return transaction.run(ORGANISATION, name_key=fold(text) or text, id=new_id(), name=text)[0]


def terms(first: int | None, last: int | None) -> dict[str, Any]:
    """Return the terms of calendar years: from the autumn of one to the spring of the other."""
    said: dict[str, Any] = {}
    if first is not None:
        said["from_term"] = term(first)
    if last is not None:
        said["to_term"] = term(last - 1, 1)
    return said
