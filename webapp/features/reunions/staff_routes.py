"""/staff/reunions: all of them on one board, what is late first, and whose each is."""

from flask import request
from werkzeug.wrappers import Response

from graphnet.reunions import board as boards
from graphnet.reunions.reading import STAGES
from webapp.features.reunions.routes import PURPOSE, blueprint
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required


@blueprint.get("/staff/reunions")
@role_required("staff", purpose=PURPOSE)
def board() -> Response:
    """Every reunion: who asked, how far it is, who looks after it, what is late."""
    viewer = current_viewer()
    lines = boards.board(graphnet().store, viewer, rules=live().rules)
    counts = {stage: sum(line.row["stage"] == stage for line in lines) for stage in STAGES}
    chosen = request.args.get("stage", "")
    whose = request.args.get("whose", "")
    return answer(
        "reunions/board.html",
        lines=[
            line
            for line in lines
            if (line.row["stage"] == chosen if chosen in STAGES else line.row["stage"] != "closed")
            and (whose != "mine" or line.row["owner"] == viewer.account_id)
        ],
        counts=counts,
        chosen=chosen if chosen in STAGES else "",
        whose=whose,
        own_account=viewer.account_id,
    )
