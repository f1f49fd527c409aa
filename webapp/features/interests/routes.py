"""/me/interests: each interest with where it came from; add, correct, switch off one or all."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import people
from graphnet.errors import BadValue
from graphnet.recommendations import mark_off, mark_on, preferences
from graphnet.recommendations.parameters import LEARNED_FROM, PARAMETERS
from webapp.features.interests.words import origin_word, parameter_word
from webapp.features.people.words import WAY_WORDS
from webapp.features.recommendations.shared import for_reader
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("interests", __name__, template_folder="templates")


@blueprint.get("/me/interests")
@role_required("alumnus")
def mine() -> Response:
    """What is believed of me, from what, and what I offer and look for."""
    person = for_reader(current_viewer()).person
    topics = person.shared.things.topics
    beliefs = sorted(
        (b for b in person.beliefs.values() if b.topic in topics),
        key=lambda b: (b.off, -b.weight, b.topic),
    )
    every = sorted(topics.values(), key=lambda t: in_language(t.name, t.name_ru).casefold())
    return answer(
        "interests/mine.html",
        beliefs=beliefs,
        topics=topics,
        every=every,
        mine=person.mine,
        ways=_ways(),
        way_words=WAY_WORDS,
    )


def _ways() -> dict[tuple[str, str], list[str]]:
    """Return in which ways the reader offers or looks for help, by list and topic."""
    viewer = current_viewer()
    own = people.cards(graphnet().store, viewer, [viewer.me()], rules=live().rules)[0]
    profile = people.profile(graphnet().store, viewer, own.id, rules=live().rules)
    held = {"offers": profile.offers, "needs": profile.needs}
    return {(kind, row["id"]): row["ways"] for kind, rows in held.items() for row in rows}


@blueprint.get("/me/lists")
@role_required("alumnus")
def lists() -> Response:
    """What each list is made from, with the weights of the code itself, and how to end it."""
    return answer(
        "interests/lists.html",
        parameters=PARAMETERS,
        learned_from=LEARNED_FROM,
        mine=for_reader(current_viewer()).person.mine,
        parameter_word=parameter_word,
        origin_word=origin_word,
    )


@blueprint.post("/me/interests")
@role_required("alumnus")
def change() -> Response:
    """Add or take away a topic, switch one off or on."""
    store, viewer = graphnet().store, current_viewer()
    act, kind = request.form.get("act", ""), request.form.get("kind", "likes")
    topic = request.form.get("topic", "")
    if act == "add":
        preferences.add(store, viewer, kind, topic, ways=request.form.getlist("ways"))
    elif act == "take":
        preferences.take(store, viewer, kind, topic)
    elif act == "off":
        mark_off(store, viewer, topic)
    elif act == "on":
        mark_on(store, viewer, topic)
    else:
        raise BadValue("no such act")
    flash(gettext("Kept. It holds from now on."), "success")
    return redirect(url_for("interests.mine"), 303)


@blueprint.post("/me/interests/consent")
@role_required("alumnus")
def consent() -> Response:
    """Learning from behaviour, and partners' offers: yes or no."""
    preferences.consent(
        graphnet().store,
        current_viewer(),
        request.form.get("purpose", ""),
        request.form.get("state", ""),
    )
    flash(gettext("Kept. It holds from now on."), "success")
    return redirect(back_or(url_for("interests.mine")), 303)
