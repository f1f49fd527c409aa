"""Cities and firms: the name itself, without what stands around it."""

import re
import tomllib
from pathlib import Path

from ingest.cleaning.cleaned import Cleaned, says_nothing, text_of
from ingest.reading.tables import Cell, note

_CITIES: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("cities.toml").read_text(encoding="utf-8")
)
_CITY_OF = {form.strip(): city for city, forms in _CITIES.items() for form in forms.split(",")}
_CITY_OF |= {city.casefold(): city for city in _CITIES}
_BEFORE = re.compile(
    r"^(?:г(?:ор(?:од)?)?\.\s*|город\s+|city of\s+|пос(?:[её]лок)?\.?\s+)", re.IGNORECASE
)

_FORMS = re.compile(
    r"(?<!\w)(?:ооо|оао|зао|пао|ао|ип|нпо|фгуп|гуп|нко|ано|чоу|llc|ltd|inc|corp|gmbh|plc|jsc|co)\b\.?,?",
    re.IGNORECASE,
)
_QUOTES = re.compile(r"[«»„“”\"'`]")


def clean_city(cell: Cell) -> Cleaned[str]:
    """Return the name of a city: "г. Москва", "Мск", "Moscow" are Москва."""
    text = text_of(cell).strip()
    if says_nothing(text):
        return Cleaned("", (note("nothing said"),) if text else ())
    bare = _BEFORE.sub("", text).strip(" .,;")
    first = bare.split(",")[0].strip()
    city = _CITY_OF.get(first.casefold().replace("ё", "е"), first)
    if city.islower() or city.isupper():
        city = "-".join(part.capitalize() for part in city.split("-"))
    return Cleaned(city, (note("city form"),) if city != text else ())


def clean_organisation(cell: Cell) -> Cleaned[str]:
    """Return the name of a firm without its legal form and quotation marks."""
    text = text_of(cell).strip()
    if says_nothing(text):
        return Cleaned("", (note("nothing said"),) if text else ())
    bare = " ".join(_FORMS.sub(" ", _QUOTES.sub("", text)).split()).strip(" ,")
    return Cleaned(bare or text, (note("organisation form"),) if bare and bare != text else ())
