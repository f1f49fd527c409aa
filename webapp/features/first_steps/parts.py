"""What the feature `first_steps` adds to other features' pages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from graphnet.onboarding.first_steps import NEW_FOR, steps
from graphnet.privacy import Viewer
from webapp.features.first_steps.words import WORDS
from webapp.frame.context import graphnet
from webapp.frame.security import current_account


def first_steps(viewer: Viewer, _about: None) -> Mapping[str, Any] | None:
    """Return the steps of an alumnus who came in lately; for others the graph is asked nothing."""
    account = current_account()
    if not viewer.is_alumnus or account is None or viewer.person_key is None:
        return None
    if datetime.now(UTC) - account.created_at > NEW_FOR:
        return None
    found = steps(graphnet().store, viewer)
    return {"steps": found, "words": WORDS} if found else None
