"""Contacts of people: asking to know each other here, who does, and whom one does not want.

The word for addresses and numbers is `ContactPoint`, and recognising records of one person is
`graphnet.contacts`; a *connection* is a tie between two people who have both said so (`KNOWS`).
"""

from datetime import timedelta

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person, and what forgets askings."""
    from graphnet.connections import asking, personal

    personal.register(core)
    core.duty(
        "forget contact requests",
        lambda engine: asking.forget(engine.store),
        every=timedelta(hours=12),
    )
