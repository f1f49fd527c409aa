"""Questions on the command line: the library, spoken. Each prints a table, or JSON with `--json`.

`--as ID` asks as that alumnus, and shows what they would see; without it, staff ask, which is
written into the audit trail like every other read.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from graphnet import engine, people
from graphnet.audit import audit
from graphnet.commands.answers import MANY, card_row, opened, question, show
from graphnet.computed import refresh
from graphnet.discovery import classmates as classmates_module
from graphnet.discovery.criteria import STATES
from graphnet.discovery.search import PeopleFound, find_people
from graphnet.errors import NotFound, SnapshotError
from graphnet.influence.central import ORDERS, central_people
from graphnet.live import Live
from graphnet.maps import export
from graphnet.maps.network import KINDS, LAYERS, network_of
from graphnet.people import Card
from graphnet.privacy import Viewer
from graphnet.recommendations import LISTS, Reason, Shelf, people_you_may_know
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot


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


@click.command()
@click.option("--by", "order", type=click.Choice(ORDERS), default="percentile", show_default=True)
@click.option("--limit", type=MANY, default=20, show_default=True)
@question
def central(live: Live, viewer: Viewer, *, order: str, limit: int) -> list[dict[str, Any]]:
    """List who is central in the network, for staff; people without consent are left out."""
    found = central_people(live, viewer, order=order, limit=limit)
    return [
        card_row(row.card)
        | {
            "percentile": row.percentile,
            "low": row.low,
            "high": row.high,
            "missing": row.missing,
            "pagerank": row.pagerank,
            "betweenness": row.betweenness,
            "betweenness_error": row.betweenness_error,
            "core": row.core,
            "bridging": row.bridging,
            "answered": row.answered,
            "ties": row.ties,
            "coverage": row.coverage,
        }
        for row in found.rows
    ]


FORMS = ("gexf", "graphml", "csv")


def _writable(_context: click.Context, _option: click.Parameter, out: Path) -> Path:
    """Refuse what cannot be written before anything is computed."""
    if out.suffix[1:] not in FORMS:
        raise click.BadParameter(f"{out.suffix or out} is not .gexf, .graphml or .csv")
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise click.BadParameter(f"{out} may not be written")
    return out


@click.command("map")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("thing_id")
@click.option("--layer", type=click.Choice(LAYERS), default="knows", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    callback=_writable,
    help="FILE.gexf, FILE.graphml or FILE.csv; beside FILE.csv, FILE.ties.csv has the ties.",
)
@click.option(
    "--project",
    default="",
    metavar="NAME",
    help="Pseudonyms and coordinates of this study alone, the same each time; default: the site's.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def map_command(
    settings: Settings,
    *,
    kind: str,
    thing_id: str,
    layer: str,
    out: Path,
    project: str,
    as_json: bool,
) -> None:
    """Write a cohort, group or unit into a file, everybody and every tie, under pseudonyms.

    KIND and THING_ID are what `graphnet list` prints.
    """
    viewer = Viewer("analyst", account_id="command line", purpose="export")
    rules = engine.rules(settings, project=project)
    with opened(settings) as live:
        found = network_of(live, viewer, kind, thing_id, layer=layer, whole=True, rules=rules)
        live.store.in_write(
            lambda t: audit(
                t, "command line", "analyst", "export", project or "maps", f"{kind} {thing_id}",
                f"{len(found.cards)} people, {found.ties} ties",
            )
        )  # fmt: skip
        written = []
        for end, text in export.files(found, out.suffix[1:]).items():
            path = out.with_suffix(end)
            path.write_text(text, encoding="utf-8", newline="")
            written.append(str(path))
    if as_json:
        show(export.about(found) | {"project": project or None, "files": written}, as_json=True)
    else:
        click.echo(
            f"{', '.join(written)}: {len(found.cards)} people, {found.ties} ties, all of them"
        )


@click.group()
def snapshot() -> None:
    """The immutable copy of the network that engines answer from."""


@snapshot.command("build")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def build_snapshot(settings: Settings, *, as_json: bool) -> None:
    """Build a snapshot now, with the name index and the measures, and make it the current one."""
    with opened(settings, follow=False) as live:
        built = refresh(live.store, settings.snapshots)
        show(built.describe(), as_json=as_json)


@snapshot.command("show")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show_snapshot(settings: Settings, *, as_json: bool) -> None:
    """Describe the current snapshot."""
    path = current(settings.snapshots)
    if path is None:
        raise SnapshotError("there is no snapshot yet: `graphnet snapshot build`")
    show(open_snapshot(path).describe() | {"folder": str(path)}, as_json=as_json)
