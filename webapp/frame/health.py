"""What machines ask: alive, ready, figures; and one line of log a request, without personal data.

``/healthz`` says that the process answers, at once and asking nobody. ``/readyz`` says within two
seconds whether it can serve: 503 while Neo4j or the snapshot is missing; a worker that is late is
reported and does not take the site away, because pages answer without one. Which part is missing is
told to who has the token (``Authorization: Bearer``), and ``/metrics`` is for them only.
"""

import hmac
import logging
import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, make_response, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from werkzeug.wrappers import Response as AnyResponse

from graphnet.errors import SnapshotError, StoreError
from graphnet.jobs import BEATS
from webapp.frame.context import Graphnet, graphnet, live
from webapp.frame.security import address_key, limiter

log = logging.getLogger("webapp.requests")
blueprint = Blueprint("health", __name__)

PATIENCE = 1.5  # seconds that /readyz waits for Neo4j
_asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readyz")

LATE = timedelta(seconds=60)  # a worker that has not been heard of for so long is late


class Figures:
    """The figures of one application; in gunicorn, of all its processes (multiprocess mode)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "graphnet_requests_total",
            "Requests answered",
            ["endpoint", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "graphnet_request_seconds",
            "Time to answer a request",
            ["endpoint"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        self.heartbeat_age = Gauge(
            "graphnet_worker_heartbeat_age_seconds",
            "Time since a worker last said that it lives",
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )


def worker_heard_at(graph: Graphnet) -> datetime | None:
    """Return when a worker last said that it lives; None if not within a day."""
    beats = graph.store.read(BEATS, since=datetime.now(UTC) - timedelta(days=1))
    heard: Iterable[datetime] = (
        beat["at"].to_native() for beat in beats if beat["kind"] == "worker"
    )
    return max(heard, default=None)


def heard_soon(graph: Graphnet) -> datetime | None:
    """Return the same, or raise `TimeoutError`: who asks, a balancer, has no time to wait."""
    asked = _asking.submit(worker_heard_at, graph)
    try:
        return asked.result(timeout=PATIENCE)
    finally:
        asked.cancel()


def may_know(graph: Graphnet) -> bool:
    """Whether who asks has shown the token of GRAPHNET_METRICS_TOKEN."""
    token = graph.settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


@blueprint.get("/healthz")
@limiter.exempt
def healthz() -> AnyResponse:
    """Say that this process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@limiter.exempt
def readyz() -> AnyResponse:
    """Say what this process can serve."""
    graph = graphnet()
    parts = {"neo4j": "ok", "snapshot": "ok", "worker": "ok"}
    try:
        heard = heard_soon(graph)
        if heard is None:
            parts["worker"] = "not heard of"
        elif datetime.now(UTC) - heard > LATE:
            parts["worker"] = "late"
    except (StoreError, TimeoutError):
        parts["neo4j"] = "does not answer"
        parts["worker"] = "unknown"
    try:
        live().view()
    except SnapshotError:
        parts["snapshot"] = "not loaded"
    ready = parts["neo4j"] == "ok" and parts["snapshot"] == "ok"
    state = "ready" if all(part == "ok" for part in parts.values()) else "degraded"
    if not may_know(graph):
        return make_response(
            jsonify(status="ready" if ready else "not ready"), 200 if ready else 503
        )
    return make_response(
        jsonify(status=state if ready else "not ready", **parts), 200 if ready else 503
    )


@blueprint.get("/metrics")
@limiter.exempt
def metrics() -> AnyResponse:
    """Give the figures in Prometheus' text format."""
    graph = graphnet()
    if not may_know(graph):
        abort(404)  # as if there were nothing: nobody needs to know
    figures = _figures()
    try:
        heard = heard_soon(graph)
        figures.heartbeat_age.set(
            (datetime.now(UTC) - heard).total_seconds() if heard else float("nan")
        )
    except (StoreError, TimeoutError):
        figures.heartbeat_age.set(float("nan"))
    registry = figures.registry
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _figures() -> Figures:
    figures = current_app.extensions["figures"]
    assert isinstance(figures, Figures)
    return figures


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    # The endpoint, not the path: a path may hold a person's id or a one-time link, a query a name.
    endpoint = request.endpoint or "none"
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    figures = _figures()
    figures.requests.labels(endpoint, request.method, str(response.status_code)).inc()
    figures.seconds.labels(endpoint).observe(seconds)
    if endpoint not in ("health.healthz", "health.readyz", "health.metrics", "static"):
        log.info(
            "request endpoint=%s method=%s status=%s ms=%.0f from=%s",
            endpoint,
            request.method,
            response.status_code,
            seconds * 1000,
            _network(),
        )
    return response


def _network() -> str:
    """Return where a request comes from, no closer than 256 addresses (/24, or IPv6's /64)."""
    key = address_key()
    return key if "/" in key or "." not in key else key.rpartition(".")[0] + ".0/24"


def install(app: Flask) -> None:
    """Count and log every request of this application."""
    app.extensions["figures"] = Figures()
    app.register_blueprint(blueprint)
    app.before_request(_begin)
    app.after_request(_end)
