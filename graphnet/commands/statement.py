"""`graphnet statement`: files of the bank taken in, as /staff/projects/bank does."""

import json
from pathlib import Path

import click

from graphnet import engine
from graphnet.money.amounts import written
from graphnet.money.bank_files import read_file
from graphnet.money.bank_statements import BankStatement
from graphnet.privacy import Viewer
from graphnet.projects import bank
from graphnet.settings import Settings

BY = Viewer(
    "staff",
    account_id="command line",
    roles=frozenset({"staff", "treasurer"}),
    purpose=bank.PURPOSE,
)


@click.command("statement")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--dry-run", is_flag=True, help="Only read them, and prove that they add up.")
@click.option("--json", "as_json", is_flag=True, help="Print one object a statement.")
@click.pass_obj
def statement(settings: Settings, *, files: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Take FILES of the bank in: camt.053, or 1C ClientBank exchange.

    Each statement must add up, opening + in - out = closing, or nothing of its file is taken. The
    same one twice is there once. Nothing is booked: what the payments are is said on the site, at
    /staff/projects/bank.
    """
    if dry_run:
        for path in files:
            for one in read_file(path.read_bytes()):
                _told(one, as_json=as_json)
        return
    with engine.open(settings, follow=False, migrate=True) as found:
        for path in files:
            for taken in bank.take(found.store, BY, path.read_bytes()):
                _told(taken.statement, new=taken.new, as_json=as_json)


def _told(one: BankStatement, *, new: int | None = None, as_json: bool) -> None:
    if as_json:
        told = {
            "id": one.id,
            "account": one.account,
            "currency": one.currency,
            "first_on": one.first_on.isoformat(),
            "last_on": one.last_on.isoformat(),
            "opening": written(one.opening),
            "in": written(one.came),
            "out": written(one.went),
            "closing": written(one.closing),
            "entries": len(one.entries),
            "new": new,
        }
        click.echo(json.dumps(told))
        return
    click.echo(
        f"{one.account}, {one.first_on} to {one.last_on}: {written(one.opening)}"
        f" + {written(one.came)} - {written(one.went)} = {written(one.closing)} {one.currency};"
        f" {len(one.entries)} entries" + ("" if new is None else f", {new} of them new")
    )
