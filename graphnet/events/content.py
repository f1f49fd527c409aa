"""What an event says of itself, as its makers enter it; and whether it can be so."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from graphnet.bilingual import check_bilingual
from graphnet.errors import BadValue
from graphnet.store import Row
from graphnet.web_addresses import is_page
from graphnet.zones import zones

SCALES = ("local", "city", "national", "online")
AUDIENCES = ("members", "public", "group", "cohort", "study_group", "reunion")
# What of it those who are registered are told of when it changes.
MOVING = frozenset({"starts", "ends", "time_zone", "venue", "city", "online_url"})
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
            raise BadValue(f"{name}: no such time")
        return there

    def check(self) -> None:
        """Look whether it can be so.

        Raises
        ------
        BadValue
            Its message is the field's name, a colon and what is wrong with it, in a word.
        """
        check_bilingual(self, "title", longest=LONGEST_LINE)
        check_bilingual(self, "description", longest=LONGEST_TEXT, needed=False)
        for name in ("venue", "price", "kind", "invites_code"):
            if len(getattr(self, name)) > LONGEST_LINE:
                raise BadValue(f"{name}: long")
        if len(self.materials) > LONGEST_TEXT:
            raise BadValue("materials: long")
        for name in ("map_url", "online_url", "outside_url"):
            _address(name, getattr(self, name))
        if self.time_zone not in zones():
            raise BadValue("time_zone: unknown")
        self._check_times()
        self._check_seats()
        if self.scale not in SCALES:
            raise BadValue("scale: unknown")
        if self.audience not in AUDIENCES:
            raise BadValue("audience: unknown")
        if self.audience == "group" and not self.group:
            raise BadValue("audience: no group")
        if self.audience == "cohort" and not self.invites_year:
            raise BadValue("invites_year: needed")
        if self.audience == "study_group" and not self.invites_code:
            raise BadValue("invites_code: needed")

    def _check_times(self) -> None:
        start, end = self.moment("starts"), self.moment("ends")
        opens, closes = self.moment("opens"), self.moment("closes")
        if start is None:
            raise BadValue("starts: needed")
        if end is not None and not start < end <= start + LONGEST_EVENT:
            raise BadValue("ends: order")
        if opens is not None and opens >= (closes or end or start):
            raise BadValue("opens: order")
        if closes is not None and closes > (end or start):
            raise BadValue("closes: order")

    def _check_seats(self) -> None:
        if self.capacity is not None and not 1 <= self.capacity <= MOST_SEATS:
            raise BadValue("capacity: range")
        if not 0 <= self.reserve <= (self.capacity or 0):
            raise BadValue("reserve: range")
        if not 0 <= self.guests <= MOST_GUESTS:
            raise BadValue("guests: range")
        if not 1 <= self.offer_hours <= LONGEST_OFFER:
            raise BadValue("offer_hours: range")
        if len(self.questions) > MOST_QUESTIONS or any(
            len(one) > LONGEST_LINE for one in self.questions
        ):
            raise BadValue("questions: range")


def _address(name: str, text: str) -> None:
    if text and not is_page(text):
        raise BadValue(f"{name}: address")


def content_of(row: Row) -> Content:
    """Return the content of an event that was read: see `graphnet.events.editing.WHOLE`."""
    zone = row["time_zone"] if row["time_zone"] in zones() else "UTC"

    def wall(moment: datetime | None) -> datetime | None:
        if moment is None:
            return None
        return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)

    return Content(
        **{
            name: row[name] or ""
            for name in (
                "title",
                "title_ru",
                "description",
                "description_ru",
                "kind",
                "venue",
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
