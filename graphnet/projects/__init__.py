"""Projects: what alumni work on and give to, with open books."""

from datetime import timedelta

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person; what payers wrote is forgotten in time, and reminders."""
    from graphnet.projects import bank, personal, promises

    personal.register(core)
    core.duty(
        "words of payers",
        lambda engine: bank.forget_words(engine.store),
        every=timedelta(days=1),
    )
    core.duty(
        "reminders of gifts in parts",
        lambda engine: promises.remind(engine.store),
        every=timedelta(hours=6),
    )
