"""/admin/jobs: what waits, runs and has failed, why, and the button that has it tried again."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext, pgettext
from werkzeug.wrappers import Response

from graphnet import jobs
from graphnet.errors import Conflict, ThingNotFound
from webapp.features.admin.routes import PAGE, blueprint
from webapp.features.admin.words import NOT_DONE
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.respond import answer, whole_number
from webapp.frame.security import role_required

OPEN = ("waiting", "running", "failed")


def states() -> dict[str, tuple[str, str, str]]:
    """Return the word, shape and tone of each state."""
    return {
        "waiting": (pgettext("job", "waits"), "ring", "quiet"),
        "running": (pgettext("job", "runs"), "half", "warn"),
        "failed": (pgettext("job", "failed"), "square", "bad"),
        "done": (pgettext("job", "done"), "full", "good"),
    }


def kind_word(kind: str) -> str:
    """Return what jobs of a kind do; the kind's own name where a feature has said nothing."""
    words = {
        "mail": gettext("a letter"),
        "snapshot": gettext("building the snapshot"),
        "learn_people": gettext("learning the order of people"),
        "models": gettext("fitting what recommends"),
        "fill_ledger": gettext("entering contributions after an import"),
        "ambassadors": gettext("choosing ambassadors"),
        "digest": gettext("letters from the lists"),
        "erase": gettext("erasing somebody who asked for it"),
        "erase_files": gettext("taking the erased out of files"),
    }
    return str(words.get(kind, kind))


@blueprint.get("/admin/jobs")
@role_required("admin")
def jobs_page() -> Response:
    """Show jobs by state; what they were given is not read."""
    store = graphnet().store
    state = request.args.get("state", "")
    number = whole_number("page", 1, low=1, high=100_000)
    found = jobs.listed(
        store, [state] if state in jobs.STATES else OPEN, skip=(number - 1) * PAGE, limit=PAGE + 1
    )
    totals = dict.fromkeys(jobs.STATES, 0)
    for row in jobs.counts(store):
        totals[row["state"]] += row["n"]
    return answer(
        "admin/jobs.html",
        jobs=[_shown(row) for row in found[:PAGE]],
        more=len(found) > PAGE,
        number=number,
        state=state if state in jobs.STATES else "",
        states=states(),
        choices=[("", gettext("not done yet"))]
        + [(name, f"{look[0]} ({totals[name]})") for name, look in states().items()],
        workers=[beat for beat in jobs.alive(store) if beat["kind"] == "worker"],
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    lines = row["error"].strip().splitlines()
    return row | {
        "word": kind_word(row["kind"]),
        "moment": row["finished_at"] or row["run_at"],
        "why": NOT_DONE.get(row["code"], ""),
        "error": lines[-1] if lines and row["code"] != "poison" else "",
        "may_retry": row["state"] in ("waiting", "failed") and row["whole"],
    }


@blueprint.post("/admin/jobs/<job_id>/retry")
@role_required("admin")
def retry_job(job_id: str) -> Response:
    """Have a job done as soon as a worker is free."""
    try:
        jobs.retry(graphnet().store, job_id)
    except Conflict as problem:
        flash(why(problem), "error")
    except ThingNotFound:
        flash(gettext("There is no such job any more."), "error")
    else:
        flash(gettext("It is done as soon as a worker is free."), "success")
    return redirect(url_for("admin.jobs_page", state=request.form.get("state") or None), 303)
