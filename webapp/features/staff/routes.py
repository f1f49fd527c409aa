"""/staff: today, for staff: what is late first, how many are reachable, what runs."""

from datetime import datetime

from flask import Blueprint
from werkzeug.wrappers import Response

from graphnet import jobs
from graphnet.errors import SnapshotError
from graphnet.recovery.dashboard import numbers
from graphnet.requests import desk
from graphnet.statistics import association
from webapp.frame.context import graphnet, live, shared
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required
from webapp.frame.waiting import by_owner, waiting

blueprint = Blueprint("staff", __name__, template_folder="templates")


@blueprint.get("/staff")
@role_required("staff", purpose="today")
def today() -> Response:
    """What is due, mine first; the numbers of the day, and the state of the machinery."""
    store, viewer = graphnet().store, current_viewer()
    items = waiting(viewer)
    queue = shared("staff.queue", lambda: jobs.counts(store))
    try:
        snapshot = live().view().snapshot.describe()
    except SnapshotError:
        snapshot = None
    return answer(
        "staff/today.html",
        numbers=shared("staff.numbers", lambda: numbers(store, viewer)),
        groups=by_owner(items, viewer.account_id),
        waiting=len(items),
        request_counts=desk.counts(store),
        figures=shared("staff.figures", lambda: association.today(store)),
        workers=[beat for beat in jobs.alive(store) if beat["kind"] == "worker"],
        failed=[row for row in queue if row["state"] == "failed"],
        snapshot=snapshot,
        built_at=datetime.fromisoformat(snapshot["built_at"]) if snapshot else None,
    )
