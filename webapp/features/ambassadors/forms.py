"""What staff wish of a set: from the form or the address to a `Wish`, and back to the form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from graphnet.ambassadors.asks import asked_since, conflicts, year_begins
from graphnet.ambassadors.plans import keys_of
from graphnet.errors import BadValue
from graphnet.influence.wishes import LARGEST_SET, Wish, place_named
from graphnet.privacy import Viewer
from graphnet.snapshot import Snapshot
from graphnet.store import Store

DIALS = ("0", "0.25", "0.5", "0.75", "0.9")


@dataclass
class WishForm:
    """The fields of the form as texts, with what is wrong with each."""

    name: str = ""
    k: str = "12"
    faculty_each: str = "0"
    decade_each: str = "0"
    city_each: str = "0"
    cities: str = ""
    faculty: str = ""
    decade: str = ""
    city: str = ""
    fairness: str = "0"
    fair_by: str = "faculty"
    extra: str = ""
    fix: str = ""
    bar: str = ""
    not_asked: str = "yes"
    no_conflicts: str = "yes"
    where_possible: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "WishForm":
        """Return the form filled with what was given; a box that is not ticked is not sent."""
        form = cls()
        for name in cls.__dataclass_fields__:
            if name != "errors" and name in given:
                setattr(form, name, given[name].strip())
        if given:
            for box in ("not_asked", "no_conflicts", "where_possible"):
                setattr(form, box, "yes" if given.get(box) else "")
        return form

    @classmethod
    def again(cls, name: str, wish: Mapping[str, Any], places: Mapping[str, str]) -> "WishForm":
        """Return the form of an earlier plan, to wish something a little different."""
        per = wish.get("per", {})
        return cls(
            name=name,
            k=str(wish["k"]),
            faculty_each=str(per.get("faculty", 0)),
            decade_each=str(per.get("decade", 0)),
            city_each=str(per.get("city", 0)),
            cities="\n".join(
                f"{places.get(city, city)}: {number}"
                for city, number in wish.get("cities", {}).items()
            ),
            faculty=wish.get("faculty", ""),
            decade=str(wish.get("decade") or ""),
            city=wish.get("city", ""),
            fairness=f"{wish.get('fairness', 0):g}",
            fair_by=wish.get("fair_by", "faculty"),
            extra=str(wish.get("extra") or ""),
            where_possible="yes" if wish.get("where_possible") else "",
        )

    def _number(self, name: str, low: int, high: int) -> int:
        text = getattr(self, name) or "0"
        if text.isdecimal() and low <= int(text) <= high:
            return int(text)
        self.errors[name] = gettext("A whole number from %(low)s to %(high)s.", low=low, high=high)
        return low

    def ids(self, name: str) -> list[str]:
        # An id, or the address of the person's page, as one copies it.
        return [re.sub(r".*/people/", "", one) for one in re.split(r"[\s,;]+", getattr(self, name))
                if one]  # fmt: skip

    def wish(self, store: Store, viewer: Viewer, snapshot: Snapshot) -> Wish | None:
        """Return the wish, or None with `errors` filled."""
        cities: dict[str, int] = {}
        for line in self.cities.splitlines():
            if not line.strip():
                continue
            found = re.fullmatch(r"\s*(.+?)\s*[:\-–—]?\s*(\d+)\s*", line)
            try:
                if found is None:
                    raise BadValue(line)
                cities[place_named(snapshot, found[1])] = int(found[2])
            except BadValue:
                self.errors["cities"] = gettext(
                    "“%(line)s” is not a city of ours and a number, like “Saint Petersburg: 2”.",
                    line=line.strip(),
                )
        keys: dict[str, list[int]] = {}
        for name in ("fix", "bar"):
            try:
                keys[name] = keys_of(store, self.ids(name))
            except BadValue:
                keys[name] = []
                self.errors[name] = gettext(
                    "One of these is nobody's: write the ids or addresses of people's pages."
                )
        barred = set(keys["bar"])
        if self.not_asked:
            barred |= asked_since(store, viewer, year_begins())
        if self.no_conflicts:
            barred |= set(conflicts(store, viewer))
        fixed = set(keys["fix"])
        try:
            fairness = float(self.fairness)
        except ValueError:
            fairness = -1.0
        if not 0 <= fairness < 1:
            self.errors["fairness"] = gettext("From 0 to 0.9.")
        wish = Wish(
            k=self._number("k", 1, LARGEST_SET),
            per={
                by: number
                for by in ("faculty", "decade", "city")
                if (number := self._number(f"{by}_each", 0, 20))
            },
            cities=cities,
            fixed=tuple(sorted(fixed)),
            barred=tuple(sorted(barred - fixed)),
            faculty=self.faculty,
            decade=self._number("decade", 0, 2100),
            city=self.city,
            fairness=max(fairness, 0.0),
            fair_by=self.fair_by if self.fair_by in ("faculty", "decade") else "faculty",
            where_possible=bool(self.where_possible),
            extra=self._number("extra", 0, LARGEST_SET),
        )
        return None if self.errors else wish
