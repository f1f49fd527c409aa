"""Words between people: conversations of two and of groups, and who may write to whom."""

from datetime import timedelta

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person, and what forgets old messages."""
    from graphnet.messages import keeping, personal

    personal.register(core)
    core.duty(
        "forget messages",
        lambda engine: keeping.forget(engine.store, engine.settings.message_years),
        every=timedelta(hours=12),
    )
