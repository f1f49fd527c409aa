"""The worker's part: choosing the set of a plan, with the newest snapshot of the network."""

from typing import TYPE_CHECKING

from graphnet import changes, jobs
from graphnet.ambassadors.choosing import give_up, run_plan
from graphnet.core import Core
from graphnet.influence.central import current_folder
from graphnet.influence.measures import open_measures
from graphnet.live import Live, View
from graphnet.store import Store

if TYPE_CHECKING:
    from graphnet.engine import Engine

KIND = "ambassadors"
# Up to so many people a set is chosen while staff wait, in less than a second.
AT_ONCE = 1_500


def choosing(engine: "Engine") -> jobs.Handler:
    """Return the handler of jobs that choose sets."""
    store = engine.store

    def choose(job: jobs.Job) -> None:
        live = Live(store, engine.settings.snapshots, rules=engine.rules)
        live.refresh()
        for change in changes.after(store, live.view().snapshot.version, limit=100_000):
            live.take_in(change)
        choose_now(store, live, live.view(), job.about)

    return choose


def say_failed(engine: "Engine", job: jobs.Job, error: str) -> None:
    """Have the plan say that nobody could choose its set."""
    give_up(engine.store, job.about, error)


def register(core: Core) -> None:
    """Bring the job."""
    core.job(KIND, choosing, give_up=say_failed)


def choose_now(store: Store, live: Live, view: View, plan_id: str) -> None:
    """Choose the set of a plan on this view."""
    measures = open_measures(current_folder(live))
    run_plan(store, view.snapshot, measures, plan_id, denied=tuple(sorted(view.denied)))


def start(store: Store, live: Live, plan_id: str) -> None:
    """Choose at once where that is quick; else leave it to the worker."""
    view = live.view()
    if view.snapshot.n <= AT_ONCE:
        choose_now(store, live, view, plan_id)
        return
    store.in_write(lambda t: jobs.enqueue(t, KIND, key=f"{KIND}:{plan_id}") and None)
