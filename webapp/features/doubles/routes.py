"""/staff/doubles: pairs that may be one person, side by side; what was decided; merges undone."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet import jobs, merging
from graphnet.errors import BadValue, Conflict, NotAllowed, NotFound
from graphnet.merging import clusters, doubles, standing
from ingest.uploads.scan import KIND
from webapp.features.doubles import words
from webapp.features.imports.words import field_word
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("doubles", __name__, template_folder="templates")

SHOWN = 50  # of the queue on its page
AHEAD = 12  # answers for which the expected finds are said


@blueprint.get("/staff/doubles")
@role_required("staff", purpose="correct")
def queue() -> Response:
    """What waits, the likeliest first, and when one may stop."""
    viewer, store = current_viewer(), graphnet().store
    found = doubles.queue(store, viewer)
    ahead = min(AHEAD, len(found.waiting))
    return answer(
        "doubles/queue.html",
        queue=found,
        shown=found.waiting[:SHOWN],
        stop=words.reason_to_wait(ahead, found.next(ahead)) if ahead else "",
        merges=merging.merges(store, viewer, limit=20),
        words=words,
        obvious=len(clusters.obvious(store, viewer, rules=live().rules)),
        decisions=[d for d in doubles.decisions(store, viewer) if d["state"] == "different"],
    )


@blueprint.post("/staff/doubles/scan")
@role_required("staff", purpose="correct")
def scan() -> Response:
    """Have the whole base looked through."""
    jobs.ask(graphnet().store, KIND, "whole base", again=timedelta(0))
    flash(gettext("The whole base is being looked through; what is found comes here."), "success")
    return redirect(url_for("doubles.queue"), 303)


@blueprint.get("/staff/doubles/next")
@role_required("staff", purpose="correct")
def following() -> Response:
    """The likeliest pair that nobody else looks at."""
    viewer, store = current_viewer(), graphnet().store
    for one in doubles.queue(store, viewer, limit=SHOWN).waiting:
        if doubles.take(store, viewer, one.id):
            return redirect(url_for("doubles.pair", double_id=one.id), 303)
    flash(gettext("Nothing waits for an answer now."), "info")
    return redirect(url_for("doubles.queue"), 303)


@blueprint.get("/staff/doubles/<double_id>")
@role_required("staff", purpose="correct")
def pair(double_id: str) -> Response:
    """One pair side by side, with what speaks for and against it."""
    found = doubles.double(graphnet().store, current_viewer(), double_id, rules=live().rules)
    return _page(found)


def _page(found: doubles.Double, *, problem: str = "") -> Response:
    """Return the page of a pair; if an answer was not taken, with what was chosen."""
    viewer, store = current_viewer(), graphnet().store
    waits = found.state in ("open", "later") and found.ended_at is None
    mine = waits and doubles.take(store, viewer, found.id)
    both = all(side["account"] for side in found.sides)
    keys = [card.key for card in found.cards]
    differ = standing.differences(store, viewer, keys) if mine else []
    return answer(
        "doubles/pair.html",
        pair=found,
        waits=waits,
        mine=mine,
        both_accounts=both,
        choices=doubles.accounts(store, viewer, keys),
        account=request.form.get("account", ""),
        words=words,
        field_word=field_word,
        rows=words.compared(found.sides),
        others=_others(found.id) if waits else 0,
        stand=words.choices(differ, found.cards, words.chosen(request.form)),
        seen=standing.seen(differ),
        problem=problem,
        status=409 if problem else 200,
    )


def _others(double_id: str) -> int:
    """Return how many may be one person with these two, they included; 0 if only they."""
    found = clusters.cluster(graphnet().store, current_viewer(), double_id, rules=live().rules)
    return len(found.cards) if found and len(found.cards) > 2 else 0


@blueprint.post("/staff/doubles/<double_id>")
@role_required("staff", purpose="correct")
def decide(double_id: str) -> Response:
    """Same, different or later; the next pair comes."""
    viewer, store = current_viewer(), graphnet().store
    said = request.form.get("answer", "")
    found = doubles.double(store, viewer, double_id, rules=live().rules)
    try:
        if said == "same":
            one, other = found.cards
            done = merging.merge(
                store,
                viewer,
                one.key,
                other.key,
                double_id=double_id,
                account=request.form.get("account", ""),
                chosen=words.chosen(request.form),
                seen=request.form.get("seen", ""),
                rules=live().rules,
            )
            _tell(done)
        elif said == "different":
            doubles.differ(store, viewer, double_id, rules=live().rules)
            flash(gettext("They are two people, from now on."), "success")
        elif said == "later":
            doubles.put_off(store, viewer, double_id)
        else:
            raise BadValue("of two records one says: same, different or later", code="answer")
    except (Conflict, NotAllowed) as problem:
        return _page(found, problem=why(problem))
    return redirect(url_for("doubles.following"), 303)


def _tell(done: merging.Merge) -> None:
    moved = sum(done.moved.values())
    text = ngettext(
        "They are one person now; %(num)s tie has moved.",
        "They are one person now; %(num)s ties have moved.",
        moved,
    )
    if aside := sum(done.aside.values()):
        text += " " + ngettext(
            "%(num)s was there twice, and stands once.",
            "%(num)s were there twice, and stand once.",
            aside,
        )
    if done.stricter:
        text += " " + gettext("Of consents, accounts and refusals the stricter counts.")
    if done.kept:
        names = ", ".join(dict.fromkeys(str(words.ONCE.get(name, field_word(name)))
                                        for name, _, _ in done.kept))  # fmt: skip
        text += " " + gettext("They said different things of: %(names)s.", names=names)
    flash(text, "success")


@blueprint.post("/staff/doubles/merges/<merge_id>/undo")
@role_required("staff", purpose="correct")
def undo(merge_id: str) -> Response:
    """Part two people who were joined; say what stays with whom."""
    try:
        undone = merging.undo(graphnet().store, current_viewer(), merge_id)
    except Conflict as problem:
        flash(why(problem), "error")
    except NotFound:
        flash(gettext("This is undone already."), "error")
    else:
        flash(undone_text(undone), "success")
    return redirect(url_for("doubles.queue"), 303)


def undone_text(undone: merging.Undone) -> str:
    """Return what undoing a merge has kept, and why."""
    text = gettext("They are two people again.")
    if since := sum(undone.since.values()):
        text += " " + ngettext(
            "%(num)s tie made since then stays with who stood.",
            "%(num)s ties made since then stay with who stood.",
            since,
        )
    if undone.edited:
        names = ", ".join(dict.fromkeys(field_word(name) for name in undone.edited))
        text += " " + gettext("Edited since, and therefore kept: %(names)s.", names=names)
    return str(text)


@blueprint.post("/staff/doubles/<double_id>/end")
@role_required("staff", purpose="correct")
def end(double_id: str) -> Response:
    """End a decision: the pair is asked about anew."""
    try:
        doubles.end(graphnet().store, current_viewer(), double_id)
    except (Conflict, NotFound):
        flash(gettext("This decision stands no longer."), "error")
    else:
        flash(gettext("The pair waits for a new answer."), "success")
    return redirect(url_for("doubles.queue"), 303)
