"""Alumni Weeks: a programme of days, tracks and places; its versions, and a way through it.

::

    (:Event {track, hall, planned})-[:IN]->(:Festival {days, tracks, places})
    (:FestivalVersion {number, sessions, moves})-[:IN]->(:Festival)

A session is an event, so that seats, waiting lists, the door and the ledger are those of all
events. Staff plan: what they move of a published session is `planned` until they publish the next
version of the programme; then it holds, and each who is concerned gets one letter with all that has
changed for them.
"""

from datetime import timedelta

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring the jobs that tell, and the thanks when a week is over."""
    from graphnet.weeks import telling, thanks

    core.job(telling.TOLD, telling.teller, policy=telling.POLICY)
    core.duty("thanks of weeks", lambda e: thanks.thank(e.store), every=timedelta(minutes=10))
