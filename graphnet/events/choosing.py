"""What makers of events choose from: communities, units, cities, topics."""

from dataclasses import dataclass

from graphnet.errors import NotAllowed
from graphnet.people.topics import all_topics
from graphnet.privacy import Viewer
from graphnet.store import Row, Store

# One row: a community whose events the viewer makes.
OF_ORGANISER = """MATCH (:Person {key: $me})-[:MEMBER_OF {role: 'organiser'}]->(g:Group)
WHERE NOT coalesce(g.visibility, 'members') IN ['draft', 'archived', 'quarantined']
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru
ORDER BY name, id LIMIT 100"""

# One row: any community, for staff.
ANY_GROUP = """MATCH (g:Group) WHERE coalesce(g.visibility, 'members') IN $visibilities
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru
ORDER BY name, id LIMIT 1000"""

# One row: a unit that may hold an event.
UNITS = """MATCH (u:Unit) RETURN u.id AS id, u.name AS name, coalesce(u.name_ru, u.name) AS name_ru,
  u.kind AS kind ORDER BY name, id LIMIT 500"""

# One row: a city to choose.
PLACES = """MATCH (c:Place {kind: 'city'})
RETURN c.id AS id, c.name AS name, coalesce(c.name_ru, c.name) AS name_ru
ORDER BY name, id LIMIT 1000"""


@dataclass(frozen=True)
class Choices:
    """What its makers choose from: communities, units, cities, topics."""

    groups: tuple[Row, ...]
    units: tuple[Row, ...]
    cities: tuple[Row, ...]
    topics: tuple[Row, ...]


def choices(store: Store, viewer: Viewer, *, anew: bool = True) -> Choices:
    """Return what may be chosen: organisers choose among their communities only.

    Parameters
    ----------
    anew
        Whether it is for a new event: whose reunion became one changes that and makes no others.

    Raises
    ------
    NotAllowed
        If the viewer is neither staff nor an organiser of anything.
    """
    if viewer.is_staff:
        viewer.require_staff()
        groups = store.read(ANY_GROUP, visibilities=["public", "members"])
        units = store.read(UNITS)
    else:
        groups = store.read(OF_ORGANISER, me=viewer.own_key())
        units = []
        if anew and not groups:
            raise NotAllowed("organisers of a community make its events")
    return Choices(tuple(groups), tuple(units), tuple(cities(store)), tuple(all_topics(store)))


def organises_something(store: Store, viewer: Viewer) -> bool:
    """Whether the viewer may make events as an organiser."""
    return viewer.person_key is not None and bool(store.read(OF_ORGANISER, me=viewer.person_key))


def cities(store: Store) -> list[Row]:
    """Return the cities to choose from."""
    return store.read(PLACES)
