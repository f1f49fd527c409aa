"""How gunicorn's threads are shared: being asked whether one lives must not wait behind pages."""

import selectors
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

ASKED = (b"GET /healthz ", b"HEAD /healthz ")
_PEEK_BYTES = 2048
_SILENT_SECONDS = 5.0


class LaneWorker(ThreadWorker):  # type: ignore[misc]
    """Threads for pages, one more for ``/healthz``, and none for a connection that is silent."""

    def init_process(self) -> None:
        self.lane = ThreadPoolExecutor(max_workers=1, thread_name_prefix="healthz")
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Hand a connection to a thread, once it has said something."""
        try:
            begins = conn.sock.recv(_PEEK_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            if not conn.initialized and not conn.data_ready:
                self._wait_for_words(conn)
                return
            begins = b""
        except OSError:
            begins = b""
        # Only a whole question: half of one would hold the lane as it would hold a thread.
        asked = begins.startswith(ASKED) and b"\r\n\r\n" in begins
        future = (self.lane if asked else self.tpool).submit(self.handle, conn)
        future.add_done_callback(
            lambda done: self.method_queue.defer(self.finish_request, conn, done)
        )

    def _wait_for_words(self, conn: TConn) -> None:
        """Look at a connection again when it has said something; it is closed if it never does."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + _SILENT_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(
            conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn)
        )

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End at once, the lane too."""
        self.lane.shutdown(wait=False)
        super().handle_quit(sig, frame)
