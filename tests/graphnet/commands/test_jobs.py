"""`graphnet jobs`: what waits and has failed is listed without its content, and tried again."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from graphnet import job_worker, jobs, mail
from graphnet.cli import main
from graphnet.errors import JobGivenUp
from graphnet.settings import Settings
from graphnet.store import Store


@pytest.fixture
def there(settings: Settings, address: tuple[str, str, str]) -> Settings:
    uri, user, password = address
    return replace(settings, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)


def test_jobs_are_listed_without_what_they_were_given_and_tried_again(
    store: Store, there: Settings
) -> None:
    def fail(job: jobs.Job) -> None:
        raise JobGivenUp("the disk is full")

    store.in_write(lambda t: jobs.enqueue(t, "mark", key="mark:1"))
    assert job_worker.Worker(store, {"mark": fail}).step()
    letter = {"to": "anna@example.org", "subject": "A", "text": "a canary", "key": "k"}
    store.in_write(lambda t: mail.enqueue(t, **letter))
    run = CliRunner()
    listed = run.invoke(main, ["jobs", "list", "--json"], obj=there)
    assert listed.exit_code == 0, listed.output
    rows = {row["kind"]: row for row in json.loads(listed.output)}
    assert {kind: row["state"] for kind, row in rows.items()} == {
        "mark": "failed",
        "mail": "waiting",
    }
    assert rows["mark"]["error"] == "the disk is full"
    assert "canary" not in listed.output and "anna" not in listed.output
    plain = run.invoke(main, ["jobs", "list", "--state", "failed"], obj=there)
    assert "the disk is full" in plain.output and "mail" not in plain.output
    again = run.invoke(main, ["jobs", "retry", rows["mark"]["id"]], obj=there)
    assert again.exit_code == 0, again.output
    done: list[str] = []
    assert job_worker.Worker(store, {"mark": lambda job: done.append(job.about)}).step()
    assert done == ["1"]
    twice = run.invoke(main, ["jobs", "retry", rows["mark"]["id"]], obj=there)
    assert twice.exit_code == 1 and "is done" in twice.output
    assert run.invoke(main, ["jobs", "retry", "none"], obj=there).exit_code == 1
