"""Events: made, announced, filled, called off; seats, waiting lists and who came."""

from datetime import timedelta

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person, its jobs, and what a worker looks after."""
    from graphnet.events import door, offers, personal, spoken, telling
    from graphnet.events.editing import TOLD

    personal.register(core)
    core.job(TOLD, telling.teller, policy=telling.POLICY)
    core.job(door.ENTERED, door.bookkeeper)
    core.duty("lapsed seats", lambda e: offers.lapse(e.store), every=timedelta(seconds=20))
    core.duty("seats of the hidden", lambda e: offers.release(e.store), every=timedelta(minutes=2))
    core.duty("reminders", lambda e: telling.remind(e.store), every=timedelta(minutes=5))
    core.duty("talks into the ledger", lambda e: spoken.enter(e.store), every=timedelta(minutes=10))
