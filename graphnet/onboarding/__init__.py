"""Coming in: a group's invitation link, claims to a record, groupmates who are missing."""

from datetime import timedelta

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring the sweep."""
    from graphnet.onboarding import personal

    personal.register(core)
    from graphnet.onboarding import claims, finding

    core.job(finding.KIND, finding.looker, policy=finding.POLICY)
    core.duty("forget claims", lambda engine: claims.forget(engine.store), every=timedelta(hours=1))
