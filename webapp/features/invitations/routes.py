"""A study group's link, /join by it, claims before groupmates, groupmates who are missing.

Staff's side of the same things is in `desk.py`.
"""

from typing import Any

import babel.dates
from flask import Blueprint, flash, redirect, url_for
from flask import request as http
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.keys import trusted
from graphnet.onboarding import claim_letters, claims, invitation_links, missing_groupmates
from graphnet.onboarding.invitation_links import GroupFacts, Invitation
from webapp.features.invitations.forms import JoinForm, MissingForm
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import LANGUAGES, in_tongue, language
from webapp.frame.qr import qr
from webapp.frame.reasons import mark_wrong, why
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_account, current_viewer, limiter, signed_in

blueprint = Blueprint("invitations", __name__, template_folder="templates")


def link_keys() -> tuple[bytes, ...]:
    """Return the keys that links may have been made with, the present one first."""
    return trusted(graphnet().settings, "links")


def years_of(group: GroupFacts) -> str:
    """Return the calendar years of a group, as far as its codes tell them."""
    if not group.codes:
        return str(group.intake_year or "")
    first, last = group.codes[0][0], group.codes[-1][0] + 1
    return f"{first}\u2013{last}"


def chat_text(group: GroupFacts, link: Invitation, url: str, code: str) -> str:
    """Return a message for the chat that the group already has, in one language."""
    day = babel.dates.format_date(link.expires_at, format="d MMMM y", locale=code)
    with in_tongue(code):
        text: str = gettext(
            "Our group %(group)s is coming together again in the alumni network. Open the link, "
            "write your name and ask for your page:\n%(url)s\nThe link works until %(day)s. You "
            "decide yourself what of you is seen.",
            group=" ".join(filter(None, (group.code, f"({years_of(group)})"))),
            url=url,
            day=day,
        )
    return text


@blueprint.get("/classmates/<study_group_id>/invitation")
@signed_in
def link(study_group_id: str) -> Response:
    """The group's link: QR, expiry, a message for the chat; or the button that makes it."""
    viewer = current_viewer(purpose="invitations")
    store = graphnet().store
    group = invitation_links.group_facts(store, viewer, study_group_id)
    found = invitation_links.current(store, viewer, study_group_id, keys=link_keys())
    url = f"{graphnet().settings.site_url}/join/{found.token}" if found and found.token else ""
    return answer(
        "invitations/link.html",
        group=group,
        years=years_of(group),
        link=found,
        url=url,
        picture=qr(url, gettext("QR code of the link")) if url else "",
        texts=[(code, name, chat_text(group, found, url, code)) for code, name in LANGUAGES.items()]
        if found and url
        else [],
        staff=viewer.is_staff,
        asked=invitation_links.asked_through(store, found) if found else 0,
    )


@blueprint.post("/classmates/<study_group_id>/invitation")
@signed_in
@limiter.limit("30/hour")
def change_link(study_group_id: str) -> Response:
    """Make, renew or revoke the group's link."""
    viewer = current_viewer(purpose="invitations")
    store, act = graphnet().store, http.form.get("act", "")
    if act == "revoke":
        try:
            closed = invitation_links.revoke(store, viewer, study_group_id)
        except Conflict as problem:
            flash(why(problem), "error")
        else:
            said = gettext("The link has ended: from now on it opens nothing.")
            if closed:
                said += " " + gettext(
                    "What was asked through it and nobody had confirmed is closed."
                )
            flash(said, "success")
    elif act == "renew":
        invitation_links.renew(store, viewer, study_group_id, keys=link_keys())
        flash(gettext("There is a new link; the one before has ended."), "success")
    else:
        invitation_links.make(store, viewer, study_group_id, keys=link_keys())
        flash(gettext("The link is ready."), "success")
    return redirect(url_for("invitations.link", study_group_id=study_group_id), 303)


# Who opens the link


@blueprint.route("/join/<token>", methods=["GET", "POST"])
# A whole group at a meeting comes by one wireless network, which is one address.
@limiter.limit("60/hour;150/day", methods=["POST"])
def join(token: str) -> Response:
    """What group it is, and a form; whatever the name matches, the answer is the same."""
    store = graphnet().store
    try:
        group = invitation_links.opened(store, token)
    except ThingNotFound:
        return answer("invitations/gone.html", status=404)
    form = JoinForm()
    page: dict[str, Any] = {
        "group": group, "years": years_of(group), "form": form, "account": current_account(),
    }  # fmt: skip
    if http.method == "GET":
        return answer("invitations/join.html", **page)
    if not form.validate_on_submit():
        return answer("invitations/join.html", status=422, **page)
    try:
        claims.ask(
            store,
            token,
            name=form.name.data,
            former=form.former.data or "",
            email=form.email.data or "",
            from_year=form.from_year.data,
            to_year=form.to_year.data,
            referrer=form.referrer.data or "",
            language=language(),
        )
    except BadValue as problem:
        mark_wrong(form, problem, otherwise="email")
        return answer("invitations/join.html", status=422, **page)
    except ThingNotFound:
        return answer("invitations/gone.html", status=404)
    except TooMany:
        return answer("invitations/join.html", status=429, too_many=True, **page)
    return redirect(url_for("invitations.joined"), 303)


@blueprint.get("/join/thank-you")
def joined() -> Response:
    """Say what happens next; the same page for everyone."""
    return answer("invitations/joined.html")


@blueprint.route("/join/confirm/<token>", methods=["GET", "POST"])
@limiter.limit("30/hour", methods=["POST"])
def confirm(token: str) -> Response:
    """The link of a letter to an address on file; looking at it does not use it up."""
    store = graphnet().store
    try:
        name = claim_letters.by_letter(store, token)
        if http.method == "GET":
            return answer("invitations/confirm.html", who=name)
        password = claim_letters.confirm_by_letter(store, token)
    except ThingNotFound:
        return answer("invitations/gone.html", status=404)
    if not password:
        return redirect(url_for("invitations.joined"), 303)
    return redirect(url_for("auth.use_link", token=password), 303)


# Groupmates


@blueprint.get("/invitations/questions")
@signed_in
def questions() -> Response:
    """Who asks for their page in a group of mine."""
    found = claims.questions(graphnet().store, current_viewer())
    return answer("invitations/questions.html", questions=found)


@blueprint.post("/invitations/questions/<claim_id>")
@signed_in
@limiter.limit("60/hour")
def say(claim_id: str) -> Response:
    """Keep my answer."""
    try:
        claims.say(graphnet().store, current_viewer(), claim_id, http.form.get("answer", ""))
    except Conflict as problem:
        flash(why(problem), "info")
    except BadValue as problem:
        flash(why(problem), "error")
    else:
        flash(gettext("Thank you: your answer is kept."), "success")
    return redirect(back_or(url_for("invitations.questions")), 303)


@blueprint.route("/classmates/<study_group_id>/missing", methods=["GET", "POST"])
@signed_in
@limiter.limit("30/hour", methods=["POST"])
def missing(study_group_id: str) -> Response:
    """Name a groupmate who is missing; the answer says nothing about who is on file."""
    viewer = current_viewer()
    store = graphnet().store
    group = invitation_links.group_facts(store, viewer.for_purpose("invitations"), study_group_id)
    form = MissingForm()
    page: dict[str, Any] = {
        "group": group, "years": years_of(group), "form": form,
        "mine": missing_groupmates.mine(store, viewer, rules=live().rules),
    }  # fmt: skip
    if http.method == "GET":
        return answer("invitations/missing.html", **page)
    if not form.validate_on_submit():
        return answer("invitations/missing.html", status=422, **page)
    try:
        missing_groupmates.propose(
            store,
            viewer,
            study_group_id,
            name=form.name.data,
            from_year=form.from_year.data,
            to_year=form.to_year.data,
            note=form.note.data or "",
        )
    except BadValue as problem:
        mark_wrong(form, problem, otherwise="to_year")
        return answer("invitations/missing.html", status=422, **page)
    except TooMany:
        flash(gettext("That is enough for one day: please go on tomorrow."), "error")
        return redirect(url_for("invitations.missing", study_group_id=study_group_id), 303)
    flash(gettext("Thank you: our staff look at it within two weeks."), "success")
    return redirect(url_for("invitations.missing", study_group_id=study_group_id), 303)
