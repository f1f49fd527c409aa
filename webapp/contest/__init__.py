"""The feature `contest`: pages for the public, nominees, jurors, voters and staff."""

from webapp.contest import jury, nominations, public, staff, voting
from webapp.contest.blueprint import blueprint as blueprint
from webapp.contest.waiting import waiting as waiting

__all__ = ["blueprint", "jury", "nominations", "public", "staff", "voting", "waiting"]
