"""The worker's side: once a day everybody whose period has come gets their letter."""

import logging
from datetime import UTC, datetime

from graphnet import engine, jobs, mail
from graphnet.engine import Engine
from graphnet.errors import SnapshotError
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.recommendations import Shelf, digest
from graphnet.recommendations.impressions import Impressions
from graphnet.settings import Settings
from graphnet.store import Store

log = logging.getLogger(__name__)

KIND = "digest"
# A minute's work for each thousand readers: not before the jobs that somebody waits for.
POLICY = jobs.Policy(lane="models")


def ask(engine: Engine) -> None:
    """Ask for today's letters, where letters leave at all; asking twice is one job."""
    if mail.ready(engine.settings):
        jobs.ask(engine.store, KIND, datetime.now(UTC).date().isoformat())


def handler(engine: Engine) -> jobs.Handler:
    """Return the worker's handler of letters from the lists."""

    def work(job: jobs.Job) -> None:
        written = send_due(engine.settings, engine.store, now=datetime.now(UTC))
        log.info("digest.written letters=%d", written)

    return work


def send_due(settings: Settings, store: Store, *, now: datetime) -> int:
    """Write every letter that is due and worth it; return how many were written."""
    # The worker has no application until letters need words; the features import each other.
    from webapp.app import create_app
    from webapp.features.digest.letter import stop_address, subject_of, text_of
    from webapp.frame.i18n import in_tongue

    rules = engine.rules(settings)
    live = Live(store, settings.snapshots, rules=rules)
    live.start()
    try:
        live.view()
        app = create_app(settings, store=store, live=live)
        shelf = Shelf(live, settings.models)
        seen = Impressions(store)
        written, after = 0, 0
        while rows := digest.due(store, now, after=after):
            for row in rows:
                after = row["key"]
                viewer = Viewer("alumnus", row["key"], row["account"])
                wish = digest.wish_of(store, viewer)
                if wish is None:
                    continue
                reader = shelf.of(viewer, now=now)
                items = digest.contents(reader, wish)
                host = settings.trusted_hosts[0]
                with (
                    app.test_request_context(base_url=f"http://{host}"),
                    in_tongue(row["language"]),
                ):
                    subject = subject_of(items) if items else ""
                    text = text_of(settings, row["name"] or "", wish, items) if items else ""
                    stop = stop_address(settings, wish)
                if digest.write(
                    store, row, items, now=now, subject=subject, text=text, unsubscribe=stop
                ):
                    written += 1
                    if reader.person.mine.learns:
                        seen.shown(row["key"], reader.model, items)
        seen.write()
        return written
    except SnapshotError:
        return 0  # the first snapshot is being built; tomorrow's job finds the same people
    finally:
        live.stop()
