"""The worker's part: whoever is given a seat from the waiting list is told by letter."""

from graphnet import jobs, mail
from graphnet.engine import Engine
from graphnet.events.registrations import given_seat
from graphnet.mail import Letter
from graphnet.store import Row

POLICY = jobs.Policy(lane="letters")


def handler(engine: Engine) -> jobs.Handler:
    """Return the handler that writes such a letter, if the seat is still theirs by then."""

    def work(job: jobs.Job) -> None:
        row = given_seat(engine.store, job.payload["registration"])
        if row is None:
            return
        letter = _worded(engine, row)
        engine.store.in_write(
            lambda transaction: mail.enqueue(
                transaction,
                to=row["email"],
                subject=letter.subject,
                text=letter.text,
                key=job.idempotency_key,
            )
        )

    return work


def _worded(engine: Engine, row: Row) -> Letter:
    # The worker has no application until letters need words; the features import each other.
    from flask import url_for
    from flask_babel import gettext
    from markupsafe import Markup

    from webapp.app import create_app
    from webapp.frame.i18n import event_time, in_language, in_tongue

    app = create_app(engine.settings, store=engine.store, live=engine.live)
    host = engine.settings.trusted_hosts[0]
    with app.test_request_context(base_url=f"http://{host}"), in_tongue(row["language"]):
        title = in_language(row["title"], row["title_ru"])
        when = event_time(row["starts_at"], row["time_zone"])
        address = engine.settings.site_url + url_for("events.event", event_id=row["event"])
        text = gettext(
            "A seat has become free, and it is yours: %(title)s, %(when)s.\n\n"
            "If you cannot come, say no on the event’s page, and the next on the list has it:\n"
            "%(address)s",
            title=title,
            when=when.striptags() if isinstance(when, Markup) else when,
            address=address,
        )
        sign = gettext("The alumni association")
        return Letter(gettext("You have a seat: %(title)s", title=title), f"{text}\n\n{sign}\n")
