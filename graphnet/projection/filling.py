"""Fill the projection: the data set that an analyst may have, as a graph."""

import logging
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphnet.analysis import dataset
from graphnet.analysis.association import layer_of
from graphnet.analysis.seen import look
from graphnet.audit import acted
from graphnet.privacy import Viewer
from graphnet.projection import place
from graphnet.server import connect
from graphnet.store import Store

if TYPE_CHECKING:
    from graphnet.engine import Engine

log = logging.getLogger(__name__)

PURPOSE = "projection"
# Of ties between two people those that follow from nothing else in the graph; who studied together
# or shares a community is two steps apart.
LAYERS = {"knows": "KNOWS", "worked": "WORKED_WITH", "came": "CAME_WITH"}
KINDS = {
    "units": ("Unit", "STUDIED_AT"),
    "cohorts": ("Cohort", "STARTED_IN"),
    "graduations": ("Graduation", "GRADUATED_IN"),
    "study_groups": ("StudyGroup", "STUDIED_IN"),
    "groups": ("Group", "MEMBER_OF"),
    "topics": ("Topic", "INTERESTED_IN"),
}

# These are of the projection, whose words are those of the two tables above: the tests of this
# room run them there. They are put together of these words and of nothing else.
_PEOPLE = "UNWIND $rows AS row CREATE (p:Person) SET p = row"
_THINGS = "UNWIND $rows AS row CREATE (t:{label}) SET t = row"
_TIES = """UNWIND $rows AS row MATCH (p:Person {{person: row.source}})
MATCH (q:Person {{person: row.target}}) CREATE (p)-[t:{tie}]->(q) SET t = row.of"""
_MEMBERSHIPS = """UNWIND $rows AS row MATCH (p:Person {{person: row.person}})
MATCH (t:{label} {{id: row.thing}}) CREATE (p)-[m:{tie}]->(t) SET m = row.of"""
_UNIQUE = "CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE n.{name} IS UNIQUE"


def fill(engine: "Engine") -> place.Filled:
    """Fill the projection anew from the newest snapshot; it can be asked when this returns."""
    settings = engine.settings
    place.drop(settings)
    place.prepare(settings)
    viewer = Viewer("analyst", account_id="projection", purpose=PURPOSE)
    view = engine.live.view()
    seen = look(view.snapshot, viewer, engine.rules, view.denied)
    graphs = [layer_of(seen, layer) for layer in LAYERS]
    dated = dataset.since(engine.store, dataset.rows_of(seen.where, seen.snapshot.keys))
    kinds = [kind for kind in KINDS if kind in seen.snapshot.things]
    files = dataset.tables_of(seen, graphs, kinds, dated)
    keys = seen.snapshot.keys[seen.where]
    counts = len(files["people"]), len(files["ties"]) + len(files["memberships"])
    told = f"{counts[0]} people, {counts[1]} ties"
    engine.store.in_write(
        lambda t: acted(t, viewer, "export", "projection", detail=told, keys=keys.tolist())
    )
    own = place.own_settings(settings)
    client = connect(own)
    try:
        given = client.connection
        with Store(given.uri, given.user, given.password, where=given.where) as store:
            write(store, files)
    finally:
        client.close()
    np.save(place.people_file(settings), keys)
    place.note(settings, view.snapshot.built_at, view.snapshot.fingerprint, *counts)
    log.info("projection.filled people=%d ties=%d", *counts)
    made = place.filled(settings)
    assert made is not None
    return made


def write(store: Store, files: dict[str, pl.DataFrame]) -> None:
    """Write the data set's tables into an empty graph."""
    for label, name in [("Person", "person"), *((label, "id") for label, _ in KINDS.values())]:
        store.run_alone(_UNIQUE.format(label=label, name=name))
    store.write_rows(_PEOPLE, _rows(files["people"]))
    for kind, (label, tie) in KINDS.items():
        things = (
            files["things"].filter(pl.col("kind") == kind).drop("kind").rename({"sort": "kind"})
        )
        store.write_rows(_THINGS.format(label=label), _rows(things))
        belonging = files["memberships"].filter(pl.col("kind") == kind).drop("kind", "id")
        rows = _with_own(_rows(belonging), ("person", "thing"))
        store.write_rows(_MEMBERSHIPS.format(label=label, tie=tie), rows)
    for layer, tie in LAYERS.items():
        between = files["ties"].filter(pl.col("layer") == layer).drop("layer", "id")
        rows = _with_own(_rows(between), ("source", "target"))
        store.write_rows(_TIES.format(tie=tie), rows)


def _rows(table: pl.DataFrame) -> list[dict[str, object]]:
    """Return the rows without what is missing."""
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in dataset.cleaned(table).iter_rows(named=True)
    ]


def _with_own(rows: list[dict[str, object]], ends: tuple[str, str]) -> list[dict[str, object]]:
    """Return rows of ties with what is the tie's own apart from its ends."""
    return [
        {end: row[end] for end in ends}
        | {"of": {name: value for name, value in row.items() if name not in ends}}
        for row in rows
    ]
