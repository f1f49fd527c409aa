"""Where Neo4j is a cluster: what a reader did goes with them to their next page, in their session.

Any process may answer that page, from any member of the cluster.
"""

import time

from flask import Flask, Response, request, session

from graphnet import causal
from graphnet.settings import Settings

FIELD = "seen"
SECONDS = 300.0  # a member that is further behind is no member to read from


def install(app: Flask, settings: Settings) -> None:
    """Carry marks where the address of Neo4j is one that routes (neo4j://)."""
    if not settings.neo4j_uri.startswith("neo4j"):
        return
    app.before_request(_begin)
    app.after_request(_keep)
    app.teardown_request(lambda _: causal.end())


def _begin() -> None:
    if request.endpoint == "static":
        return
    kept = session.get(FIELD)
    if isinstance(kept, list) and len(kept) == 2 and time.time() - kept[1] < SECONDS:
        causal.begin(kept[0])
    else:
        causal.begin(())


def _keep(response: Response) -> Response:
    seen = causal.seen()
    if seen is not None and seen.wrote:
        if seen.marks:
            session[FIELD] = [sorted(seen.marks), int(time.time())]
        else:
            session.pop(FIELD, None)
    return response
