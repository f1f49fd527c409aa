"""/asked: somebody who may know is asked by the Association: "I can help", or "not me"."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict
from graphnet.features import registered
from graphnet.requests import referrals, threads, units
from webapp.features.requests.routes import blueprint
from webapp.features.requests.staff import PURPOSE, desk_page
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, limiter, role_required


@blueprint.get("/asked/<referral_id>")
@role_required("alumnus")
def asked(referral_id: str) -> Response:
    """Who asks, what, until when."""
    return _page(referral_id)


def _page(referral_id: str, *, status: int = 200, error: str = "") -> Response:
    row = referrals.my_one(graphnet().store, current_viewer(), referral_id, rules=live().rules)
    return answer(
        "requests/asked.html",
        status=status,
        row=row,
        said=request.form.get("text", ""),
        longest=threads.LONGEST,
        error=error,
    )


@blueprint.post("/asked/<referral_id>")
@role_required("alumnus")
@limiter.limit("60/hour")
def say_asked(referral_id: str) -> Response:
    """Say yes or no, or write the answer."""
    store, viewer, act = graphnet().store, current_viewer(), request.form.get("act", "")
    here = url_for("requests.asked", referral_id=referral_id)
    try:
        if act == "no":
            referrals.decline(store, viewer, referral_id)
            flash(
                gettext("Thank you for saying so. You are not asked about this again."), "success"
            )
            return redirect(back_or(url_for("home.home")), 303)
        if act == "yes":
            referrals.can_help(store, viewer, referral_id)
            flash(gettext("Thank you! Write to who asked: it reaches them at once."), "success")
            return redirect(here, 303)
        referrals.answer(store, viewer, referral_id, request.form.get("text", ""))
        flash(gettext("Sent to who asked, and to the Association."), "success")
    except BadValue:
        error = gettext("Write between 1 and %(most)s characters.", most=threads.LONGEST)
        return _page(referral_id, status=422, error=error)
    except Conflict:
        error = gettext("This is settled by now: nothing more is needed. Thank you!")
        return _page(referral_id, status=409, error=error)
    return redirect(here, 303)


@blueprint.post("/staff/requests/<request_id>/addressee")
@role_required("staff", purpose=PURPOSE)
def find_addressee(request_id: str) -> Response:
    """Ask somebody, ask them no more, or pass the request to a unit: one act."""
    store, viewer, form = graphnet().store, current_viewer(), request.form
    try:
        if form.get("unit"):
            units.pass_to(store, viewer, request_id, form["unit"], form.get("unit_words", ""))
            done = gettext(
                "Passed to the unit. Who asked sees it; the request stays yours to follow."
            )
        elif form.get("withdraw"):
            referrals.withdraw(store, viewer, request_id, form["withdraw"])
            done = gettext("They are asked no more, and told so.")
        else:
            referrals.ask(
                store,
                viewer,
                registered().request_kinds,
                request_id,
                form.get("person", ""),
                form.get("text", ""),
                passes=bool(form.get("passes")),
            )
            done = gettext(
                "Asked, by letter and on their page. Who asked sees that somebody was asked."
            )
    except Conflict as problem:
        return desk_page(request_id, status=409, error=why(problem))
    except BadValue as problem:
        return desk_page(request_id, status=422, error=why(problem))
    flash(done, "success")
    return redirect(url_for("requests.one", request_id=request_id, _anchor="addressee"), 303)
