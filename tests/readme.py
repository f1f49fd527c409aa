"""Puts the help texts of the commands into README.md; with `--write` changes it, else compares."""

import sys
from pathlib import Path

import click
from click.testing import CliRunner

from graphnet.cli import COMMANDS, main

README = Path(__file__).parent.parent / "README.md"
BEGIN = "<!-- commands: made by `make readme` -->\n"
END = "<!-- end of commands -->"


def commands() -> str:
    """Return the help of every command, and of every command inside a group, as Markdown."""
    context = click.Context(main, info_name="graphnet")
    parts = []
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        usages = [[name]]
        if isinstance(command, click.Group):
            inner = command.list_commands(click.Context(command, info_name=name))
            usages += [[name, each] for each in inner]
        for usage in usages:
            answer = CliRunner().invoke(main, [*usage, "--help"], prog_name="graphnet")
            assert answer.exit_code == 0, (usage, answer.output)
            parts.append(f"    $ graphnet {' '.join(usage)} --help\n" + indented(answer.output))
    return (
        "<details><summary>Every command and its options</summary>\n\n"
        + "\n".join(parts)
        + ("\n</details>\n")
    )


def indented(text: str) -> str:
    """Return the text as a code block."""
    return "".join(f"    {line}".rstrip() + "\n" for line in text.rstrip().splitlines())


def with_commands(text: str) -> str:
    """Return the README with the part between the marks made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + commands() + END + after


if __name__ == "__main__":
    stands = README.read_text(encoding="utf-8")
    wanted = with_commands(stands)
    if "--write" in sys.argv:
        README.write_text(wanted, encoding="utf-8")
    elif stands != wanted:
        sys.exit("README.md: the commands have changed; run `make readme`")
