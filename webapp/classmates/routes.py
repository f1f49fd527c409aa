"""/classmates: my study groups with everyone in them, and the rest of my intake."""

from flask import Blueprint
from werkzeug.wrappers import Response

from graphnet.discovery.classmates import classes
from webapp.context import graphnet, live
from webapp.pages import answer
from webapp.security import current_viewer, signed_in

blueprint = Blueprint("classmates", __name__, template_folder="templates")


@blueprint.get("/classmates")
@signed_in
def classmates() -> Response:
    """My groups across all codes they ever had: who is here, who has no contact."""
    viewer = current_viewer(purpose="classmates")
    found = classes(graphnet().store, viewer, rules=live().rules)
    return answer("classmates/classmates.html", found=found)
