"""/search: one box for people, events, communities and projects; what is offered while typing."""

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from graphnet.discovery.search import completions, find_people, find_things
from webapp.context import live
from webapp.pages import answer
from webapp.security import current_viewer, limiter, signed_in

blueprint = Blueprint("search", __name__, template_folder="templates")

LONGEST = 100


@blueprint.get("/search")
@signed_in
def search() -> Response:
    """Everything that fits the words, people first."""
    viewer = current_viewer(purpose="search")
    text = request.args.get("q", "").strip()[:LONGEST]
    people = find_people(live(), viewer, text, k=20) if text else None
    things = find_things(live(), viewer, text, limit=20) if text else []
    return answer("search/search.html", text=text, people=people, things=things)


@blueprint.get("/search/suggest")
@signed_in
@limiter.limit("300/minute")
def suggest() -> Response:
    """What to offer for the letters typed so far, as the combobox takes it."""
    viewer = current_viewer(purpose="search")
    text = request.args.get("q", "").strip()[:LONGEST]
    offered = completions(live(), viewer, text)
    return jsonify(
        [
            {
                "href": render_template("search/_href.txt", item=item).strip(),
                "text": render_template("search/_text.txt", item=item).strip(),
                "about": render_template("search/_about.txt", item=item).strip(),
            }
            for item in offered
        ]
    )
