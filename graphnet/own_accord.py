"""Letters that the Association writes of its own accord: how many somebody gets in a month.

One measure for all of them, whoever writes: surveys, telling of an event, invitations to a reunion,
asking for lost classmates. Letters that somebody has asked for (the digest, notices) or that answer
an act of theirs do not count.
"""

from datetime import datetime, timedelta
from typing import Any, LiteralString

MONTH = timedelta(days=30)
MOST = 2


def limits(now: datetime) -> dict[str, Any]:
    """Return the parameters with which `letters` and `enough` are asked."""
    return {"since": now - MONTH, "most": MOST}


def letters(person: LiteralString) -> LiteralString:
    """Return how many such letters somebody has had since $since, those that wait to leave too."""
    return (
        "(COUNT { (" + person + ")<-[:TO]-(letter:SurveyAsk) WHERE letter.at >= $since }\n"
        "  + COUNT { (" + person + ")<-[:TO]-(letter:EventLetter) WHERE letter.at >= $since\n"
        "            AND letter.state IN ['waiting', 'sent'] }\n"
        "  + COUNT { (" + person + ")<-[:TO]-(letter:ReunionInvitation {channel: 'mail'})\n"
        "            WHERE letter.at >= $since }\n"
        "  + COUNT { (" + person + ")<-[:OF]-(letter:Ask {channel: 'mail'})\n"
        "            WHERE letter.sent_at >= $since })"
    )  # fmt: skip


def enough(person: LiteralString) -> LiteralString:
    """Return the condition that somebody gets no more such letters now."""
    return letters(person) + " >= $most"
