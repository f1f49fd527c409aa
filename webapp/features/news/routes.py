"""/news: the newest first, by kind; /news/ID: one piece."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from graphnet.news import reading
from graphnet.news.writing import KINDS
from webapp.frame.context import graphnet
from webapp.frame.respond import answer, page_of, whole_number
from webapp.frame.security import current_viewer

blueprint = Blueprint("news", __name__, template_folder="templates")

SHOWN = 20


@blueprint.get("/news")
def index() -> Response:
    """What is new: to visitors what is for everybody, to members all of it."""
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    number = whole_number("page", 1, low=1, high=10_000)
    rows, total = reading.pieces(
        graphnet().store, current_viewer(), kind=kind, skip=(number - 1) * SHOWN, limit=SHOWN
    )
    page = page_of(total, size=SHOWN)
    return answer("news/index.html", pieces=rows, page=page, kind=kind)


@blueprint.get("/news/<news_id>")
def piece(news_id: str) -> Response:
    """One piece."""
    viewer = current_viewer()
    return answer("news/piece.html", piece=reading.one(graphnet().store, viewer, news_id))
