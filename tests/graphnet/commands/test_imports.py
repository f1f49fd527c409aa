"""`graphnet import` as a command of its own process: reports, exit codes, and kill -9."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graphnet.settings import Settings
from graphnet.store import Store
from tests.ingest.register import MAPPING, PEOPLE, counts, write

ROOT = Path(__file__).parents[3]


@pytest.fixture
def environment(settings: Settings, store: Store) -> dict[str, str]:
    given = os.environ.get("GRAPHNET_TEST_NEO4J", "")
    mine = {"GRAPHNET_HOME": str(settings.home), "GRAPHNET_CACHE": str(settings.cache)}
    if given:
        credentials, _, address = given.rpartition("@")
        user, _, password = credentials.partition(":")
        mine |= {
            "GRAPHNET_NEO4J_URI": f"bolt://{address}",
            "GRAPHNET_NEO4J_USER": user,
            "GRAPHNET_NEO4J_PASSWORD": password,
        }
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GRAPHNET_")}
    return kept | mine | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "graphnet.cli", "import", *words]


def test_the_command_imports_lists_and_undoes(
    environment: dict[str, str], store: Store, tmp_path: Path
) -> None:
    folder = write(tmp_path / "register", people=PEOPLE + "4,,Nameless,,,,\n")
    (tmp_path / "register.toml").write_text(MAPPING, encoding="utf-8")

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*words), env=environment, cwd=tmp_path, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    done = call("--mapping", "register.toml", "--json", str(folder))
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["rejected"], report["quarantined"]) == (1, True)
    assert (tmp_path / "register-rejects" / "people.csv").is_file()
    assert "Importing" not in done.stderr  # no terminal, no bar
    named = call("ground", report["run"], "consent of 2024")
    assert named.returncode == 0, named.stderr
    listed = json.loads(call("runs", "--json").stdout)
    assert [(r["id"], r["ground"]) for r in listed] == [(report["run"], "consent of 2024")]
    asked = call("undo", report["run"])
    assert (asked.returncode, counts(store)["Person"]) == (1, 3)
    assert "Gone: 3 people, 7 things, 13 ties." in asked.stdout
    undone = call("undo", "--yes", report["run"])
    assert undone.returncode == 0, undone.stderr
    assert "Person" not in counts(store)
    trail = store.read(
        "MATCH (a:AuditEntry {act: 'undo import'}) RETURN a.subject AS run, a.actor AS by"
    )
    assert trail == [{"run": report["run"], "by": "command line"}]
    bad = write(tmp_path / "bad", people=PEOPLE.splitlines()[0] + "\n4,,Nameless,,,,\n",
                studies="number,unit,from,to\n", ties="a,b,strength\n")  # fmt: skip
    failed = call("--mapping", "register.toml", str(bad))
    assert failed.returncode == 1
    assert "Nothing was imported: 1 rows were rejected." in failed.stdout
    strict = call("--mapping", "register.toml", "--strict", str(folder))
    assert (strict.returncode, "Person" in counts(store)) == (2, False)
    assert "1 x people.csv, given: is empty, and it is required" in strict.stderr
    wrong = call("--mapping", "register.toml", str(tmp_path / "nowhere"))
    assert wrong.returncode == 2
    assert "is no folder" in wrong.stderr


def test_kill_9_loses_nothing_and_doubles_nothing(
    environment: dict[str, str], store: Store, tmp_path: Path
) -> None:
    n = 250
    people = "number,given,family,born,club,emails,interest\n" + "".join(
        f"{i},Person,No{i},,,,\n" for i in range(n)
    )
    ties = "a,b,strength\n" + "".join(f"{i},{j},\n" for i in range(n) for j in range(i + 1, n))
    folder = write(tmp_path / "register", people=people, ties=ties, studies="number,unit,from,to\n")
    (tmp_path / "register.toml").write_text(MAPPING, encoding="utf-8")
    words = command("--mapping", "register.toml", "--json", str(folder))
    process = subprocess.Popen(
        words, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if counts(store).get("KNOWS", 0):
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = counts(store)
    assert before["Person"] == n
    resumed = subprocess.run(
        words, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert resumed.returncode == 0, resumed.stderr
    report = json.loads(resumed.stdout)
    after = counts(store)
    assert (after["Person"], after["KNOWS"], after["ImportRun"]) == (n, n * (n - 1) // 2, 1)
    if before["KNOWS"] < after["KNOWS"]:
        assert report["resumed"]
    written = {step["name"]: step["counts"]["written"] for step in report["steps"]}
    assert written["KNOWS person to person"] in (after["KNOWS"], 0)
