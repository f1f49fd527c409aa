"""The feature `contest`: pages for the public, nominees, jurors, voters and staff."""

from webapp.features.contest import jury, nominations, public, staff, voting
from webapp.features.contest.blueprint import blueprint as blueprint
from webapp.features.contest.waiting import waiting as waiting

__all__ = ["blueprint", "jury", "nominations", "public", "staff", "voting", "waiting"]
