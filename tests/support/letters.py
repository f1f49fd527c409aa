"""The letters that a site has written by now, delivered as files, as in the demo."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

from graphnet import job_worker, jobs, mail
from graphnet.engine import Engine
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store


def postman(store: Store, settings: Settings) -> job_worker.Worker:
    """Return a worker that delivers letters."""
    engine = Engine(settings, store, Live(store, settings.snapshots))
    return job_worker.Worker(store, {mail.KIND: jobs.Task(mail.deliver(engine), mail.POLICY)})


def delivered(store: Store, settings: Settings) -> list[EmailMessage]:
    """Deliver what waits; return every letter of this home, the oldest first."""
    own = replace(settings, demo=True, smtp_uri="")
    worker = postman(store, own)
    while worker.step():
        pass
    files = sorted(own.outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
