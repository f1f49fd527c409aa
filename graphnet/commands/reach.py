"""`graphnet reach`: ways to a person, a company, a city or a field, on the command line."""

from typing import Any

import click

from graphnet import people
from graphnet.commands.answers import opened, show
from graphnet.errors import BadValue
from graphnet.introductions.paths import ways_to
from graphnet.introductions.targets import Target
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.snapshot.layers import LAYER_WEIGHTS


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("to", required=False)
@click.option("--company", metavar="ID", help="Somebody of this company.")
@click.option("--city", metavar="ID", help="Somebody in this city.")
@click.option("--topic", metavar="ID", help="Somebody of this field.")
@click.option(
    "--layer",
    "layers",
    multiple=True,
    type=click.Choice(list(LAYER_WEIGHTS)),
    help="Only over ties of this kind; may stand several times. All of them if it does not.",
)
@click.option("--limit", default=3, show_default=True)
@click.option(
    "--as",
    "role",
    type=click.Choice(["alumnus", "staff"]),
    default="alumnus",
    show_default=True,
    help="As FROM sees it; or as staff, FROM being `association`: whole chains, on the record.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def reach(
    settings: Settings,
    *,
    source: str,
    to: str | None,
    company: str | None,
    city: str | None,
    topic: str | None,
    layers: tuple[str, ...],
    limit: int,
    role: str,
    as_json: bool,
) -> None:
    """Say through whom somebody may be reached, in at most three steps.

    FROM is the id of an alumnus, or `association` for the people whom the Association can reach,
    which only staff may ask (`--as staff`). TO is the id of a person.

    Ways are ordered by strength, the product of their ties' strengths and of how seldom those in
    between were asked lately; no two share anybody. Where there is one of at most two steps, the
    strongest such is among them.
    """
    named = {"person": to, "company": company, "city": city, "topic": topic}
    chosen = [Target(kind, value) for kind, value in named.items() if value]
    if len(chosen) != 1:
        raise BadValue("name one target: TO, --company, --city or --topic")
    if source == "association" and role != "staff":
        raise BadValue("only staff may ask from `association`: add --as staff")
    if source != "association" and role == "staff":
        raise BadValue("as staff, ask from `association`; from an alumnus without --as staff")
    if source == to:
        raise BadValue("FROM and TO are the same person")
    with opened(settings) as live:
        if role == "staff":
            viewer = Viewer("staff", account_id="command line", purpose="command line")
        else:
            viewer = Viewer("alumnus", people.key_of(live.store, source))
        found = ways_to(live, viewer, chosen[0], k=limit, layers=layers)
        rows: list[dict[str, Any]] = [
            {
                "first": way.contact.name.full,
                "id": way.contact.id,
                "steps": way.steps,
                "strength": way.strength,
            }
            | ({"chain": " - ".join(c.name.full for c in way.chain)} if way.chain else {})
            for way in found.ways
        ]
        show(rows, as_json=as_json)
