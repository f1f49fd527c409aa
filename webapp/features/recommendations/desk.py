"""/staff/recommendations: how the lists do, requests for members, news and services."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import ThingNotFound
from graphnet.features import registered
from graphnet.people import cards
from graphnet.recommendations import offers_of_help
from graphnet.recommendations.catalogue import topics
from graphnet.recommendations.outcomes import outcomes, would_fit
from webapp.features.recommendations.routes import blueprint
from webapp.features.recommendations.shared import impressions, shelf
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required


@blueprint.get("/staff/recommendations")
@role_required("staff", purpose="recommendations")
def desk() -> Response:
    """How each list does with each model, and what staff can do for it."""
    viewer = current_viewer()
    impressions().write()
    requests = offers_of_help.offers(graphnet().store, viewer, registered().request_kinds)
    helpers = {key for row in requests for key in row["helpers"]}
    helpers |= {row["asker_key"] for row in requests if row["asker_key"] is not None}
    people = {
        card.key: card
        for card in cards(graphnet().store, viewer, sorted(helpers), rules=live().rules)
    }
    return answer(
        "recommendations/desk.html",
        outcomes=outcomes(shelf(), viewer),
        requests=requests,
        people=people,
        topics=_topics(),
        coming=shelf().things().of["events"][:20],
    )


def _topics() -> list[tuple[str, str]]:
    found = [(t.id, in_language(t.name, t.name_ru)) for t in topics(graphnet().store)]
    return sorted(found, key=lambda pair: pair[1].casefold())


@blueprint.get("/staff/recommendations/events/<event_id>")
@role_required("staff", purpose="recommendations")
def event_fits(event_id: str) -> Response:
    """Whom one coming event would suit and who was not told, in counts."""
    thing = shelf().things().find("events", event_id)
    if thing is None:
        raise ThingNotFound("no such event ahead")
    fits = would_fit(shelf(), current_viewer(), event_id)
    return answer("recommendations/event.html", thing=thing, rows=fits)


@blueprint.post("/staff/recommendations/requests/<request_id>")
@role_required("staff", purpose="recommendations")
def open_request(request_id: str) -> Response:
    """Let members see a request, or no longer."""
    store, viewer = graphnet().store, current_viewer()
    if request.form.get("act") == "close":
        offers_of_help.close_to_members(store, viewer, request_id)
    else:
        topics_of = [topic for topic in request.form.getlist("topics") if topic]
        if not topics_of or not request.form.get("agreed"):
            flash(gettext("Choose a topic, and ask the asker first: nothing was done."), "error")
            return redirect(url_for("recommendations.desk", _anchor="requests"), 303)
        kinds = registered().request_kinds
        offers_of_help.open_to_members(store, viewer, kinds, request_id, topics_of)
    flash(gettext("Kept. It holds from now on."), "success")
    return redirect(url_for("recommendations.desk") + "#requests", 303)
