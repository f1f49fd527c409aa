"""The pages of docs/ that are made from the program: ``python -m tests.reference --write``.

Without `--write` it says which of them are no longer true. `make reference` writes them, a test
compares them.
"""

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import click
from click.testing import CliRunner

from graphnet import privacy
from graphnet.cli import COMMANDS, main
from graphnet.model import NODES, TIES
from graphnet.privacy import Facts, Level, Viewer
from graphnet.settings import PREFIX, Settings
from tests import python_page

DOCS = Path(__file__).parent.parent / "docs"
MADE = "<!-- Made by `make reference`; changes here are lost. -->\n"


def commands() -> str:
    """The help of every command, and of every command inside a group."""
    context = click.Context(main, info_name="graphnet")
    parts = ["# Commands\n", "`graphnet COMMAND --help` says the same in the terminal.\n"]
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        usages = [[name]]
        if isinstance(command, click.Group):
            inner = command.list_commands(click.Context(command, info_name=name))
            usages += [[name, each] for each in inner]
        parts.append(f"## {name}\n")
        for usage in usages:
            answer = CliRunner().invoke(main, [*usage, "--help"], prog_name="graphnet")
            assert answer.exit_code == 0, (usage, answer.output)
            said = "\n".join(line.rstrip() for line in answer.output.rstrip().splitlines())
            parts.append(f"```text\n$ graphnet {' '.join(usage)} --help\n{said}\n```\n")
    return "\n".join(parts)


def settings() -> str:
    """Every setting with its default and what it is for."""
    rows = [
        "# Settings\n",
        "They are read from the environment when a process starts. An unknown `GRAPHNET_` name or "
        "a bad value stops the start with a list of all mistakes.\n",
        "| Name | Default | What for |",
        "| --- | --- | --- |",
    ]
    for setting in dataclasses.fields(Settings):
        default = setting.default
        if default is dataclasses.MISSING:
            shown = "the platform's folder"
        elif isinstance(default, bool):
            shown = "yes" if default else "no"
        elif isinstance(default, tuple):
            shown = setting.metadata["separator"].join(default) if any(default) else ""
        else:
            shown = "" if default is None else str(default)
        code = f"`{shown}`" if shown and shown != "the platform's folder" else shown
        name = PREFIX + setting.name.upper()
        rows.append(f"| `{name}` | {code} | {setting.metadata['help']} |")
    return "\n".join(rows) + "\n"


LEVELS = {
    Level.NOTHING: "nothing",
    Level.MEMORIAL: "the name, on a memorial page",
    Level.ON_FILE: "name, group, years, whether a contact is known",
    Level.FIELDS: "the fields as the person set them for members",
    Level.CONNECTED: "the fields as set for contacts",
    Level.PSEUDONYM: "a pseudonym and study facts",
    Level.TASK: "what the task needs, on the audit trail",
    Level.SELF: "everything",
}
VIEWERS = {
    "anyone": Viewer("anyone"),
    "alumnus": Viewer("alumnus", 1),
    "staff, to correct": Viewer("staff", 2, purpose="correct"),
    "staff, other tasks": Viewer("staff", 2, purpose="recovery"),
    "analyst": Viewer("analyst", 3),
}
SUBJECTS = {
    "registered": {"claimed": True},
    "on file, same cohort": {"same_cohort": True},
    "on file, another cohort": {},
    "a contact of the viewer": {"claimed": True, "connected": True},
    "said no to being shown": {"refused": True, "same_cohort": True},
    "in quarantine": {"quarantined": True, "same_cohort": True},
    "hidden": {"claimed": True, "hidden": True},
    "deceased": {"deceased": True, "same_cohort": True},
    "deceased, with a memorial page": {"deceased": True, "memorial": True},
}


def who_sees_whom() -> str:
    """The answer of `graphnet.privacy.level` for each kind of viewer and person."""
    nothing = {field.name: False for field in dataclasses.fields(Facts)}
    lines = [
        "# Who sees whom\n",
        "`graphnet/privacy` decides it and nothing else does; this table is what its function "
        "`level` answers, with the unclaimed shown to their cohort (`GRAPHNET_UNCLAIMED_AUDIENCE`)."
        " Hidden, erased and unknown people get the same answer in status, shape and code path.\n",
        "| The person is | " + " | ".join(VIEWERS) + " |",
        "| --- " * (len(VIEWERS) + 1) + "|",
    ]
    for name, facts in SUBJECTS.items():
        person = Facts(**(nothing | facts))
        cells = [LEVELS[privacy.level(viewer, person)] for viewer in VIEWERS.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += [
        "\n## Fields\n",
        "What a field's audience is until its person sets another one. Audiences: "
        + ", ".join(f"`{audience}`" for audience in privacy.AUDIENCES)
        + ".\n",
        "| Field | Default |",
        "| --- | --- |",
        *(f"| {field} | {audience} |" for field, audience in privacy.DEFAULT_AUDIENCES.items()),
        "\n## Thresholds\n",
        f"A count of unnamed people below {privacy.SMALLEST_COUNT_IN_REASON} is not shown in a "
        f"reason; no cell of a statistic is below {privacy.SMALLEST_CELL}.",
    ]
    return "\n".join(lines) + "\n"


def labels_and_ties() -> str:
    """Every label and tie with its properties."""
    rows = [
        "# Labels, ties and properties\n",
        "What a query may name: `graphnet/model`. A term is half an academic year as one "
        "integer, `2 * year` for the autumn that begins it and `2 * year + 1` for its spring. "
        "`run` is the number of the import that made a tie.\n",
        "## Labels\n",
        "| Label | Properties |",
        "| --- | --- |",
        *(f"| `{label}` | {', '.join(names)} |" for label, names in sorted(NODES.items())),
        "\n## Ties\n",
        "| Tie | Properties |",
        "| --- | --- |",
        *(f"| `{tie}` | {', '.join(names)} |" for tie, names in sorted(TIES.items())),
    ]
    return "\n".join(rows) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "reference/commands.md": commands,
    "reference/settings.md": settings,
    "reference/who-sees-whom.md": who_sees_whom,
    "reference/labels-and-ties.md": labels_and_ties,
    "reference/python.md": python_page.page,
}


def stale() -> list[str]:
    """Return the pages that are no longer what the program says."""
    return [
        name
        for name, make in PAGES.items()
        if not (path := DOCS / name).exists() or path.read_text("utf-8") != MADE + make()
    ]


def write() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MADE + make(), encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    elif old := stale():
        sys.exit(f"{', '.join(old)}: run `make reference`")
