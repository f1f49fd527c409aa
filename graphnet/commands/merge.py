"""`graphnet merge`: two people who are one, joined; a merge undone."""

import json
import sys
from dataclasses import asdict

import click

from graphnet import engine, merging
from graphnet.commands.answers import known
from graphnet.merging import standing
from graphnet.people import key_of
from graphnet.privacy import Viewer
from graphnet.settings import Settings

BY = Viewer(
    "staff", account_id="command line", roles=frozenset({"staff", "admin"}), purpose="correct"
)


class TwoOrCommand(click.Group):
    """A group whose first argument may also be the first of two people."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in context.help_option_names:
            args = ["people", *args]
        return super().parse_args(context, args)

    def format_usage(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(context.command_path, "ID ID | undo MERGE | list")


@click.group("merge", cls=TwoOrCommand)
def merge_command() -> None:
    """Join two people who are one, or undo that."""


@merge_command.command("people")
@click.argument("one", metavar="ID")
@click.argument("other", metavar="ID")
@click.option("--account", default="", help="Of two accounts, the id of the one that stays.")
@click.option(
    "--stands",
    "stands",
    multiple=True,
    metavar="FIELD=ID",
    help="Whose value stands in a field in which they differ ('both' for former_names and city); "
    "without --yes it is said in which they do, and what is proposed.",
)
@click.option("--yes", is_flag=True, help="Do it.")
@click.pass_obj
def people(
    settings: Settings, *, one: str, other: str, account: str, stands: tuple[str, ...], yes: bool
) -> None:
    """Join the people with these two ids; `graphnet merge undo` parts them again."""
    chosen = dict(said.partition("=")[::2] for said in stands)
    with engine.open(settings, follow=False, migrate=True) as found:
        keys = [key_of(found.store, person_id) for person_id in (one, other)]
        if not yes:
            click.echo(f"{one} and {other} would be one person. Say --yes to do it.")
            for differs in standing.differences(found.store, BY, keys):
                click.echo(f"{differs.field}: {differs.stands} ({differs.why})")
                for held in differs.held:
                    click.echo(f"  {', '.join(held.people)}: {held.shown}")
            sys.exit(1)
        done = merging.merge(
            found.store, BY, keys[0], keys[1], account=account, chosen=chosen, rules=found.rules
        )
    click.echo(json.dumps(asdict(done), ensure_ascii=False, default=str))


@merge_command.command("undo")
@click.argument("merge_id", metavar="MERGE")
@click.pass_obj
def undo(settings: Settings, *, merge_id: str) -> None:
    """Part two people who were joined; says what stays with whom, and why."""
    with engine.open(settings, follow=False, migrate=True) as found:
        done = merging.undo(found.store, BY, merge_id)
    click.echo(json.dumps(asdict(done), ensure_ascii=False, default=str))


@merge_command.command("list")
@click.pass_obj
def listed(settings: Settings) -> None:
    """List the merges that stand, the latest first."""
    with engine.open(settings, follow=False, migrate=True) as found:
        rows = merging.merges(found.store, BY)
    click.echo(json.dumps([known(row) for row in rows], ensure_ascii=False, default=str))
