"""`graphnet people`: erase somebody, at once."""

import json

import click

from graphnet import engine, erasure
from graphnet.erasure.remembered import remember
from graphnet.people import key_of
from graphnet.privacy import Viewer
from graphnet.settings import Settings


@click.group()
def people() -> None:
    """One person's data: what is held, and erasing it."""


@people.command("erase")
@click.argument("person_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do it; without it, only say what would go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def erase(settings: Settings, *, person_id: str, yes: bool, as_json: bool) -> None:
    """Erase the person with that id, for good and at once; nobody can bring them back.

    Files beside the graph (letters in the outbox, rejects, snapshots) are cleaned by the worker.
    """
    with engine.open(settings, follow=False, migrate=True) as found:
        key = key_of(found.store, person_id)
        holdings = found.core.holdings
        counted = erasure.count(found.store, key, holdings)
        if yes:
            by = Viewer("staff", account_id="command line", purpose="erase")
            erasure.erase(found.store, by, key, holdings)
            remember(settings.home, [key])
    if as_json:
        click.echo(json.dumps({"id": person_id, "erased": yes, "held": counted}))
        return
    for what, fates in sorted(counted.items()):
        click.echo(f"  {what}: " + ", ".join(f"{n} {fate}" for fate, n in sorted(fates.items())))
    if yes:
        click.echo(f"{person_id} is erased")
    else:
        click.echo(f"this is what erasing {person_id} means; --yes does it, for good")
