"""What weeks add to other pages: the coming one, and my way through it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from graphnet.privacy import Viewer
from graphnet.weeks import frame, thanks
from graphnet.weeks.frame import Week
from webapp.features.weeks.words import span
from webapp.frame.context import graphnet, shared

AHEAD, BEHIND = timedelta(days=60), timedelta(days=14)


def dates(week: Week) -> tuple[date, date]:
    """Return the first and the last day of a week."""
    zone = ZoneInfo(week.frame.time_zone)
    days = [day.date for day in week.frame.days]
    days += [moment.astimezone(zone).date() for moment in (week.begins, week.ends) if moment]
    return min(days), max(days)


def _near(viewer: Viewer) -> Week | None:
    # Many are shown the same one; drafts are for staff.
    week = shared(
        f"weeks.{'staff' if viewer.is_staff else 'all'}",
        lambda: frame.current(graphnet().store, viewer),
    )
    now = datetime.now(UTC)
    if week is None or week.begins is None or week.ends is None or week.state != "published":
        return None
    return week if week.begins < now + AHEAD and week.ends > now - BEHIND else None


def announced(viewer: Viewer, _about: None) -> Mapping[str, Any] | None:
    """Return the week that comes, for the front page."""
    week = _near(viewer)
    if week is None or week.over:
        return None
    return {"week": week, "when": span(*dates(week))}


def coming(viewer: Viewer, _about: None) -> Mapping[str, Any] | None:
    """Return the week that comes, or what I came to of one that was, for /home."""
    if not viewer.is_alumnus:
        return None
    week = _near(viewer)
    if week is None:
        return None
    came = thanks.i_came_to(graphnet().store, viewer, week.id) if week.over else []
    if week.over and not came:
        return None
    return {"week": week, "when": span(*dates(week)), "came": len(came)}
