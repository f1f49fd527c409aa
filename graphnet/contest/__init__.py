"""The contest: a season from its announcement to the archive that never changes.

`terms` says what an announcement holds and which phase a day lies in; `seasons` drafts, announces
and changes; `nominations` invites; `candidates` checks who may stand; `assignment` and `jury` are
the blind jury, `voting` the secret vote; `results` puts the three together by the weights of the
season's rule file, and `publication` ends it. Every function that depends on the time takes `now`.
"""

from datetime import UTC, datetime, timedelta

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring the sweep."""
    from graphnet.contest import personal

    personal.register(core)
    from graphnet.contest import nominations

    core.duty(
        "forget nominations",
        lambda engine: nominations.forget_unanswered(engine.store, datetime.now(UTC)),
        every=timedelta(hours=1),
    )
