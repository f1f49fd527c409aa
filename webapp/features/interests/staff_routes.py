"""/staff/topics: which topics are delicate, of which kinds, and by which words they are known."""

from werkzeug.wrappers import Response

from graphnet import delicate
from webapp.features.interests.routes import blueprint
from webapp.features.interests.words import DELICATE_WORDS
from webapp.frame.context import graphnet
from webapp.frame.respond import answer
from webapp.frame.security import role_required


@blueprint.get("/staff/topics")
@role_required("staff", purpose="recommendations")
def topics() -> Response:
    """The closed list, and the topics of this site that are on it."""
    marked = delicate.marked(graphnet().store)
    kinds = [
        (
            DELICATE_WORDS[kind],
            [row for row in marked if row["kind"] == kind],
            [phrase.rstrip("$") for phrase in phrases],
        )
        for kind, phrases in delicate.KINDS.items()
    ]
    return answer("interests/topics.html", kinds=kinds)
