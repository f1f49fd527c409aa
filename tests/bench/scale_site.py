"""How Neo4j's part grows: an association of any size made, imported, followed and served.

    python tests/bench/scale_site.py FOLDER --people 1000000
    GRAPHNET_NEO4J_HEAP=2g GRAPHNET_NEO4J_PAGE_CACHE=3g python tests/bench/pages.py FOLDER \\
        --connections 50 --seconds 30

What `graphnet demo` makes, without what people do there: files with as many ties a person as
`--degree` says, the import, accounts, the snapshot built twice and opened. Prints a JSON line a
step: seconds, mebibytes that this process and Neo4j held by then, mebibytes on the disk, and the
load of the machine. Files that are there are not made again, so that whoever stopped goes on.
Afterwards `tests/bench/pages.py` serves the same folder. What is computed of arrays is measured by
`tests/bench/scale.py`.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphnet import engine, snapshot, synth
from graphnet.commands.demo import make_accounts
from graphnet.computed import refresh
from graphnet.settings import Settings, load
from ingest import mapping
from ingest.load import import_folder
from tests.bench.pages import neo4j_of
from tests.bench.search_speed import peak

ACCOUNTS = 3_000  # as in the demo of 40,000: more people do not sign in during a measurement


def step(folder: Path, name: str, act: Callable[[], Any]) -> Any:
    """Do something; print how long it took and what it left."""
    began = time.perf_counter()
    done = act()
    took = time.perf_counter() - began
    store = sum(one.stat().st_size for one in (folder / "neo4j" / "data").rglob("*.*"))
    print(
        json.dumps(
            {
                "step": name,
                "seconds": round(took, 1),
                "process_mebibytes": round(peak()),
                "neo4j_mebibytes": round(
                    sum(one.memory_info().rss for one in neo4j_of(folder)) / 2**20
                ),
                "store_mebibytes": round(store / 2**20),
                "load": round(os.getloadavg()[0], 1),
            }
        ),
        flush=True,
    )
    return done


def measure(folder: Path, settings: Settings, people: int, degree: float) -> None:
    """Go through all steps."""
    files = folder / "synth"
    if not (files / "demo.json").exists():
        step(
            folder,
            "files",
            lambda: synth.write(
                files,
                alumni=people,
                seed=2003,
                mean_degree=degree,
                registered=min(ACCOUNTS / people, 0.5),
            ),
        )
    with engine.open(settings, follow=False, migrate=True) as opened:
        step(
            folder,
            "import",
            lambda: import_folder(
                opened.store,
                mapping.read(mapping.find("synth"), files),
                files,
                ground="synthetic: these people do not exist",
                by="bench",
                rejects=settings.rejects,
            ),
        )
        step(folder, "accounts", lambda: make_accounts(opened.store, files / "registered.csv"))
        built = step(folder, "snapshot read", lambda: snapshot.build(opened.store))
        print(json.dumps(built.describe()), flush=True)
        del built
        step(folder, "snapshot kept", lambda: refresh(opened.store, settings.snapshots))
    with engine.open(settings, follow=False) as opened:
        step(folder, "snapshot opened", opened.live.refresh)


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--degree", type=float, default=20.0, help="mean number of ties a person")
    given = parser.parse_args()
    folder = given.folder.absolute()
    settings = replace(
        load(), home=folder, demo=True, secure_cookies=False, query_seconds=3600, neo4j_uri=""
    )
    measure(folder, settings, given.people, given.degree)


if __name__ == "__main__":
    main()
