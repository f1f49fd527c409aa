"""Import speed: Cornell5 by `import_folder`, beside a bare driver loop, on one server, in one run.

    python tests/bench/import_speed.py [--data FOLDER] [--set Amherst41] [--repeat N]

Both start from an empty graph with the same constraints. The bare loop reads the same files with
`csv`, and MERGEs the same people, records, units, groups and ties with the same properties, in
`UNWIND` batches of 10,000, one query after another. It prints seconds, the processor time of client
and server (steadier where others use the machine too), rows a second, the peak memory of this
process, and the ratios of the two; the aim is 1.3 or less.
"""

import argparse
import csv
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import neo4j
import psutil

from graphnet import migrations
from graphnet.server import connect
from graphnet.settings import load as load_settings
from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder
from ingest.steps import hash_of, hashed_id

WIPE = "MATCH (n) WHERE NOT n:Migration CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS"
COUNT_NODES = "MATCH (n) UNWIND labels(n) AS label RETURN label, count(*) AS n ORDER BY label"
COUNT_TIES = "MATCH ()-[t]->() RETURN type(t) AS type, count(*) AS n ORDER BY type"
SIZE = 10_000

MERGE_PEOPLE = """UNWIND $rows AS row MERGE (p:Person {key: row.person.key})
SET p:Alumnus SET p += row.person
MERGE (r:Record {origin: row.record.origin}) SET r += row.record
MERGE (r)-[:ABOUT]->(p) WITH r MATCH (run:ImportRun {id: 'bare'}) MERGE (r)-[:FROM]->(run)"""
MERGE_UNITS = """UNWIND $rows AS row MERGE (n:Unit {id: row.id}) SET n += row
WITH n MATCH (run:ImportRun {id: 'bare'}) MERGE (n)-[f:FROM]->(run) SET f.hash = n.id"""
MERGE_GROUPS = """UNWIND $rows AS row MERGE (n:Group {id: row.id}) SET n += row
WITH n MATCH (run:ImportRun {id: 'bare'}) MERGE (n)-[f:FROM]->(run) SET f.hash = n.id"""
MERGE_PARTS = """UNWIND $rows AS row MATCH (a:Unit {id: row.a}) MATCH (b:Unit {id: row.b})
MERGE (a)-[t:PART_OF]->(b) SET t.run = row.run"""
MERGE_STUDIES = """UNWIND $rows AS row MATCH (a:Person {key: row.a}) MATCH (b:Unit {id: row.b})
MERGE (a)-[t:STUDIED_IN]->(b) SET t.source = row.source, t.run = row.run"""
MERGE_DEGREES = """UNWIND $rows AS row MATCH (a:Person {key: row.a}) MATCH (b:Unit {id: row.b})
MERGE (a)-[t:COMPLETED {year: row.year}]->(b) SET t.source = row.source, t.run = row.run"""
MERGE_MEMBERS = """UNWIND $rows AS row MATCH (a:Person {key: row.a}) MATCH (b:Group {id: row.b})
MERGE (a)-[t:MEMBER_OF]->(b) SET t.source = row.source, t.run = row.run"""
MERGE_TIES = """UNWIND $rows AS row MATCH (a:Person {key: row.a}) MATCH (b:Person {key: row.b})
MERGE (a)-[t:KNOWS]->(b)
SET t.strength = row.strength, t.source = row.source, t.run = row.run"""


def batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, SIZE)):
        yield batch


def bare(driver: neo4j.Driver, folder: Path) -> None:
    """The loop that anybody would write, with the driver and nothing else."""
    university = folder.name.partition("-")[0]
    common = {"source": f"facebook100-{university.lower()}", "run": 1}
    with (folder / "people.csv").open(newline="") as file:
        people = list(csv.DictReader(file))
    keys = {row["person_id"]: key for key, row in enumerate(people, start=1)}
    now = datetime.now(UTC)
    whole = hashed_id("university", university)

    def unit(kind: str, number: str) -> str:
        return hashed_id(kind, number)

    def person_rows() -> Iterator[dict[str, Any]]:
        for number, row in enumerate(people, start=2):
            name = f"{university} {row['person_id']}"
            given = {"given_name": name, "name_key": name.lower()}
            person = given | {
                "id": hashed_id(row["person_id"]),
                "key": keys[row["person_id"]],
                "created_at": now,
                "visibility": "shown",
                "quarantined": True,
            }
            record = {
                "id": hashed_id("record", row["person_id"]),
                "origin": f"{common['source']}:person:{row['person_id']}",
                "source": common["source"],
                "file": "people.csv",
                "row": number,
                "fields": json.dumps(row),
                "mapped": json.dumps(given),
                "hash": hash_of(row),
            }
            yield {"person": person, "record": record}

    def unit_rows() -> Iterator[dict[str, Any]]:
        yield {"id": whole, "kind": "university", "name": university}
        majors = {row[c] for row in people for c in ("major", "second_major")} - {""}
        for code in sorted(majors):
            name = f"{university}, major {code}"
            yield {"id": unit("department", code), "kind": "department", "name": name, "code": code}
        for code in sorted({row["high_school"] for row in people} - {""}):
            name = f"School {code}"
            yield {"id": unit("school", code), "kind": "school", "name": name, "code": code}

    def group_rows() -> Iterator[dict[str, Any]]:
        for key, code in enumerate(sorted({row["house"] for row in people} - {""}), start=1):
            yield {
                "id": unit("house", code),
                "key": key,
                "kind": "residence",
                "name": f"{university}, house {code}",
                "visibility": "quarantined",
                "created_at": now,
            }

    def to(column: str, kind: str) -> Iterator[dict[str, Any]]:
        for row in people:
            if row[column]:
                yield common | {"a": keys[row["person_id"]], "b": unit(kind, row[column])}

    def parts(column: str) -> Iterator[dict[str, Any]]:
        for row in people:
            if row[column]:
                yield {"a": unit("department", row[column]), "b": whole, "run": 1}

    def degrees() -> Iterator[dict[str, Any]]:
        for row in people:
            if row["class_year"]:
                key = keys[row["person_id"]]
                yield common | {"a": key, "b": whole, "year": int(row["class_year"])}

    def tie_rows() -> Iterator[dict[str, Any]]:
        with (folder / "ties.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                a, b = keys[row["person_id"]], keys[row["friend_id"]]
                yield common | {"a": min(a, b), "b": max(a, b), "strength": 1.0}

    driver.execute_query("CREATE (:ImportRun {id: 'bare', source: $source})", source="bare")
    for query, rows in (
        (MERGE_PEOPLE, person_rows()),
        (MERGE_UNITS, unit_rows()),
        (MERGE_GROUPS, group_rows()),
        (MERGE_PARTS, parts("major")),
        (MERGE_PARTS, parts("second_major")),
        (MERGE_DEGREES, degrees()),
        (MERGE_STUDIES, to("major", "department")),
        (MERGE_STUDIES, to("second_major", "department")),
        (MERGE_STUDIES, to("high_school", "school")),
        (MERGE_MEMBERS, to("house", "house")),
        (MERGE_TIES, tie_rows()),
    ):
        for batch in batches(rows):
            driver.execute_query(query, rows=batch)


def server_of(uri: str) -> psutil.Process:
    """Return the process that listens at the address."""
    port = int(uri.rpartition(":")[2])
    for process in psutil.process_iter(["name"]):
        if "java" in (process.info["name"] or ""):
            try:
                ports = {c.laddr.port for c in process.net_connections("tcp") if c.laddr}
            except psutil.AccessDenied:
                continue
            if port in ports:
                return process
    raise SystemExit(f"no Java process listens at {uri}")


def processor_seconds(server: psutil.Process) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in (server, psutil.Process()))


def timed(
    store: Store, server: psutil.Process, work: Callable[[], object]
) -> tuple[float, float, dict[str, int]]:
    store.run_alone(WIPE)
    began, used = time.monotonic(), processor_seconds(server)
    work()
    seconds, used = time.monotonic() - began, processor_seconds(server) - used
    counts = {row["label"]: row["n"] for row in store.run_alone(COUNT_NODES)}
    counts |= {row["type"]: row["n"] for row in store.run_alone(COUNT_TIES)}
    return seconds, used, counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GRAPHNET_DATA", ".")))
    parser.add_argument("--set", default="Cornell5")
    parser.add_argument("--repeat", type=int, default=1)
    arguments = parser.parse_args()
    folder = arguments.data / "facebook100" / f"{arguments.set}-csv"
    chosen = mapping.read(mapping.find("facebook100"), folder)
    with (
        connect(load_settings()) as server,
        Store(server.uri, server.user, server.password) as store,
        neo4j.GraphDatabase.driver(
            server.uri, auth=(server.user, server.password), notifications_min_severity="OFF"
        ) as driver,
        tempfile.TemporaryDirectory() as rejects,
    ):
        migrations.migrate(store)

        def ours() -> None:
            import_folder(store, chosen, folder, rejects=Path(rejects))

        def theirs() -> None:
            bare(driver, folder)

        # A first small import wakes the server's compiler up, so that neither pays for it.
        small = arguments.data / "facebook100" / "Amherst41-csv"
        process = server_of(server.uri)
        timed(store, process, lambda: bare(driver, small))
        best: dict[str, tuple[float, float]] = {}
        for _ in range(arguments.repeat):
            for name, work in (("import", ours), ("bare loop", theirs)):
                seconds, used, counts = timed(store, process, work)
                before = best.get(name, (seconds, used))
                best[name] = (min(seconds, before[0]), min(used, before[1]))
                people, ties = counts["Person"], counts["KNOWS"]
                print(
                    f"{name}: {seconds:.1f} s ({used:.1f} s of processor), {people:,} people, "
                    f"{ties:,} ties, {ties / seconds:,.0f} ties/s all in all"
                )
                print(f"  {counts}", file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, used = (best["import"][i] / best["bare loop"][i] for i in (0, 1))
    print(f"ratio {wall:.2f}, of processor time {used:.2f} (aim: 1.3); peak memory {peak:,.0f} MB")


if __name__ == "__main__":
    main()
