"""Several who may be one person: one taken out, the rest joined; many obvious pairs at once."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, NotFound
from graphnet.merging import clusters, standing
from webapp.features.doubles import words
from webapp.features.doubles.routes import blueprint
from webapp.features.imports.words import field_word
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required


@blueprint.get("/staff/doubles/<double_id>/all")
@role_required("staff", purpose="correct")
def cluster(double_id: str) -> Response:
    """All who may be one person with these two, side by side."""
    viewer, store = current_viewer(), graphnet().store
    found = clusters.cluster(store, viewer, double_id, rules=live().rules)
    if found is None:
        flash(gettext("Somebody has answered this already."), "info")
        return redirect(url_for("doubles.queue"), 303)
    if len(found.cards) < 3:
        return redirect(url_for("doubles.pair", double_id=double_id), 303)
    return _page(double_id, found)


def _page(double_id: str, found: clusters.Cluster, *, problem: str = "") -> Response:
    """Return the page of a cluster; if an answer was not taken, with what was chosen."""
    differ = standing.differences(
        graphnet().store, current_viewer(), [card.key for card in found.cards]
    )
    return answer(
        "doubles/cluster.html",
        double_id=double_id,
        found=found,
        rows=words.compared(found.sides),
        field_word=field_word,
        stand=words.choices(differ, found.cards, words.chosen(request.form)),
        seen=standing.seen(differ),
        out=request.form.get("out", ""),
        problem=problem,
        status=409 if problem else 200,
    )


@blueprint.post("/staff/doubles/<double_id>/all")
@role_required("staff", purpose="correct")
def decide_all(double_id: str) -> Response:
    """Take one out, join the rest, or both."""
    viewer, store, rules = current_viewer(), graphnet().store, live().rules
    said, shown = request.form.get("answer", ""), request.form.getlist("shown")
    if said not in ("out", "out and join", "join"):
        raise BadValue("of these records one says: same, different or later", code="answer")
    if said != "join" and request.form.get("out", "") not in shown:
        return _again(double_id, gettext("Choose who does not belong to the others."))
    try:
        keys = clusters.shown_keys(store, viewer, double_id, shown, rules=rules)
        if said != "out":
            standing.still(store, viewer, keys, request.form.get("seen", ""))
        if said != "join":
            keys = clusters.take_out(
                store, viewer, double_id, request.form["out"], shown=shown, rules=rules
            )
            flash(gettext("Taken out: another person than all the others, from now on."), "success")
        if said != "out":
            chosen = words.chosen(request.form)
            done = clusters.join_all(store, viewer, keys, chosen=chosen, rules=rules)
            flash(
                ngettext(
                    "%(num)s joining is done; it can be undone below.",
                    "%(num)s joinings are done; each can be undone below, the latest first.",
                    len(done),
                ),
                "success",
            )
            return redirect(url_for("doubles.queue"), 303)
    except (Conflict, NotFound) as problem:
        return _again(double_id, why(problem))
    return redirect(url_for("doubles.following"), 303)


def _again(double_id: str, problem: str) -> Response:
    """Show the cluster once more as it is now, with what was chosen and why that was not taken."""
    found = clusters.cluster(graphnet().store, current_viewer(), double_id, rules=live().rules)
    if found is None or len(found.cards) < 3:
        flash(problem, "error")
        return redirect(url_for("doubles.cluster", double_id=double_id), 303)
    return _page(double_id, found, problem=problem)


@blueprint.route("/staff/doubles/obvious", methods=["GET", "POST"])
@role_required("staff", purpose="correct")
def obvious() -> Response:
    """Look a second time at the pairs that are all but sure; join those that are ticked."""
    viewer, store, rules = current_viewer(), graphnet().store, live().rules
    if request.method == "POST":
        chosen = request.form.getlist("pair")
        if not chosen:
            flash(gettext("Choose at least one pair."), "error")
            return redirect(url_for("doubles.obvious"), 303)
        done, left = clusters.join_obvious(store, viewer, chosen, rules=rules)
        text = ngettext(
            "%(num)s pair is one person now; it can be undone below.",
            "%(num)s pairs are one person each now; each can be undone below.",
            done,
        )
        if left:
            text += " " + ngettext(
                "%(num)s pair was left: somebody has answered it meanwhile.",
                "%(num)s pairs were left: somebody has answered them meanwhile.",
                left,
            )
        flash(text, "success" if done else "info")
        return redirect(url_for("doubles.queue"), 303)
    pairs = clusters.obvious(store, viewer, rules=rules)
    return answer("doubles/obvious.html", pairs=pairs)
