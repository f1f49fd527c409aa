"""How gunicorn runs the application; `graphnet web` names this module as its configuration.

Each worker process opens its own store and engines: a driver's connections and threads do not
survive a fork, which is why nothing is preloaded.
"""

import atexit
import os
import shutil
import tempfile
from typing import Any

from prometheus_client import multiprocess, values

bind = "127.0.0.1:8000"
worker_class = "webapp.frame.lane.LaneWorker"
workers = 2
threads = 8
timeout = 60  # a worker that is silent for so long is replaced
graceful_timeout = 10
keepalive = 5
max_requests = 0
accesslog = None  # one line a request comes from webapp.frame.health, without personal data
errorlog = "-"
loglevel = "warning"
forwarded_allow_ips = "127.0.0.1,::1"  # whom to believe is ProxyFix's business: GRAPHNET_PROXIES
# Requests larger than a page's forms and files need are refused before they reach us.
limit_request_line = 4094
limit_request_fields = 60

_metrics_folder = ""


def on_starting(server: Any) -> None:
    """Give the processes one folder in which to count together."""
    global _metrics_folder
    _metrics_folder = tempfile.mkdtemp(prefix="graphnet-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _metrics_folder
    atexit.register(_forget, os.getpid(), _metrics_folder)
    # prometheus_client has looked for the folder when it was imported: let it look again.
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


def child_exit(server: Any, worker: Any) -> None:
    """Keep the counts of a worker that is gone, drop its gauges."""
    if _metrics_folder:
        multiprocess.mark_process_dead(  # type: ignore[no-untyped-call]
            worker.pid, _metrics_folder
        )


def _forget(master: int, folder: str) -> None:
    """Remove what was counted, at the end of the first process only: workers inherit this."""
    if os.getpid() == master:
        shutil.rmtree(folder, ignore_errors=True)
