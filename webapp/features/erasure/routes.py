"""/me/erase and /people/ID/erase: what will go in numbers, seven days to change one's mind."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import accounts, erasure, people
from graphnet.errors import Conflict, PersonNotFound, ThingNotFound
from graphnet.features import registered
from graphnet.people import leaving
from graphnet.privacy import Viewer
from webapp.features.erasure.forms import EraseMeForm, EraseThemForm
from webapp.features.erasure.letters import writer
from webapp.features.erasure.words import rows
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer
from webapp.frame.security import (
    current_account,
    current_viewer,
    limiter,
    role_required,
    signed_in,
)

blueprint = Blueprint("erasure", __name__, template_folder="templates")


def _me() -> accounts.Account:
    account = current_account()
    assert account is not None
    return account


def _ask(viewer: Viewer, key: int, why: str) -> bool:
    """Ask for the erasure; on trouble say so and return False."""
    graph = graphnet()
    try:
        leaving.ask(graph.store, viewer, key, why=why, write=writer(graph.settings))
    except Conflict as trouble:
        if trouble.code == "last":
            flash(gettext("The last administrator stays: make somebody else one first."), "error")
            return False
    return True


def _stay(viewer: Viewer, key: int) -> None:
    try:
        leaving.stay(graphnet().store, viewer, key)
    except ThingNotFound:
        flash(gettext("There was nothing to call off."), "info")
    else:
        flash(gettext("Nothing will be erased."), "success")


def _numbers(key: int) -> list[tuple[Any, int, int]]:
    return rows(erasure.count(graphnet().store, key, registered().holdings))


@blueprint.get("/me/erase")
@signed_in
def mine() -> Response:
    """Say what will happen, or when it will and how to change one's mind."""
    return _mine(EraseMeForm())


def _mine(form: EraseMeForm, *, status: int = 200) -> Response:
    me = _me()
    return answer(
        "erasure/mine.html",
        form=form,
        rows=_numbers(me.person_key),
        when=leaving.asked_until(graphnet().store, me.person_id),
        days=leaving.DAYS,
        status=status,
    )


@blueprint.post("/me/erase")
@limiter.limit("10/hour")
@signed_in
def erase_me() -> Response:
    """Take the wish, from whoever knows the password."""
    me, form = _me(), EraseMeForm()
    if not form.validate_on_submit():
        return _mine(form, status=422)
    if not accounts.knows_password(graphnet().store, me.id, form.password.data):
        form.password.errors = [gettext("This is not your present password.")]
        return _mine(form, status=422)
    viewer = Viewer("alumnus", me.person_key, me.id, purpose="erase")
    if _ask(viewer, me.person_key, "on their own page"):
        flash(gettext("Noted. Until the day you can change your mind here."), "success")
    return redirect(url_for("erasure.mine"), 303)


@blueprint.post("/me/erase/stay")
@signed_in
def stay() -> Response:
    """Take the wish back."""
    me = _me()
    _stay(Viewer("alumnus", me.person_key, me.id, purpose="erase"), me.person_key)
    return redirect(url_for("erasure.mine"), 303)


def _theirs(person_id: str) -> tuple[Viewer, people.Card]:
    """Return the viewer, for that purpose, and the person: the hidden too, who may want to go."""
    viewer = current_viewer(purpose="erase")
    key = people.key_of(graphnet().store, person_id)
    found = people.cards(graphnet().store, viewer, [key], rules=live().rules)
    if not found:
        raise PersonNotFound("no such person")
    return viewer, found[0]


@blueprint.get("/people/<person_id>/erase")
@role_required("staff", purpose="erase")
def theirs(person_id: str) -> Response:
    """Say to staff what will happen, or when it will and how to call it off."""
    return _page_of(_theirs(person_id)[1], EraseThemForm())


def _page_of(card: people.Card, form: EraseThemForm, *, status: int = 200) -> Response:
    return answer(
        "erasure/theirs.html",
        form=form,
        card=card,
        rows=_numbers(card.key),
        when=leaving.asked_until(graphnet().store, card.id),
        days=leaving.DAYS,
        status=status,
    )


@blueprint.post("/people/<person_id>/erase")
@role_required("staff", purpose="erase")
def erase_them(person_id: str) -> Response:
    """Take the wish from staff, who say who has asked for it."""
    viewer, card = _theirs(person_id)
    form = EraseThemForm()
    if not form.validate_on_submit():
        return _page_of(card, form, status=422)
    if _ask(viewer, card.key, form.why.data.strip()):
        flash(gettext("Noted. Until the day it can be called off here."), "success")
    return redirect(url_for("erasure.theirs", person_id=person_id), 303)


@blueprint.post("/people/<person_id>/erase/stay")
@role_required("staff", purpose="erase")
def they_stay(person_id: str) -> Response:
    """Call it off for them."""
    viewer, card = _theirs(person_id)
    _stay(viewer, card.key)
    return redirect(url_for("erasure.theirs", person_id=person_id), 303)
