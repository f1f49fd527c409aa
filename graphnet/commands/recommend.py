"""`graphnet recommend`: how good the lists are, judged by what people did later."""

from dataclasses import asdict
from typing import Any

import click
import numpy as np

from graphnet import engine
from graphnet.analysis.quality import of_lists
from graphnet.commands.answers import show
from graphnet.settings import Settings


@click.group("recommend")
def recommend() -> None:
    """Recommendations: how good the lists are."""


@recommend.command("evaluate")
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.2,
    show_default=True,
    help="The latest share of what people did, by which the lists are judged.",
)
@click.option("--events", "k_events", default=3, show_default=True, help="Length of a list.")
@click.option("--groups", "k_groups", default=5, show_default=True, help="Length of a list.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def evaluate_command(
    settings: Settings, *, share: float, k_events: int, k_groups: int, as_json: bool
) -> None:
    """Judge the lists of events and communities by a split in time.

    What came before the split is known, what came after is asked for. Beside the learned lists
    stand the simplest ones on the same questions. People who do not let the site learn from what
    they do are in neither half.
    """
    with engine.open(settings, follow=False) as found:
        lists = of_lists(found.store, share=share, k_events=k_events, k_groups=k_groups)
    events, groups = lists.events, lists.groups
    report: dict[str, Any] = {
        "events": {"k": k_events, "from": _day(lists.split), "learned": lists.learned},
        "groups": {"k": k_groups},
    }
    report["events"]["ways"] = [asdict(figure) for figure in events]
    report["groups"]["ways"] = [asdict(figure) for figure in groups]
    if as_json:
        show(report, as_json=True)
        return
    for name, k, figures in (("events", k_events, events), ("groups", k_groups, groups)):
        click.echo(f"{name}, lists of {k}, {figures[0].questions if figures else 0} questions")
        for figure in figures:
            click.echo(
                f"  {figure.model:8s} recall {figure.recall:.3f} ± {figure.error:.3f}"
                f"   ndcg {figure.ndcg:.3f}   coverage {figure.coverage:.2f}"
                f"   Gini {figure.gini:.2f}"
            )
    if not lists.learned:
        click.echo("too few answers before the split to learn from: 'learned' is the rule")


def _day(milliseconds: int) -> str:
    return str(np.datetime64(milliseconds, "ms").astype("datetime64[D]"))
