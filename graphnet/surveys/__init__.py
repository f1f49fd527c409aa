"""Surveys of needs: a short form, sent to some by their consent, answered once, told in figures."""

from datetime import timedelta
from functools import partial

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person, its letters, and who closes what is over."""
    from graphnet import own_accord
    from graphnet.surveys import making, personal, recipients

    personal.register(core)
    core.job(recipients.KIND, recipients.sender)
    core.series(recipients.SERIES, partial(own_accord.refuse, kind=own_accord.SURVEYS))
    core.duty(
        "close surveys", lambda e: making.close_those_over(e.store), every=timedelta(minutes=5)
    )
