"""/staff: today, for staff: what is late first, how many are reachable, what runs."""

from datetime import datetime

from flask import Blueprint
from werkzeug.wrappers import Response

from graphnet import jobs
from graphnet.community import figures, requests
from graphnet.community.recovery.numbers import numbers
from graphnet.errors import SnapshotError
from ingest.runs import runs
from webapp.context import graphnet, live
from webapp.pages import answer
from webapp.security import current_viewer, role_required
from webapp.waiting import waiting

blueprint = Blueprint("staff", __name__, template_folder="templates")


@blueprint.get("/staff")
@role_required("staff", purpose="today")
def today() -> Response:
    """Overdue requests, the numbers of the day, and the state of the machinery."""
    store = graphnet().store
    try:
        snapshot = live().view().snapshot.describe()
    except SnapshotError:
        snapshot = None
    return answer(
        "staff/today.html",
        numbers=numbers(store, current_viewer()),
        waiting=waiting(current_viewer()),
        requests=requests.open_requests(store, current_viewer(), limit=10),
        request_counts=requests.counts(store),
        figures=figures.today(store),
        waiting_runs=[run for run in runs(store, limit=20) if not run["ground"]],
        workers=[beat for beat in jobs.alive(store) if beat["kind"] == "worker"],
        failed=[row for row in jobs.counts(store) if row["state"] == "failed"],
        snapshot=snapshot,
        built_at=datetime.fromisoformat(snapshot["built_at"]) if snapshot else None,
    )
