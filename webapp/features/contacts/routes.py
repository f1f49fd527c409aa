"""/contacts: mine, asked of me, asked by me; /contacts/ask; blocking, removing, reporting."""

import vobject
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.connections import asking, reports, ties
from graphnet.errors import BadValue, Conflict, PersonNotFound, TooMany
from graphnet.people import Card, profile
from webapp.features.contacts.forms import AskForm, ReportForm
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer, csv_answer, page_of
from webapp.frame.security import current_viewer, limiter, role_required

blueprint = Blueprint("contacts", __name__, template_folder="templates")

PAGE = 60


@blueprint.get("/contacts")
@role_required("alumnus")
def index() -> Response:
    """My contacts, who asks me, whom I asked; or my contacts as a file."""
    store, viewer, rules = graphnet().store, current_viewer(), live().rules
    form = request.args.get("as", "")
    if form in ("csv", "vcf"):
        found = ties.mine(store, viewer, rules=rules, points=True)
        return _csv(found) if form == "csv" else _cards(found)
    mine = ties.mine(store, viewer, rules=rules)
    page = page_of(len(mine), size=PAGE)
    return answer(
        "contacts/index.html",
        mine=mine[page.skip : page.skip + page.size],
        page=page,
        of_me=asking.asked_of_me(store, viewer, rules=rules),
        by_me=asking.asked_by_me(store, viewer, rules=rules),
        blocked=ties.blocked(store, viewer, rules=rules),
    )


def _csv(found: list[ties.Contact]) -> Response:
    """Give my contacts with what each of them shows me."""
    return csv_answer(
        "contacts",
        [
            gettext("name"),
            gettext("city"),
            gettext("work"),
            gettext("e-mail"),
            gettext("telephone"),
        ],
        (
            [
                one.card.name.full,
                in_language(*one.card.city),
                one.card.employer[0],
                _points(one, "email"),
                _points(one, "phone"),
            ]
            for one in found
        ),
    )


def _points(one: ties.Contact, kind: str) -> str:
    return ", ".join(value for sort, value in one.points if sort == kind)


def _cards(found: list[ties.Contact]) -> Response:
    """Give my contacts as vCards 3.0, which telephones and mail programs take."""
    return Response(
        "".join(_card(one) for one in found),
        content_type="text/vcard; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="contacts.vcf"'},
    )


def _card(one: ties.Contact) -> str:
    made, name = vobject.vCard(), one.card.name
    made.add("n").value = vobject.vcard.Name(
        family=name.family, given=name.given, additional=name.patronymic
    )
    made.add("fn").value = name.full
    for kind, value in one.points:
        made.add({"email": "email", "phone": "tel"}[kind]).value = value
    if one.card.employer[0]:
        made.add("org").value = [one.card.employer[0]]
    return str(made.serialize())


@blueprint.route("/contacts/ask/<person_id>", methods=["GET", "POST"])
@role_required("alumnus")
@limiter.limit("60/hour", methods=["POST"])
def ask(person_id: str) -> Response:
    """Ask somebody to be a contact, with a word."""
    store, viewer = graphnet().store, current_viewer()
    card, form = _seen(person_id), AskForm()
    state = asking.standing(store, viewer, card)
    if state in ("", "blocked"):
        raise PersonNotFound("no such person")
    if state != "free":
        return redirect(url_for("contacts.index"), 303)
    problem = ""
    if form.validate_on_submit():
        try:
            done = asking.ask(store, viewer, person_id, form.text.data or "")
        except (BadValue, TooMany) as refused:
            problem = why(refused)
        except Conflict:
            return redirect(url_for("contacts.index"), 303)
        else:
            flash(
                gettext("You are in each other’s contacts now.")
                if done == "connected"
                else gettext("Asked. If they agree, you are told."),
                "success",
            )
            return redirect(url_for("people.person", person_id=person_id), 303)
    wrong = bool(problem or form.errors)
    return answer(
        "contacts/ask.html", card=card, form=form, problem=problem, status=422 if wrong else 200
    )


def _seen(person_id: str) -> Card:
    return profile(graphnet().store, current_viewer(), person_id, rules=live().rules).card


@blueprint.post("/contacts/requests/<asking_id>")
@role_required("alumnus")
def decide(asking_id: str) -> Response:
    """Accept, decline or take back."""
    store, viewer = graphnet().store, current_viewer()
    act = request.form.get("act", "")
    if act == "accept":
        card = asking.accept(store, viewer, asking_id)
        flash(
            gettext("You and %(name)s are in each other’s contacts now.", name=card.name.full),
            "success",
        )
    elif act == "decline":
        asking.decline(store, viewer, asking_id)
        flash(gettext("Declined. Nobody is told."), "success")
    elif act == "withdraw":
        asking.withdraw(store, viewer, asking_id)
        flash(gettext("Taken back."), "success")
    else:
        raise BadValue("accept, decline or withdraw")
    return redirect(url_for("contacts.index"), 303)


@blueprint.route("/contacts/with/<person_id>", methods=["GET", "POST"])
@role_required("alumnus")
@limiter.limit("60/hour", methods=["POST"])
def manage(person_id: str) -> Response:
    """Remove, block, unblock or report somebody."""
    store, viewer = graphnet().store, current_viewer()
    card, form = _seen(person_id), ReportForm()
    if card.key == viewer.person_key or card.state == "deceased":
        raise PersonNotFound("no such person")
    act, problem = request.form.get("act", ""), ""
    if act == "remove":
        ties.remove(store, viewer, person_id)
        flash(
            gettext("Removed from your contacts, and you from theirs. Nobody is told."), "success"
        )
    elif act == "block":
        ties.block(store, viewer, person_id)
        flash(gettext("Blocked. Nobody is told."), "success")
    elif act == "unblock":
        ties.unblock(store, viewer, person_id)
        flash(gettext("Not blocked any more."), "success")
    elif act == "report" and form.validate_on_submit():
        try:
            reports.report_person(store, viewer, person_id, form.why.data)
        except TooMany as refused:
            problem = why(refused)
        else:
            flash(
                gettext(
                    "Reported. Staff look at it and answer you; you find it under your requests."
                ),
                "success",
            )
            act = "reported"
    if act in ("remove", "block", "unblock", "reported"):
        return redirect(url_for("contacts.manage", person_id=person_id), 303)
    return answer(
        "contacts/manage.html",
        card=card,
        form=form,
        problem=problem,
        state=asking.standing(store, viewer, card),
        status=422 if problem or form.errors else 200,
    )
