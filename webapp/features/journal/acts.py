"""/people/ID/correct/hide and /join: two acts of a file that have no page elsewhere.

Staff see the hidden here, for their own sake: these pages are for the purpose 'correct'.
"""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import people
from graphnet.discovery.search import find_people
from graphnet.errors import BadValue, Conflict, PersonNotFound
from graphnet.journal import hiding
from graphnet.merging import doubles
from graphnet.people import Card
from webapp.features.journal.forms import HideForm
from webapp.features.journal.routes import blueprint
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

PURPOSE = hiding.PURPOSE


def _card(person_id: str) -> Card:
    store = graphnet().store
    key = people.key_of(store, person_id)
    found = people.cards(store, current_viewer(), [key], rules=live().rules)
    if not found:
        raise PersonNotFound("no such person")
    return found[0]


@blueprint.route("/people/<person_id>/correct/hide", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def hide(person_id: str) -> Response:
    """Say what hiding somebody does; do it, or undo it, for whoever says who has asked."""
    store, viewer, card, form = graphnet().store, current_viewer(), _card(person_id), HideForm()
    found = hiding.is_found(store, viewer, card.key)
    if form.validate_on_submit():
        act, why = request.form.get("act", ""), (form.why.data or "").strip()
        if act == "hide":
            hiding.hide(store, viewer, card.key, why=why)
            flash(gettext("Nobody finds this person any more, from this moment on."), "success")
        elif act == "show":
            hiding.show(store, viewer, card.key, why=why)
            flash(gettext("This person can be found again."), "success")
        live().catch_up()
        return redirect(url_for("journal.hide", person_id=person_id), 303)
    status = 422 if form.errors else 200
    return answer("journal/hide.html", card=card, form=form, found=found, status=status)


@blueprint.route("/people/<person_id>/correct/join", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def join(person_id: str) -> Response:
    """Find whom somebody is to be joined with; the two then stand side by side."""
    store, viewer, card = graphnet().store, current_viewer(), _card(person_id)
    error = ""
    if request.method == "POST":
        other = _card(request.form.get("other", ""))
        try:
            pair = doubles.ask_about(store, viewer, card.key, other.key)
            return redirect(url_for("doubles.pair", double_id=pair), 303)
        except (BadValue, Conflict) as problem:
            error = why(problem)
    default = "" if request.method == "POST" else card.name.full
    text = " ".join(request.args.get("q", default).split())[:100]
    hits = find_people(live(), viewer, text, k=15).hits if text else []
    return answer(
        "journal/join.html",
        card=card,
        text=text,
        found=[hit.card for hit in hits if hit.card.key != card.key],
        error=error,
        status=409 if error else 200,
    )
