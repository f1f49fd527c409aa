"""Accounts, roles, sessions, one-time links and the audit trail: for administrators only."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from graphnet import accounts, people
from graphnet.accounts import second_factor
from graphnet.audit import acts
from graphnet.audit import entries as audit_entries
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound
from graphnet.model import ROLES, Name
from graphnet.people import key_of
from webapp.features.admin.forms import InviteForm
from webapp.features.admin.words import act_word, purpose_word, role_of
from webapp.frame.context import graphnet
from webapp.frame.respond import answer, csv_answer, page_of, whole_number
from webapp.frame.security import (
    current_account,
    current_viewer,
    role_required,
    sign_in_again,
    signed_in_user,
)
from webapp.frame.whom import ADDRESS, LONGEST

blueprint = Blueprint("admin", __name__, template_folder="templates")

PAGE = 50
NAMED = 5  # people of one entry who are named; of more, how many


@blueprint.before_request
def _again() -> AnyResponse | None:
    """Let nobody act here whose sign-in is long ago: they sign in again first."""
    who = signed_in_user()
    if request.method != "POST" or who is None or "admin" not in who.account.roles:
        return None
    return sign_in_again(url_for("admin.index"))


def _actor() -> str:
    account = current_account()
    assert account is not None
    return account.id


def _back(account_id: str) -> AnyResponse:
    return redirect(url_for("admin.one", account_id=account_id), 303)


@blueprint.get("/admin")
@role_required("admin")
def index() -> AnyResponse:
    """List accounts, narrowed by words and role."""
    words, role = request.args.get("q", "")[:100], request.args.get("role", "")
    skip = (whole_number("page", 1, low=1, high=100_000) - 1) * PAGE
    found, total = accounts.accounts(
        graphnet().store,
        words=words,
        role=role if role in ROLES else "",
        skip=skip,
        limit=PAGE,
    )
    return answer(
        "admin/index.html",
        accounts=found,
        words=words,
        role=role,
        roles=ROLES,
        page=page_of(total, size=PAGE),
    )


@blueprint.route("/admin/invite", methods=["GET", "POST"])
@role_required("admin")
def invite() -> AnyResponse:
    """Make an account and a link by which its owner chooses a password."""
    form = InviteForm()
    if request.method == "GET":
        return answer("admin/invite.html", form=form)
    if not form.validate_on_submit():
        return answer("admin/invite.html", form=form, status=422)
    store = graphnet().store
    try:
        made = accounts.create(
            store,
            form.email.data,
            roles=form.roles.data,
            name=Name(form.given_name.data.strip(), form.family_name.data.strip()),
            actor=_actor(),
        )
    except BadValue:
        form.email.errors = [gettext("This is not an e-mail address.")]
        return answer("admin/invite.html", form=form, status=422)
    except Conflict:
        form.email.errors = [gettext("This address has an account already.")]
        return answer("admin/invite.html", form=form, status=422)
    return _page_with_link(made.id, "invite")


@blueprint.get("/admin/accounts/<account_id>")
@role_required("admin")
def one(account_id: str) -> AnyResponse:
    """Show one account: roles, sessions, links, and what was done to it."""
    return _account_page(account_id)


def _account_page(account_id: str, **values: Any) -> AnyResponse:
    store = graphnet().store
    return answer(
        "admin/account.html",
        account=accounts.account(store, account_id),
        sessions=accounts.held_by(store, account_id),
        second_factor=second_factor.is_asked_for(store, account_id),
        roles=ROLES,
        mine=account_id == _actor(),
        **values,
    )


def _page_with_link(account_id: str, purpose: str) -> AnyResponse:
    token = accounts.make_link(graphnet().store, account_id, purpose, actor=_actor())
    link = url_for("auth.use_link", token=token, _external=True)
    return _account_page(account_id, link=link, link_purpose=purpose)


@blueprint.post("/admin/accounts/<account_id>/roles")
@role_required("admin")
def change_role(account_id: str) -> AnyResponse:
    """Give or take one role."""
    role = request.form.get("role", "")
    change = {"give": accounts.give_role, "take": accounts.take_role}.get(
        request.form.get("act", "")
    )
    if role not in ROLES or change is None:
        abort(400)
    try:
        change(graphnet().store, account_id, role, actor=_actor())
    except Conflict:
        flash(gettext("The last administrator stays: make somebody else one first."), "error")
    else:
        flash(gettext("The roles are changed; it counts from the next click."), "success")
    return _back(account_id)


@blueprint.post("/admin/accounts/<account_id>/link")
@role_required("admin")
def make_link(account_id: str) -> AnyResponse:
    """Make a one-time link, shown this once."""
    account = accounts.account(graphnet().store, account_id)
    return _page_with_link(account_id, "reset" if account.has_password else "invite")


@blueprint.post("/admin/accounts/<account_id>/second-factor")
@role_required("admin")
def take_second_factor(account_id: str) -> AnyResponse:
    """Take the second factor from somebody who has lost it, and is known; they are told."""
    try:
        second_factor.take_away(graphnet().store, account_id, actor=_actor())
    except ThingNotFound:
        flash(gettext("There is no second factor any more."), "info")
    else:
        flash(gettext("The second factor is taken away; its owner gets a letter."), "success")
    return _back(account_id)


@blueprint.post("/admin/accounts/<account_id>/state")
@role_required("admin")
def change_state(account_id: str) -> AnyResponse:
    """Switch an account off or on."""
    act = request.form.get("act", "")
    store = graphnet().store
    try:
        if act == "disable":
            accounts.disable(store, account_id, actor=_actor())
            flash(gettext("The account is switched off and its sessions have ended."), "success")
        elif act == "enable":
            accounts.enable(store, account_id, actor=_actor())
            flash(gettext("The account is switched on."), "success")
        else:
            abort(400)
    except Conflict:
        flash(gettext("The last administrator stays: make somebody else one first."), "error")
    return _back(account_id)


@blueprint.post("/admin/accounts/<account_id>/sessions/end")
@role_required("admin")
def end_sessions(account_id: str) -> AnyResponse:
    """End one session of an account, or all."""
    store = graphnet().store
    session_id = request.form.get("session", "")
    if session_id:
        accounts.end_session(store, account_id, session_id, actor=_actor())
    else:
        accounts.end_other_sessions(store, account_id, actor=_actor())
    flash(gettext("Ended. It counts from the next click."), "success")
    return _back(account_id)


def _narrowed() -> dict[str, Any]:
    """Return what the reader narrows the trail to."""
    since, until = _day("from"), _day("to")
    person = request.args.get("person", "").strip()[:LONGEST]
    return {
        "actor": _account_id(request.args.get("actor", "").strip()),
        "act": request.args.get("act", ""),
        "person": _key(person) if person else 0,
        "since": since,
        "until": None if until is None else until + timedelta(days=1),
    }


def _day(name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(request.args.get(name, "")).replace(tzinfo=UTC)
    except ValueError:
        return None


def _account_id(actor: str) -> str:
    """Return the account behind an address; what is no address is an id."""
    found = accounts.account_by_email(graphnet().store, actor) if "@" in actor else None
    return found.id if found is not None else actor


def _key(person: str) -> int:
    """Return whose id that is, or whose page's address."""
    found = ADDRESS.fullmatch(person)
    try:
        return key_of(graphnet().store, found[1] if found else person)
    except PersonNotFound:
        return -1  # nobody: no entry is about them


@blueprint.get("/admin/audit")
@role_required("admin", purpose="audit")
def audit_trail() -> AnyResponse:
    """Show who did what and for what purpose, with the names of whom it was about."""
    store = graphnet().store
    number = whole_number("page", 1, low=1, high=100_000)
    chosen = _narrowed()
    found = audit_entries(store, **chosen, skip=(number - 1) * PAGE, limit=PAGE + 1)
    shown = found[:PAGE]
    keys = {key for entry in shown for key in entry.keys[:NAMED]}
    read = people.cards(store, current_viewer(), sorted(keys), brief=True) if keys else []
    return answer(
        "admin/audit.html",
        entries=shown,
        cards={card.key: card for card in read},
        named=NAMED,
        more=len(found) > PAGE,
        number=number,
        asked={
            name: request.args.get(name, "") for name in ("actor", "act", "person", "from", "to")
        },
        acts=sorted(acts(store)),
        act_word=act_word,
        purpose_word=purpose_word,
        role_of=role_of,
    )


@blueprint.get("/admin/audit.csv")
@role_required("admin", purpose="audit")
def audit_csv() -> AnyResponse:
    """The newest 10,000 entries of the audit trail as CSV."""
    found = audit_entries(graphnet().store, **_narrowed(), limit=10_000)
    header = [
        gettext("at"), gettext("actor"), gettext("role"), gettext("act"), gettext("purpose"),
        gettext("subject"), gettext("detail"), gettext("people"),
    ]  # fmt: skip
    return csv_answer(
        "audit",
        header,
        (
            [
                e.at.isoformat(),
                e.actor,
                e.role,
                e.act,
                e.purpose,
                e.subject,
                e.detail,
                " ".join(map(str, e.keys)),
            ]
            for e in found
        ),
    )
