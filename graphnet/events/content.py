"""What an event says of itself, as its makers enter it; and whether it can be so."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from graphnet.bilingual import as_entered, check_bilingual
from graphnet.errors import BadValue
from graphnet.store import Row
from graphnet.web_addresses import is_page
from graphnet.zones import zones

SCALES = ("local", "city", "national", "online")
AUDIENCES = ("members", "public", "group", "cohort", "study_group", "reunion")
# What of it those who are registered are told of when it changes.
MOVING = frozenset({"starts", "ends", "time_zone", "venue", "venue_ru", "city", "online_url"})
# What of it says for whom it is, and what everybody reads of it where it is public.
FOR_WHOM = frozenset({"audience", "group", "invites_year", "invites_code"})
READ = frozenset({
    "title", "title_ru", "description", "description_ru", "price", "map_url", "outside_url",
    "materials", "scale", "topics",
})  # fmt: skip
LONGEST_TEXT = 8_000
LONGEST_LINE = 300
MOST_QUESTIONS = 12
MOST_SEATS = 100_000
MOST_GUESTS = 5
LONGEST_EVENT = timedelta(days=30)
LONGEST_OFFER = 14 * 24  # hours


@dataclass(frozen=True)
class Content:
    """An event as its makers enter it; times are the wall clock's of its zone.

    Attributes
    ----------
    group, unit, city
        Ids of the community or the unit that holds it, and of the city.
    topics
        Ids of what it is about.
    audience
        For whom it is: see `AUDIENCES`. 'group' is for the members of `group`; 'reunion' for those
        of the study groups and intakes that its reunion gathers.
    invites_year, invites_code
        The intake, or the code of the study group, for those two audiences.
    whole_only
        Whether nobody is let past who needs more seats than there are.
    questions
        One a line; a line that ends with * must be answered.
    """

    title: str = ""
    title_ru: str = ""
    description: str = ""
    description_ru: str = ""
    kind: str = "meeting"
    starts: datetime | None = None
    ends: datetime | None = None
    time_zone: str = "Europe/Moscow"
    venue: str = ""
    venue_ru: str = ""
    city: str = ""
    map_url: str = ""
    online_url: str = ""
    scale: str = "local"
    group: str = ""
    unit: str = ""
    outside_url: str = ""
    price: str = ""
    capacity: int | None = None
    reserve: int = 0
    opens: datetime | None = None
    closes: datetime | None = None
    guests: int = 0
    whole_only: bool = False
    offer_hours: int = 48
    questions: tuple[str, ...] = ()
    audience: str = "members"
    invites_year: int | None = None
    invites_code: str = ""
    topics: tuple[str, ...] = ()
    materials: str = ""

    def moment(self, name: str) -> datetime | None:
        """Return one of its times in UTC.

        Raises
        ------
        BadValue
            If there is no such time on that day, because the clocks were put forward.
        """
        wall: datetime | None = getattr(self, name)
        if wall is None:
            return None
        here = wall.replace(tzinfo=ZoneInfo(self.time_zone))
        there = here.astimezone(UTC)
        if there.astimezone(here.tzinfo).replace(tzinfo=None) != wall:
            raise BadValue(
                f"{name}: there is no such time on that day in {self.time_zone}: the clocks are "
                "put forward",
                code="no_time",
                field=name,
            )
        return there

    def check(self) -> None:
        """Look whether it can be so.

        Raises
        ------
        BadValue
            Its field is the field's name, its code what is wrong with it.
        """
        check_bilingual(self, "title", longest=LONGEST_LINE)
        check_bilingual(self, "description", longest=LONGEST_TEXT, needed=False)
        check_bilingual(self, "venue", longest=LONGEST_LINE, needed=False)
        for name in ("price", "kind", "invites_code"):
            if len(getattr(self, name)) > LONGEST_LINE:
                raise BadValue(
                    f"{name} has at most {LONGEST_LINE} characters", code="long", field=name
                )
        if len(self.materials) > LONGEST_TEXT:
            raise BadValue(
                f"materials are described in at most {LONGEST_TEXT:,} characters",
                code="long",
                field="materials",
            )
        for name in ("map_url", "online_url", "outside_url"):
            _address(name, getattr(self, name))
        if self.time_zone not in zones():
            raise BadValue(
                f"there is no time zone {self.time_zone!r}: write one like Europe/Moscow",
                code="unknown",
                field="time_zone",
            )
        self._check_times()
        self._check_seats()
        if self.scale not in SCALES:
            raise BadValue(f"an event is one of {', '.join(SCALES)}", code="unknown", field="scale")
        if self.audience not in AUDIENCES:
            raise BadValue(
                f"an event is for one of {', '.join(AUDIENCES)}", code="unknown", field="audience"
            )
        if self.audience == "group" and not self.group:
            raise BadValue(
                "an event for a community's members names the community",
                code="no_group",
                field="audience",
            )
        if self.audience == "cohort" and not self.invites_year:
            raise BadValue(
                "an event for an intake names its year", code="needed", field="invites_year"
            )
        if self.audience == "study_group" and not self.invites_code:
            raise BadValue(
                "an event for a study group names its code", code="needed", field="invites_code"
            )

    def _check_times(self) -> None:
        start, end = self.moment("starts"), self.moment("ends")
        opens, closes = self.moment("opens"), self.moment("closes")
        if start is None:
            raise BadValue(
                "an event has a day and an hour at which it begins", code="needed", field="starts"
            )
        if end is not None and not start < end <= start + LONGEST_EVENT:
            raise BadValue(
                f"an event ends after it begins, at most {LONGEST_EVENT.days} days later",
                code="order",
                field="ends",
            )
        if opens is not None and opens >= (closes or end or start):
            raise BadValue(
                "registration opens before it closes, and before the event begins",
                code="order",
                field="opens",
            )
        if closes is not None and closes > (end or start):
            raise BadValue(
                "registration closes before the event is over", code="order", field="closes"
            )

    def _check_seats(self) -> None:
        if self.capacity is not None and not 1 <= self.capacity <= MOST_SEATS:
            raise BadValue(
                f"an event has 1 to {MOST_SEATS:,} seats, or as many as come",
                code="range",
                field="capacity",
            )
        if not 0 <= self.reserve <= (self.capacity or 0):
            raise BadValue(
                "seats held back are not more than there are", code="range", field="reserve"
            )
        if not 0 <= self.guests <= MOST_GUESTS:
            raise BadValue(
                f"with one person come 0 to {MOST_GUESTS} guests", code="range", field="guests"
            )
        if not 1 <= self.offer_hours <= LONGEST_OFFER:
            raise BadValue(
                f"a seat is held for 1 to {LONGEST_OFFER} hours", code="range", field="offer_hours"
            )
        if len(self.questions) > MOST_QUESTIONS or any(
            len(one) > LONGEST_LINE for one in self.questions
        ):
            raise BadValue(
                f"an event asks at most {MOST_QUESTIONS} questions, each in one line of "
                f"{LONGEST_LINE} characters",
                code="range",
                field="questions",
            )


def _address(name: str, text: str) -> None:
    if text and not is_page(text):
        raise BadValue(
            f"{name} is the whole address of a page, such as https://example.org/page",
            code="address",
            field=name,
        )


def content_of(row: Row) -> Content:
    """Return the content of an event that was read: see `graphnet.events.editing.WHOLE`."""
    zone = row["time_zone"] if row["time_zone"] in zones() else "UTC"

    def wall(moment: datetime | None) -> datetime | None:
        if moment is None:
            return None
        return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)

    return Content(
        **as_entered(row, ("title",)),
        **{
            name: row[name] or ""
            for name in (
                "description",
                "description_ru",
                "venue",
                "venue_ru",
                "kind",
                "map_url",
                "online_url",
                "outside_url",
                "price",
                "materials",
                "invites_code",
                "group",
                "unit",
                "city",
            )
        },
        starts=wall(row["starts_at"]),
        ends=wall(row["ends_at"]),
        time_zone=zone,
        scale=row["scale"] if row["scale"] in SCALES else "local",
        capacity=row["capacity"],
        reserve=row["reserve"] or 0,
        opens=wall(row["opens_at"]),
        closes=wall(row["closes_at"]),
        guests=row["guests"] or 0,
        whole_only=bool(row["whole_only"]),
        offer_hours=row["offer_hours"] or 48,
        questions=tuple(row["questions"] or ()),
        audience=row["audience"] if row["audience"] in AUDIENCES else "members",
        invites_year=row["invites_year"],
        topics=tuple(sorted(row["topics"])),
    )
