"""`graphnet ambassadors`: choose a set, look at one person's reach, attack the measures."""

from typing import Any

import click

from graphnet import people
from graphnet.ambassadors.asks import asked_since, conflicts, told, year_begins
from graphnet.commands.answers import card_row, opened, show
from graphnet.errors import BadValue
from graphnet.influence.ambassadors import Chosen, choose_ambassadors
from graphnet.influence.attack import ALLOWED_GAIN
from graphnet.influence.attack import attack as attack_ties
from graphnet.influence.central import current_folder
from graphnet.influence.measures import cohort_labels, open_measures
from graphnet.influence.position import reach_of
from graphnet.influence.wishes import Wish, labels, network, place_named
from graphnet.live import Live
from graphnet.people import cards
from graphnet.privacy import Viewer
from graphnet.settings import Settings

STAFF = Viewer("staff", account_id="command line", purpose="ambassadors")


@click.group()
def ambassadors() -> None:
    """Whom to ask to speak for the university: chosen sets, reach, and how safe it is."""


def _numbers(values: tuple[str, ...], option: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for value in values:
        name, colon, number = value.rpartition(":")
        if not colon or not name or not number.isdigit():
            raise BadValue(f"{option} {value}: write NAME:NUMBER")
        found[name] = int(number)
    return found


@ambassadors.command()
@click.option("--k", default=12, show_default=True, help="Size of the set.")
@click.option("--per", multiple=True, metavar="BY:N", help="faculty:1, decade:1, city:1.")
@click.option("--city", "city", multiple=True, metavar="NAME:N", help="At least N who live there.")
@click.option("--fix", multiple=True, metavar="ID", help="Must be in it.")
@click.option("--bar", multiple=True, metavar="ID", help="Must not be in it.")
@click.option("--faculty", default="", metavar="ID", help="Only of this unit.")
@click.option("--decade", default=0, help="Only of this decade of intake.")
@click.option("--fairness", default=0.0, show_default=True, help="0: reach alone; below 1.")
@click.option("--fair-by", type=click.Choice(["faculty", "decade"]), default="faculty")
@click.option("--asked-too", is_flag=True, help="Also people who were asked this year.")
@click.option("--conflicts-too", is_flag=True, help="Also staff, jurors and candidates.")
@click.option("--where-possible", is_flag=True, help="Leave out quotas that nobody meets.")
@click.option("--extra", default=0, help="How many more 'random plus' has; as many by default.")
@click.option("--seed", default=0, show_default=True, help="Of all random choices.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def choose(
    settings: Settings,
    /,
    *,
    k: int,
    per: tuple[str, ...],
    city: tuple[str, ...],
    fix: tuple[str, ...],
    bar: tuple[str, ...],
    asked_too: bool,
    conflicts_too: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Choose people who together reach the most alumni, beside other ways to choose."""
    quotas = _numbers(per, "--per")
    if set(quotas) - {"faculty", "decade", "city"}:
        raise BadValue("--per takes faculty:N, decade:N or city:N")
    with opened(settings) as live:
        view = live.view()
        fixed = [people.key_of(live.store, one) for one in fix]
        barred = {people.key_of(live.store, one) for one in bar}
        if not asked_too:
            barred |= asked_since(live.store, STAFF, year_begins())
        if not conflicts_too:
            barred |= set(conflicts(live.store, STAFF))
        wish = Wish(
            k=k,
            per=quotas,
            cities={
                place_named(view.snapshot, name): number
                for name, number in _numbers(city, "--city").items()
            },
            fixed=tuple(fixed),
            barred=tuple(sorted(barred - set(fixed))),
            **options,
        )
        measures = open_measures(current_folder(live))
        net = network(view.snapshot, measures, denied=tuple(view.denied), answers=told(live.store))
        chosen = choose_ambassadors(view.snapshot, net, wish)
        report(live, chosen, as_json=as_json)


def report(live: Live, chosen: Chosen, *, as_json: bool) -> None:
    """Print a set, its quotas, and the other ways to choose."""
    snapshot = live.view().snapshot
    by_key = {
        card.key: card
        for card in cards(live.store, STAFF, [m.key for m in chosen.members], rules=live.rules)
    }
    words = {by: labels(snapshot, by) for by in ("faculty", "decade", "city")}
    members = [
        card_row(by_key[m.key]) | {"reaches_alone": m.alone, "fixed": m.fixed}
        for m in chosen.members
        if m.key in by_key
    ]
    ways = [
        {
            "way": a.name,
            "people": len(a.people),
            "reach": a.reach,
            "error": a.standard_error,
            "choice_ahead_by": a.ahead,
            "error_of_that": a.ahead_error,
            "beyond_error": a.beaten,
        }
        for a in chosen.alternatives
    ]
    quotas = [
        {"quota": f"{q.by} {words[q.by].words[q.label]}", "asked": q.asked, "got": q.got}
        for q in chosen.quotas
    ]
    choice = chosen.choice
    facts = {
        "candidates": chosen.candidates,
        "audience": chosen.audience,
        "reach": choice.reach,
        "standard_error": choice.standard_error,
        "certificate": choice.certificate,
        "samples": choice.samples,
        "learned_ties": chosen.learned,
        "better_than_degree": chosen.better_than_degree,
        "left_out": [lack.sentence() for lack in chosen.left_out],
    }
    if as_json:
        whole = {"members": members, "ways": ways, "quotas": quotas, **facts}
        show(whole, as_json=True)
        return
    show(members, as_json=False)
    click.echo()
    show(ways, as_json=False)
    if quotas:
        click.echo()
        show(quotas, as_json=False)
    click.echo()
    show(facts, as_json=False)
    if not chosen.better_than_degree:
        click.echo("This choice is not better than choosing by degree, beyond the error.")


@ambassadors.command()
@click.argument("person_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def reach(settings: Settings, *, person_id: str, as_json: bool) -> None:
    """Print one person's reach, what carries it, and how firm it is."""
    with opened(settings) as live:
        snapshot = live.view().snapshot
        key = people.key_of(live.store, person_id)
        cards(live.store, STAFF, [key], rules=live.rules)  # staff's read, on the record
        found = reach_of(snapshot, open_measures(current_folder(live)), snapshot.position(key))
        facts: dict[str, Any] = {"why_not": found.why_not or None, "ties": found.ties}
        for one in found.measures:
            facts[one.name] = one.value
            facts[f"{one.name}_place"] = one.place
            facts[f"{one.name}_error"] = one.error
        facts |= {
            "place_low": found.low,
            "place_high": found.high,
            "moves_with_missing_ties": found.missing,
            "cohort_coverage": found.coverage,
            "few_ties": found.few,
            "carried_by": [
                {"id": str(snapshot.ids[snapshot.position(k)]), "share": float(s)}
                for k, s in found.carried
            ],
        }
        show(facts, as_json=as_json)


@ambassadors.command()
@click.option("--accounts", default=200, show_default=True, help="New accounts of the ring.")
@click.option("--ties", default=2000, show_default=True, help="Ties among them.")
@click.option("--bridges", default=10, show_default=True, help="Ties into the network.")
@click.option("--doors", type=int, help="Accounts that share the bridges; as many as bridges.")
@click.option("--seeds", default=5, show_default=True, help="Random draws of each way.")
@click.option("--seed", default=0, show_default=True, help="The first of them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def attack(
    settings: Settings,
    *,
    accounts: int,
    ties: int,
    bridges: int,
    doors: int | None,
    seeds: int,
    seed: int,
    as_json: bool,
) -> None:
    """Plant a ring of new accounts, in memory, and print what it gains in each measure."""
    with opened(settings, follow=False) as live:
        live.refresh()
        snapshot = live.view().snapshot
        found = attack_ties(
            snapshot, cohort_labels(snapshot), accounts=accounts, inner=ties, bridges=bridges,
            doors=doors, seeds=seeds, seed=seed,
        )  # fmt: skip
        rows = [
            {
                "measure": gain.measure,
                "worst_share": float(gain.share),
                "median_share": float(gain.usual),
                "worst_bridges": gain.bridges,
                "unprotected": float(gain.unprotected),
                "held": gain.held,
            }
            for gain in found.gains
        ]
        facts = {
            "attacks": found.attacks,
            "planted_let_in": found.let_in,
            "honest_with_ties": found.honest,
            "honest_kept_out": found.kept_out,
            "allowed_share": ALLOWED_GAIN,
            "held": all(gain.held for gain in found.gains),
        }
        if as_json:
            show({"gains": rows, **facts}, as_json=True)
        else:
            show(rows, as_json=False)
            click.echo()
            show(facts, as_json=False)
    if not facts["held"]:
        raise click.exceptions.Exit(1)
