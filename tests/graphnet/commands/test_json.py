"""Every command speaks to machines: it has `--json`, and the page of schemas has what it prints."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from graphnet import accounts
from graphnet.cli import COMMANDS, main
from graphnet.computed import refresh
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import PASSWORD, own_home
from tests.support.graphs import small_association

PAGE = Path(__file__).parents[3] / "docs/reference/json.md"
# They run, ask or print one text; the page says so. Those of `merge` print JSON always.
WITHOUT = {
    "web", "worker", "demo", "warm", "admin secret-key", "mail receive", "mail serve",
    "names learn", "names words", "server logs", "server shell", "merge people", "merge undo",
    "merge list",
}  # fmt: skip
# What is named by the data themselves: layers, kinds, what is held of somebody.
OWN_NAMES = {"ties", "things", "held", "dates", "absent", "unused"}
# What can be asked of the small association; the others are asked where they are tested.
ASKED: tuple[tuple[str, ...], ...] = (
    ("find", "Иванова"), ("classmates", "anna"), ("suggest", "anna"), ("events", "anna"),
    ("central",), ("network",), ("list", "cohorts"), ("reach", "anna", "boris"),
    ("reach", "association", "boris", "--as", "staff"), ("recover", "optics98"), ("settings",),
    ("doctor",), ("jobs", "list"), ("admin", "roles", "somebody@example.org"),
    ("admin", "sign-in-link", "somebody@example.org"),
    ("admin", "create", "new@example.org", "--invite"), ("people", "erase", "anna"),
    ("import", "runs"), ("contest", "list"), ("contributions", "backfill"),
    ("contributions", "check"), ("snapshot", "build"), ("snapshot", "show"),
    ("ambassadors", "reach", "anna"),
    ("ambassadors", "attack", "--accounts", "5", "--ties", "10", "--bridges", "2", "--seeds", "2"),
    ("report", "{folder}/report", "--form", "html", "--purpose", "a test"),
    ("export", "{folder}/export", "--purpose", "a test"),
    ("synth", "--alumni", "60", "--out", "{folder}/synth"),
)  # fmt: skip


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that can be run, with its whole name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command, info_name=name)
    for one in command.list_commands(context):
        inner = command.get_command(context, one)
        assert inner is not None
        yield from commands(inner, f"{name} {one}".strip())


def every_command() -> dict[str, click.Command]:
    context = click.Context(main, info_name="graphnet")
    found: dict[str, click.Command] = {}
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        found |= dict(commands(command, name))
    return found


@pytest.fixture(scope="module")
def own(
    session_store: Store, settings: Settings, address: tuple[str, str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:  # fmt: skip
    session_store.run_alone(WIPE)
    small_association(session_store)
    rows = [{"email": "somebody@example.org", "person_key": 1, "roles": ["staff"]}]
    accounts.create_many(session_store, rows, PASSWORD)
    uri, user, password = address
    home = own_home(settings, tmp_path_factory.mktemp("json"))
    refresh(session_store, home.snapshots)
    yield replace(home, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)


def run(own: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, obj=own)


def names_in(value: Any) -> set[str]:
    """Return the names of all fields, but those that the data give."""
    if isinstance(value, list):
        return set().union(*map(names_in, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    inner = (names_in(one) for name, one in value.items() if name not in OWN_NAMES)
    return set(value).union(*inner)


def texts_that_are_numbers(value: Any, name: str = "") -> list[str]:
    """Return the fields that have a number as text, or a word for what is absent."""
    if isinstance(value, dict):
        return [one for key, part in value.items() for one in texts_that_are_numbers(part, key)]
    if isinstance(value, list):
        return [one for part in value for one in texts_that_are_numbers(part, name)]
    if not isinstance(value, str) or name in ("group", "in", "value"):  # codes of groups, a setting
        return []
    if value.casefold() in ("", "nan", "none", "inf", "-inf", "true", "false"):
        return [f"{name}: {value!r}"]
    try:
        float(value)
    except ValueError:
        return []
    return [f"{name}: {value!r}"]


def test_every_command_has_json_and_a_place_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, command in every_command().items():
        if name.startswith("bench "):  # they write the files of their tasks
            continue
        speaks = any("--json" in parameter.opts for parameter in command.params)
        assert speaks != (name in WITHOUT), name
        shown = {"import folder": "import FOLDER"}.get(name, name)
        first = shown.partition(" ")[0]
        said = any(text in page for text in (f"`{shown}`", f"`{shown} --json`", f"`{first}`"))
        assert said, f"{name} is not on docs/reference/json.md"


@pytest.mark.parametrize("arguments", ASKED, ids=" ".join)
def test_what_it_prints_is_as_the_page_says(
    own: Settings, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    given = [one.format(folder=tmp_path) for one in arguments]
    found = run(own, *given, "--json")
    assert found.exit_code in (0, 1), found.output
    said = json.loads(found.stdout, parse_constant=lambda name: pytest.fail(name))
    if arguments[0] in ("settings", "synth") or arguments[:2] == ("contributions", "backfill"):
        said = list(said.values())  # named by the data
    assert [name for name in names_in(said) if f"`{name}`" not in page] == []
    assert texts_that_are_numbers(said) == []
