"""What staff have to do now in a season, in the order in which it should be done."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext

from graphnet.contest import exclusions, jury, nominations
from graphnet.contest.appeals import appeals
from graphnet.contest.seasons import Season
from graphnet.privacy import Viewer
from graphnet.store import Store


@dataclass(frozen=True)
class Task:
    """One thing to do, where on the page it is done; `rest` means that nothing is to be done."""

    kind: str
    words: str
    anchor: str = ""
    late: bool = False
    rest: bool = False


def tasks(store: Store, viewer: Viewer, season: Season, *, now: datetime) -> list[Task]:
    """Return what is to be done, or one line that says what the season waits for."""
    phase = season.phase(now)
    found: list[Task] = []
    if phase == "draft":
        begins = season.terms.begins(season.terms.dates.entry_from)
        if now >= begins:
            words = gettext("Choose later days: the first day of entry has begun.")
            return [Task("edit", words, "terms", late=True)]
        return [Task("announce", gettext("Read the draft once more, then announce."), "announce")]
    if phase in ("entry", "check"):
        counts = nominations.counts(store, viewer, season)
        if waiting := counts.get("accepted", 0):
            words = ngettext(
                "%(num)s candidate to admit or refuse", "%(num)s candidates to admit or refuse",
                waiting,
            )  # fmt: skip
            found.append(Task("decide", words, "candidates", late=phase == "check"))
    if phase in ("announced", "entry", "check", "jury"):
        progress = jury.progress(store, viewer, season)
        asked = sum(not row["sits"] for row in progress.jurors)
        missing = season.terms.jurors - len(progress.jurors)
        if asked:
            words = ngettext(
                "%(num)s person has not answered whether they will be in the jury",
                "%(num)s people have not answered whether they will be in the jury",
                asked,
            )
            found.append(Task("answers", words, "jury", late=phase == "jury"))
        if missing > 0:
            words = ngettext(
                "%(num)s juror more is needed", "%(num)s jurors more are needed", missing
            )
            found.append(Task("jurors", words, "jury", late=phase == "jury"))
        elif phase in ("check", "jury") and progress.short:
            words = ngettext(
                "%(num)s candidate has too few jurors: assign, or take in more jurors",
                "%(num)s candidates have too few jurors: assign, or take in more jurors",
                len(progress.short),
            )
            found.append(Task("assign", words, "jury", late=phase == "jury"))
        if phase == "jury" and (silent := progress.unfinished):
            words = ngettext(
                "%(num)s juror has not scored every candidate yet",
                "%(num)s jurors have not scored every candidate yet",
                len(silent),
            )
            found.append(Task("silent", words, "jury"))
    if phase in exclusions.PHASES and (held := exclusions.proposals(store, viewer, season)):
        words = ngettext(
            "%(num)s change of who stands waits for a second one of staff",
            "%(num)s changes of who stands wait for a second one of staff",
            len(held),
        )
        found.append(Task("confirm", words, "candidates", late=phase == "decision"))
    if phase in ("check", "jury", "vote", "appeal", "decision"):
        made = appeals(store, viewer, season)
        if open_ones := sum(row["status"] != "done" for row in made):
            words = ngettext("%(num)s appeal to decide", "%(num)s appeals to decide", open_ones)
            found.append(Task("appeals", words, "appeals"))
        elif phase == "decision":
            found.append(Task("publish", gettext("Publish the winners."), "result"))
    if found:
        return found
    words = {
        "announced": gettext("Nothing: the season waits for its first day of entry."),
        "entry": gettext("Nothing: members nominate."),
        "check": gettext("Nothing: everybody is decided, and has jurors."),
        "jury": gettext("Nothing: the jury reads."),
        "vote": gettext("Nothing: members vote. Nobody, not even staff, sees a total."),
        "appeal": gettext("Nothing: candidates can appeal."),
    }.get(phase, gettext("Nothing: the season is over."))
    return [Task("rest", words, rest=True)]
