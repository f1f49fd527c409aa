"""/reach: who may be able to reach somebody; /pass-ons: what I asked; /pass-on, /passed: answering.

A page about somebody who is hidden, unwilling or unknown and one about somebody to whom no way
leads are the same page: it names nobody, and says what else can be done.
"""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.introductions import answers, relays
from graphnet.introductions import requests as passing
from graphnet.introductions.paths import Ways, ways_to
from graphnet.introductions.targets import KINDS, Target, offered
from graphnet.privacy import Viewer
from graphnet.requests import opening
from graphnet.requests.kinds import Kind
from graphnet.snapshot.layers import LAYER_WEIGHTS
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import LANGUAGES, in_tongue, language
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, role_required

blueprint = Blueprint("introductions", __name__, template_folder="templates")

KIND = Kind("pass_on")


def _viewer() -> Viewer:
    return current_viewer(purpose="find lost")


@blueprint.get("/reach")
@role_required("alumnus", "staff", purpose="find lost")
def picker() -> Response:
    """Ways to a company, a city or a field of work; or what there is to choose from."""
    kind = next((kind for kind in KINDS if request.args.get(kind)), "")
    if kind:
        return _found(Target(kind, request.args[kind][:80]))
    text = request.args.get("q", "").strip()[:100]
    lists = [(one, offered(live(), _viewer(), one, text)) for one in KINDS]
    return answer("introductions/picker.html", text=text, lists=lists)


@blueprint.get("/reach/<person_id>")
@role_required("alumnus", "staff", purpose="find lost")
def person(person_id: str) -> Response:
    """Ways to one person."""
    return _found(Target("person", person_id[:80]))


def _layers() -> list[str]:
    """Return the kinds of ties that were chosen to count; none chosen are all."""
    return list(dict.fromkeys(request.values.getlist("layer")[: 2 * len(LAYER_WEIGHTS)]))


def _found(target: Target, **more: Any) -> Response:
    return _page(ways_to(live(), _viewer(), target, layers=_layers()), **more)


def _page(found: Ways, *, words: str | None = None, status: int = 200) -> Response:
    if words is None:
        words = _first_words(found.target.kind)
    viewer = _viewer()
    asks = viewer.is_alumnus and found.ways
    standing = passing.standing(graphnet().store, viewer, found.target) if asks else None
    return answer(
        "introductions/ways.html", found=found, words=words, longest=passing.LONGEST, status=status,
        standing=standing, a_month=passing.A_MONTH,
        wrong=status == 422, named=request.values.get("name", "")[:200],
        kinds=_kinds_of_ties(), chosen=_layers(),
    )  # fmt: skip


def _first_words(kind: str) -> str:
    """Return what a request may begin with, by whom it is for."""
    words = {
        "company": gettext(
            "Hello! I would like to talk with somebody who works there. Please write to me."
        ),
        "city": gettext("Hello! I would like to meet alumni in your city. Please write to me."),
        "topic": gettext(
            "Hello! I would like to talk with somebody who knows this field. Please write to me."
        ),
    }
    other = gettext("Hello! I would be glad to hear from you again. Please write to me.")
    return str(words.get(kind, other))


def _kinds_of_ties() -> dict[str, str]:
    """Return what each layer of ties is called, in the order of how much it says."""
    return {
        "knows": gettext("People who know each other"),
        "studied": gettext("Groupmates"),
        "worked": gettext("Co-workers"),
        "member": gettext("Members of one small community"),
        "came": gettext("Guests of one small event"),
    }


@blueprint.post("/reach/ask")
@role_required("alumnus")
@limiter.limit("30/hour")
def ask() -> Response:
    """Ask one of my contacts to pass my words on."""
    target = Target(request.form.get("kind", ""), request.form.get("target", "")[:80])
    words = request.form.get("text", "")
    try:
        asked = request.form.get("asked", "")
        passing.ask(live(), _viewer(), target, asked, words, layers=_layers())
    except BadValue:
        return _found(target, words=words, status=422)
    except ThingNotFound:
        flash(gettext("This way is not open (any more). Look at what else can be done."), "error")
    except Conflict:
        flash(
            gettext(
                "You have an open request for the same person already, or too much lies with the "
                "contact whom you chose."
            ),
            "error",
        )
        return _found(target, words=words, status=409)
    except TooMany:
        flash(gettext("Three requests in thirty days are enough: wait for an answer."), "error")
        return _found(target, words=words, status=429)
    else:
        flash(gettext("Asked. You will see the answer here and on your first page."), "success")
    return redirect(url_for("introductions.mine"), 303)


@blueprint.post("/reach/association")
@role_required("alumnus")
@limiter.limit("20/hour")
def association() -> Response:
    """Ask the Association to find somebody: a request for staff, whoever it is about."""
    about = request.form.get("about", "").strip()
    target, words = request.form.get("target", "")[:80], request.form.get("text", "")
    try:
        opening.ask(
            graphnet().store, current_viewer(), KIND, about,
            "\n".join(part for part in (words.strip(), target) if part),
        )  # fmt: skip
    except BadValue:
        flash(gettext("Say in a few words whom you are looking for."), "error")
    except Conflict:
        flash(gettext("You have asked this already: wait for the answer."), "info")
    except TooMany:
        flash(gettext("Ten open requests are enough: wait for an answer."), "error")
    else:
        flash(gettext("The Association has your request and answers within two weeks."), "success")
    return redirect(url_for("introductions.mine"), 303)


@blueprint.get("/pass-ons")
@role_required("alumnus")
def mine() -> Response:
    """What I asked others to pass on, and what became of it."""
    viewer = current_viewer()
    found = passing.mine(graphnet().store, viewer, rules=live().rules)
    if any(not one.seen for one in found):
        passing.mark_seen(graphnet().store, viewer)
    return answer("introductions/mine.html", found=found, held=relays.all_held(live(), viewer))


@blueprint.post("/pass-ons/<pass_on_id>/withdraw")
@role_required("alumnus")
def withdraw(pass_on_id: str) -> Response:
    """Take a request of mine back."""
    passing.withdraw(graphnet().store, current_viewer(), pass_on_id)
    flash(gettext("Taken back: nobody can answer it any more."), "success")
    return redirect(url_for("introductions.mine"), 303)


@blueprint.get("/pass-on/<pass_on_id>")
@role_required("alumnus")
def held(pass_on_id: str) -> Response:
    """A request that lies with me: who asks and why, then whom they seek."""
    one = relays.held(live(), current_viewer(), pass_on_id)
    return answer("introductions/held.html", one=one, longest=passing.LONGEST)


@blueprint.post("/pass-on/<pass_on_id>")
@role_required("alumnus")
@limiter.limit("60/hour")
def hold(pass_on_id: str) -> Response:
    """Pass it on, take a link, leave it; or answer, where it is me who is sought."""
    viewer = current_viewer()
    act = request.form.get("act", "")
    if act in answers.ANSWERS:
        try:
            answers.answer_held(
                live(), viewer, pass_on_id, act, request.form.get("text", ""),
                connect=bool(request.form.get("connect")),
            )  # fmt: skip
        except BadValue:
            one = relays.held(live(), viewer, pass_on_id)
            return answer(
                "introductions/held.html", one=one, longest=passing.LONGEST, wrong=True, status=422
            )
        flash(_said(act), "success")
    elif act == "link":
        token = relays.make_link(live(), viewer, pass_on_id)
        one = relays.held(live(), viewer, pass_on_id)
        link = url_for("introductions.passed", token=token, _external=True)
        return answer("introductions/link.html", one=one, link=link, letters=_letters(one, link))
    elif act == "leave":
        relays.leave(live(), viewer, pass_on_id)
        flash(gettext("Left. Nobody is told."), "success")
    else:
        relays.hand_on(live(), viewer, pass_on_id, request.form.get("to", ""))
        flash(gettext("Passed on. Thank you!"), "success")
    return redirect(url_for("introductions.mine"), 303)


def _letters(one: relays.Held, link: str) -> list[tuple[str, str]]:
    """Return the text to send with a link, in each language, the reader's own first."""
    chosen = language()
    letters = []
    for code in sorted(LANGUAGES, key=lambda code: code != chosen):
        with in_tongue(code):
            text = gettext(
                "Hello! %(name)s of our alumni is looking for you and asked me to pass on a few "
                "words. They are here, and you decide whether and what to answer: %(link)s",
                name=one.asker.name.full,
                link=link,
            )
            letters.append((code, text))
    return letters


@blueprint.get("/passed/<token>")
@limiter.limit("120/hour")
def passed(token: str) -> Response:
    """Who is looking for me, in which words; opening it tells nobody and uses nothing up."""
    try:
        one = answers.by_token(live(), token)
    except ThingNotFound:
        return answer("introductions/gone.html", status=404)
    return _passed(one, token)


def _passed(one: answers.Sought, token: str, *, status: int = 200) -> Response:
    viewer = current_viewer()
    return answer(
        "introductions/passed.html", one=one, token=token, longest=passing.LONGEST, status=status,
        wrong=status == 422,
        myself=one.sought is not None and viewer.person_key == one.sought.key,
    )  # fmt: skip


@blueprint.post("/passed/<token>")
@limiter.limit("30/hour")
def answer_passed(token: str) -> Response:
    """Answer by a link: it works once."""
    act = request.form.get("act", "")
    try:
        known = answers.answer_link(
            live(), current_viewer(), token, act, request.form.get("text", ""),
            connect=bool(request.form.get("connect")),
        )  # fmt: skip
    except BadValue:
        return _passed(answers.by_token(live(), token), token, status=422)
    except ThingNotFound:
        return answer("introductions/gone.html", status=404)
    return answer("introductions/thanks.html", act=act, said=_said(act, by_link=not known))


def _said(act: str, *, by_link: bool = False) -> Any:
    if act == "hide" and by_link:  # the same whether or not there is an account
        return gettext(
            "Your wish is with the Association. Who has no account here is found no more, from "
            "this moment on; who has one gets a letter, and hides with one click."
        )
    return {
        "reach": gettext("Your words are with the one who is looking for you."),
        "not_now": gettext("Thank you. The request is closed, and nobody is told why."),
        "hide": gettext("Nobody finds you here any more, from this moment on."),
    }[act]
