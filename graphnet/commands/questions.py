"""Questions on the command line: the library, spoken. Each prints a table, or JSON with `--json`.

`--as ID` asks as that alumnus, and shows what they would see; without it, staff ask, which is
written into the audit trail like every other read.
"""

from collections.abc import Sequence
from typing import Any

import click

from graphnet import people
from graphnet.commands.answers import MANY, card_row, opened, question, show
from graphnet.discovery import classmates as classmates_module
from graphnet.discovery.criteria import STATES
from graphnet.discovery.search import PeopleFound, find_people
from graphnet.errors import NotFound
from graphnet.live import Live
from graphnet.people import Card
from graphnet.privacy import Viewer
from graphnet.recommendations import LISTS, Reason, Shelf, people_you_may_know
from graphnet.settings import Settings


@click.command()
@click.argument("text", default="")
@click.option("--year", help="Intake or graduation, two years either way.")
@click.option("--group", help="A code that the study group once had.")
@click.option("--faculty", "unit", help="A faculty or another unit: its name or id.")
@click.option("--stream", help="The number of the stream, looked for in group codes.")
@click.option("--city", help="Where they live, of who shows it.")
@click.option("--employer", help="Where they have worked, of who shows it.")
@click.option("--state", type=click.Choice(STATES), help="Registered on the site or not.")
@click.option("--limit", type=MANY, default=10, show_default=True)
@question
def find(
    live: Live, viewer: Viewer, *, text: str, limit: int, **filters: str | None
) -> list[dict[str, Any]]:
    """Find people by name: either alphabet, diminutives, typing errors, a year, a group, a city.

    If nobody fits all that was asked, nobody is printed, and the code is 1.
    """
    chosen = {name: value for name, value in filters.items() if value}
    if not text.strip() and not chosen:
        raise click.UsageError("say a name, or something else that is known: a year, a group ...")
    found = find_people(live, viewer, text, filters=chosen, k=limit)
    criteria = "; ".join(f"{c.kind} {c.value}" for c in found.criteria)
    if found.widened or (chosen and not found.hits):
        # Whoever asks for a group must not be given people of other groups.
        raise NotFound("\n  ".join([f"nobody fits {criteria or 'that'}", *_instead(found)]))
    for line in _instead(found):
        click.echo(f"  {line}", err=True)
    return [
        card_row(hit.card)
        | {
            "matched": ", ".join(f"{m.part} {m.how}" for m in hit.found.matched) or None,
            "narrowed": criteria or None,
        }
        for hit in found.hits
    ]


def _instead(found: PeopleFound) -> list[str]:
    """Return what else could be asked, and how many people that would be."""
    return [
        (
            f"without {other.without.kind} {other.without.value}"
            if other.without
            else (f"only {other.words!r}" if other.words else "whatever the name")
        )
        + f": {other.count}"
        for other in found.alternatives
    ]


@click.command()
@click.argument("person_id")
@click.option(
    "--state",
    type=click.Choice(classmates_module.STATES[1:]),
    default=None,
    help="Only those in this state; lately: registered in the last 60 days.",
)
@click.option("--in", "within", default="", help="Only of this study group or intake, by its id.")
@click.option("--name", default="", help="Only those with a name like this.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def classmates(
    settings: Settings, *, person_id: str, state: str | None, within: str, name: str, as_json: bool
) -> None:
    """List the groupmates and classmates of an alumnus, as that alumnus sees them."""
    with opened(settings, follow=bool(name)) as live:
        viewer = Viewer("alumnus", people.key_of(live.store, person_id))
        found = classmates_module.classes(live.store, viewer, rules=live.rules)
        everyone = found.people()
        common = classmates_module.in_common(live.store, viewer, everyone)
        asked = classmates_module.narrowed(
            found,
            state=state or "",
            within=within,
            keys=classmates_module.named_like(live, everyone, name) if name else None,
            lately=classmates_module.joined_lately(common),
        )

        def shared(card: Card) -> str | None:
            one = common.get(card.key, classmates_module.Common())
            return "; ".join(thing[1] for thing in (*one.events, *one.topics, *one.groups)) or None

        rows = [
            card_row(mate.card)
            | {"in": group.study.code, "terms": mate.terms, "shared": shared(mate.card)}
            for group in asked.groups
            for mate in group.mates
        ]
        rows += [
            card_row(card) | {"in": None, "terms": None, "shared": shared(card)}
            for card in asked.classmates
        ]
        show(rows, as_json=as_json)


@click.command()
@click.argument("person_id")
@click.option("--limit", type=MANY, default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def suggest(settings: Settings, *, person_id: str, limit: int, as_json: bool) -> None:
    """Suggest people whom an alumnus may know, each with the evidence."""
    with opened(settings) as live:
        viewer = Viewer("alumnus", people.key_of(live.store, person_id))
        found = people_you_may_know.people_i_may_know(live, viewer, k=limit)
        show(
            [card_row(s.card) | {"score": s.score, "because": because(s.reasons)} for s in found],
            as_json=as_json,
        )


@click.command()
@click.argument("person_id")
@click.option("--list", "name", type=click.Choice(LISTS), default="events", show_default=True)
@click.option("--limit", type=MANY, default=5, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def events(settings: Settings, *, person_id: str, name: str, limit: int, as_json: bool) -> None:
    """Recommend coming events, or another list, to an alumnus, each with the evidence."""
    with opened(settings) as live:
        viewer = Viewer("alumnus", people.key_of(live.store, person_id))
        mine = Shelf(live, settings.models).of(viewer)
        show(
            [
                {
                    "id": item.id,
                    "title": item.card.name.full if item.card else item.thing.title,
                    "begins": item.thing.begins.isoformat(timespec="minutes")
                    if item.thing.begins
                    else None,
                    "score": item.score,
                    "because": because(item.reasons),
                }
                for item in mine.best(name, limit, explore=False)
            ],
            as_json=as_json,
        )


def because(reasons: Sequence[people_you_may_know.Reason | Reason]) -> str:
    """Return the evidence in short."""
    return "; ".join(
        " ".join(str(part) for part in (r.kind, r.name, r.count or "") if part) for r in reasons
    )
