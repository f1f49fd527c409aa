"""/staff/requests: one list, mine first; a request with its whole history; how the desk does."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict
from graphnet.features import registered
from graphnet.requests import asking_on, desk, hiding, joining, referrals, threads, units, work
from graphnet.requests.addressees import suggestions
from graphnet.requests.closing import close as close_request
from graphnet.requests.colleagues import colleagues
from graphnet.requests.figures import figures as figures_of
from graphnet.requests.kinds import kind_of
from webapp.features.requests.answers import answer_letter
from webapp.features.requests.kinds import offered
from webapp.features.requests.reasons import reason_lines
from webapp.features.requests.routes import blueprint, request_page
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or, page_of
from webapp.frame.security import current_viewer, role_required

PURPOSE = "answer requests"
SHOWN = ("open", "mine", "nobodys", "done")


@blueprint.get("/staff/requests")
@role_required("staff", purpose=PURPOSE)
def index() -> Response:
    """Open requests, mine first, then as they are due; those that are done, the latest first."""
    shown = request.args.get("show", "open")
    shown = "done" if request.args.get("status") == "done" else shown
    shown = shown if shown in SHOWN else "open"
    store, viewer = graphnet().store, current_viewer()
    which: dict[str, Any] = {
        "status": "done" if shown == "done" else "",
        "owner": viewer.account_id if shown == "mine" else "",
        "nobodys": shown == "nobodys",
        "kind": request.args.get("kind", ""),
    }
    page = page_of(desk.how_many(store, viewer, **which), size=25)
    return answer(
        "requests/index.html",
        rows=desk.open_requests(
            store, viewer, **which, skip=page.skip, limit=page.size, rules=live().rules
        ),
        page=page,
        chosen=shown,
        own_account=viewer.account_id,
    )


@blueprint.get("/staff/requests/figures")
@role_required("staff", purpose=PURPOSE)
def figures() -> Response:
    """Working hours to the first answer and to the end, the share in time: by kind, by unit."""
    store, viewer = graphnet().store, current_viewer()
    return answer(
        "requests/figures.html",
        rows=figures_of(store, viewer),
        units=figures_of(store, viewer, by_unit=True),
    )


@blueprint.get("/staff/requests/<request_id>")
@role_required("staff", purpose=PURPOSE)
def one(request_id: str) -> Response:
    """One request, whole, with who asks and how it is closed."""
    return desk_page(request_id)


def desk_page(request_id: str, *, status: int = 200, error: str = "") -> Response:
    """Return the page of a request, with what went wrong."""
    viewer = current_viewer()
    row = desk.one(graphnet().store, viewer, request_id, rules=live().rules)
    kind = kind_of(registered().request_kinds, row["kind"])
    if (page := request_page(row)) != url_for("requests.one", request_id=request_id):
        return redirect(page, 303)
    open_and_told = kind is not None and kind.told and row["status"] not in ("done", "joined")
    people, held = (
        suggestions(graphnet().store, viewer, request_id, rules=live().rules)
        if open_and_told
        else ([], [])
    )
    words = " ".join(request.values.get("words", "").split())[:200]
    return answer(
        "requests/one.html",
        status=status,
        row=row,
        form=registered().request_forms.get(row["kind"]),
        known=kind is not None,
        told=kind is not None and kind.told,
        words=words,
        found=hiding.candidates(live(), viewer, row, words)
        if row["kind"] == hiding.KIND.name and row["status"] != "done"
        else [],
        nobody=hiding.NOBODY,
        said=request.form.get("answer", ""),
        chosen=request.form,
        error=error,
        entries=threads.for_staff(graphnet().store, viewer, request_id, rules=live().rules),
        colleagues=colleagues(graphnet().store, viewer),
        own_account=viewer.account_id,
        can_reopen=kind is not None and kind.answerable,
        people=people,
        units=held,
        unit=units.of_request(graphnet().store, request_id),
        asked=referrals.of_request(graphnet().store, viewer, request_id, rules=live().rules),
        find=url_for("requests.find_addressee", request_id=request_id),
        findable=open_and_told,
        reason_lines=reason_lines,
        joined=joining.joined(graphnet().store, viewer, request_id),
        leads_to=joining.leads_to(graphnet().store, request_id),
        alike=joining.alike(graphnet().store, viewer, request_id) if open_and_told else [],
        join_at=url_for("requests.join", request_id=request_id),
        offers=offered() if open_and_told else {},
    )


@blueprint.post("/staff/requests/<request_id>")
@role_required("staff", purpose=PURPOSE)
def close(request_id: str) -> Response:
    """Close one request by the rule of its kind; what was written stays in the form if not."""
    try:
        close_request(
            graphnet().store,
            current_viewer(),
            registered().request_kinds,
            request_id,
            request.form.get("answer", ""),
            choice=request.form,
            tell=answer_letter,
        )
    except Conflict as problem:
        return desk_page(request_id, status=409, error=why(problem))
    except BadValue as problem:
        return desk_page(request_id, status=422, error=why(problem))
    flash(gettext("Closed, and on the record. Who asked is told."), "success")
    return redirect(url_for("requests.index"), 303)


@blueprint.post("/staff/requests/<request_id>/work")
@role_required("staff", purpose=PURPOSE)
def work_on(request_id: str) -> Response:
    """Take on, hand over, note, reply, open again: one act, then the page of the request."""
    store, viewer, kinds = graphnet().store, current_viewer(), registered().request_kinds
    act, words = request.form.get("act", ""), request.form.get("text", "")
    try:
        if act == "claim":
            work.claim(store, viewer, request_id)
            done = gettext("The request is yours.")
        elif act == "hand":
            work.hand_over(store, viewer, request_id, request.form.get("account", ""), words)
            done = gettext("Handed over; your colleague is told by a letter.")
        elif act == "note":
            work.note(store, viewer, request_id, words)
            done = gettext("The note is kept. Nobody but staff reads it, and nothing was sent.")
        elif act in ("reply", "wait"):
            work.reply(store, viewer, kinds, request_id, words, wait=act == "wait")
            done = gettext("Sent to who asked. The request stays open.")
        elif act == "reopen":
            asking_on.reopen(store, viewer, kinds, request_id, words)
            done = gettext("The request is open again.")
        else:
            raise BadValue(
                "a request is taken on, handed over, noted, replied to or opened again", code="act"
            )
    except Conflict as problem:
        return desk_page(request_id, status=409, error=why(problem))
    except BadValue as problem:
        return desk_page(request_id, status=422, error=why(problem))
    flash(done, "success")
    return redirect(back_or(url_for("requests.one", request_id=request_id)), 303)
