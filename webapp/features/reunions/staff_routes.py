"""/staff/reunions: all on one board; /staff/reunions/new: asking for somebody who telephoned."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import people
from graphnet.discovery.search import find_people
from graphnet.errors import BadValue, PersonNotFound
from graphnet.people import Card
from graphnet.reunions import applying, on_behalf
from graphnet.reunions import board as boards
from graphnet.reunions.reading import STAGES
from graphnet.reunions.taking import KIND
from webapp.features.reunions import words
from webapp.features.reunions.forms import ApplyForForm
from webapp.features.reunions.routes import PURPOSE, blueprint
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required


@blueprint.get("/staff/reunions")
@role_required("staff", purpose=PURPOSE)
def board() -> Response:
    """Every reunion: who asked, how far it is, who looks after it, what is late."""
    viewer = current_viewer()
    lines = boards.board(graphnet().store, viewer, rules=live().rules)
    counts = {stage: sum(line.row["stage"] == stage for line in lines) for stage in STAGES}
    chosen = request.args.get("stage", "")
    whose = request.args.get("whose", "")
    return answer(
        "reunions/board.html",
        lines=[
            line
            for line in lines
            if (line.row["stage"] == chosen if chosen in STAGES else line.row["stage"] != "closed")
            and (whose != "mine" or line.row["owner"] == viewer.account_id)
        ],
        counts=counts,
        chosen=chosen if chosen in STAGES else "",
        whose=whose,
        own_account=viewer.account_id,
    )


@blueprint.get("/staff/reunions/new")
@role_required("staff", purpose=PURPOSE)
def find_applicant() -> Response:
    """Find who has telephoned: by name, address or telephone number."""
    text, viewer = " ".join(request.args.get("q", "").split())[:100], current_viewer()
    found = [hit.card for hit in find_people(live(), viewer, text, k=20).hits] if text else []
    return answer("reunions/who.html", text=text, found=found)


def _card(person_id: str) -> Card:
    store = graphnet().store
    key = people.key_of(store, person_id)
    found = people.cards(store, current_viewer(), [key], rules=live().rules)
    if not found or found[0].state == "deceased":
        raise PersonNotFound("no such person")
    return found[0]


@blueprint.route("/staff/reunions/new/<person_id>", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def new_for(person_id: str) -> Response:
    """Ask for a reunion for somebody; they are told, and can say that it is not so."""
    store, viewer, card = graphnet().store, current_viewer(), _card(person_id)
    rows = on_behalf.choices(store, viewer, card.key)
    form = ApplyForForm()
    form.offer(rows)
    problem, there = "", ""
    if form.validate_on_submit():
        wish = form.wish()
        groups = [row for row in rows if row["id"] in wish.groups]
        try:
            reunion_id, told = on_behalf.apply_for(
                store,
                viewer,
                KIND,
                card.key,
                wish,
                how=form.how.data or "",
                subject=(wish.title or words.default_title(groups))[:200],
            )
        except applying.There as taken:
            there = taken.reunion
        except BadValue as wrong:
            problem = why(wrong)
        else:
            flash(
                gettext("Written down. They are told by a letter, and can say that it is not so.")
                if told
                else gettext(
                    "Written down. No letter reaches them: say to them yourself what comes of it."
                ),
                "success" if told else "warning",
            )
            return redirect(url_for("reunions.reunion", reunion_id=reunion_id), 303)
    posted = request.method == "POST"
    return answer(
        "reunions/new_for.html",
        card=card,
        form=form,
        choices=rows,
        problem=problem,
        there=there,
        wrong=posted and not (problem or there),
        status=(409 if there else 422) if posted else 200,
    )
