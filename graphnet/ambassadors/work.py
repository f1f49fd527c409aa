"""The worker's part: choosing the set of a plan, with the newest snapshot of the network."""

from collections.abc import Callable

from graphnet import changes, jobs
from graphnet.ambassadors.plans import give_up, run_plan
from graphnet.errors import GraphnetError
from graphnet.influence.central import current_folder
from graphnet.influence.measures import open_measures
from graphnet.live import Live, View
from graphnet.settings import Settings
from graphnet.store import Store

KIND = "ambassadors"
# Up to so many people a set is chosen while staff wait, in less than a second.
AT_ONCE = 1_500


def choosing(store: Store, settings: Settings) -> Callable[[jobs.Job], None]:
    """Return the handler of jobs that choose sets."""

    def choose(job: jobs.Job) -> None:
        plan_id = str(job.payload["plan"])
        live = Live(store, settings.snapshots)
        try:
            live.refresh()
            for change in changes.after(store, live.view().snapshot.version, limit=100_000):
                live.take_in(change)
            choose_now(store, live, live.view(), plan_id)
        except GraphnetError as problem:
            if job.attempts < jobs.MAX_ATTEMPTS:
                raise
            give_up(store, plan_id, problem)

    return choose


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
    store.in_write(
        lambda t: jobs.enqueue(t, KIND, {"plan": plan_id}, key=f"{KIND}:{plan_id}") and None
    )
