"""Texts of cells to values of properties."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import BadMapping
from graphnet.model import academic_year, term
from ingest.mapping import Value
from ingest.values import Unfit, contact_key, converter, text_of


def convert(text: str, **spec: Any) -> Any:
    made = converter(
        Value(column="cell", **spec), {"cell": 0}, variables={}, lookups={"v": {"1": "Hall"}}
    )
    return made([text])


@pytest.mark.parametrize(
    ("text", "spec", "expected"),
    [
        ("abc", {}, "abc"),
        ("", {}, None),
        ("", {"default": 1}, 1),
        ("12", {"type": "integer"}, 12),
        ("1999.0", {"type": "integer"}, 1999),
        ("-3,00", {"type": "integer"}, -3),
        ("1999.0", {"type": "autumn_of"}, 3998),
        ("1,5", {"type": "number"}, 1.5),
        ("Да", {"type": "flag"}, True),
        ("0", {"type": "flag"}, False),
        ("2003-06-30", {"type": "date"}, date(2003, 6, 30)),
        ("30.06.2003", {"type": "date", "format": "%d.%m.%Y"}, date(2003, 6, 30)),
        ("628646400000", {"type": "date_milliseconds"}, date(1989, 12, 3)),
        ("-86400", {"type": "date_seconds"}, date(1969, 12, 31)),
        ("1228960800000", {"type": "milliseconds"}, datetime(2008, 12, 11, 2, tzinfo=UTC)),
        ("2008-12-10T19:00:00-07:00", {"type": "time"}, datetime(2008, 12, 11, 2, tzinfo=UTC)),
        ("2008-12-10T19:00:00", {"type": "time", "zone": "America/Denver"},
         datetime(2008, 12, 11, 2, tzinfo=UTC)),
        ("si; en;;", {"type": "list"}, ["si", "en"]),
        ("1998", {"type": "autumn_of"}, 3996),
        ("1999", {"type": "spring_of"}, 3997),
        ("1", {"terms": {"1": "m"}}, "m"),
        ("9", {"terms": {"1": "m"}, "other": "x"}, "x"),
        ("9", {"terms": {"1": "m"}, "other": ""}, None),
        ("1", {"lookup": "v"}, "Hall"),
        ("2", {"lookup": "v"}, None),
        ("Kam_Air", {"replace": {"_": " "}}, "Kam Air"),
        ("Anna@Example.org", {"type": "contact_key"}, "anna@example.org"),
    ],
)  # fmt: skip
def test_values(text: str, spec: dict[str, Any], expected: Any) -> None:
    assert convert(text, **spec) == expected


@pytest.mark.parametrize(
    ("text", "spec", "reason"),
    [
        ("", {"required": True}, "required"),
        ("x", {"type": "integer"}, "whole number"),
        ("1999.5", {"type": "integer"}, "whole number"),
        ("1_999", {"type": "integer"}, "whole number"),
        (".0", {"type": "integer"}, "whole number"),
        ("9" * 30, {"type": "integer"}, "too large"),
        ("nan", {"type": "number"}, "no number"),
        ("perhaps", {"type": "flag"}, "neither"),
        ("2003-02-30", {"type": "date"}, "no date"),
        ("30.06.2003", {"type": "date"}, "no date"),
        ("2003-06-30T10:00:00", {"type": "time"}, "no offset"),
        ("9" * 18, {"type": "milliseconds"}, "too far"),
        ("998", {"type": "autumn_of"}, "no year"),
        ("9", {"terms": {"1": "m"}}, "none of"),
        ("x", {"pattern": r"\d+"}, "look like"),
        ("x", {"one_of": ["yes", "no"]}, "none of yes, no"),
        ("3", {"type": "integer", "minimum": 4}, "below"),
        ("3", {"type": "integer", "maximum": 2}, "above"),
        ("1899-01-01", {"type": "date", "minimum": "1900-01-01"}, "below"),
        ("abc", {"max_length": 2}, "longer"),
    ],
)
def test_unfit_values_say_field_value_and_reason(
    text: str, spec: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Unfit) as caught:
        convert(text, **spec)
    assert caught.value.field == "cell"
    assert caught.value.value == text
    assert reason in caught.value.reason


def test_templates_are_empty_if_a_column_is() -> None:
    columns, variables = {"city": 0, "id": 1}, {"university": "Perm"}
    both = text_of("{university}, {city} {id}", columns, variables)
    assert both(["A", "7"]) == "Perm, A 7"
    assert both(["", "7"]) == ""
    assert text_of("{university}", columns, variables)(["", ""]) == "Perm"
    with pytest.raises(BadMapping, match="no column 'town'"):
        text_of("{town}", columns, variables)


def test_a_wrong_zone_or_limit_is_a_mistake_of_the_mapping() -> None:
    with pytest.raises(BadMapping, match="no time zone"):
        convert("x", type="time", zone="Europe/Nowhere")
    with pytest.raises(BadMapping, match="minimum"):
        convert("x", type="date", minimum="soon")
    with pytest.raises(BadMapping, match="offset"):
        convert("x", default=datetime(2020, 1, 1))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("8 (921) 123-45-67", "+79211234567"),
        ("+7 921 123 45 67", "+79211234567"),
        ("+49 30 1234", "+49301234"),
        (" Anna@Example.ORG ", "anna@example.org"),
        ("@anna", "@anna"),
        ("telegram", "telegram"),
    ],
)
def test_contact_keys(text: str, key: str) -> None:
    assert contact_key(text) == key


@given(st.integers(1600, 2100))
def test_terms_lie_where_they_are_said_to(year: int) -> None:
    assert convert(str(year), type="autumn_of") == term(year)
    assert academic_year(convert(str(year), type="spring_of")) == year - 1


@given(st.text())
def test_any_text_is_a_value_or_unfit(text: str) -> None:
    for kind in ("integer", "number", "flag", "date", "milliseconds", "spring_of", "contact_key"):
        try:
            convert(text, type=kind)
        except Unfit as unfit:
            assert unfit.reason
