"""Nothing stands in the program that nothing uses; what only looks so is named here, with why."""

import re
from pathlib import Path

from vulture import Vulture  # type: ignore[import-untyped]

ROOT = Path(__file__).parent.parent
PACKAGES = ("graphnet", "ingest", "webapp")

# Found by a decorator: routes, commands, what Flask and compilers call.
DECORATORS = [
    "@*.get", "@*.post", "@*.route", "@*.command*", "@*.group*", "@*.app_context_processor",
    "@*.before_app_request", "@*.url_value_preprocessor", "@njit*",
    "@field_validator*", "@model_validator*", "@*.after_request",
]  # fmt: skip
# Name: who uses it, though no code of ours does.
USED_BY_OTHERS = {
    "freeze_panes": "openpyxl: what stays of a sheet that is scrolled",
    "data_type": "openpyxl: a text that nothing computes",
    "number_format": "openpyxl: how a cell is written",
    "format_commands": "click, for the help",
    "format_usage": "click, for the help",
    "model_config": "pydantic",
    "ensure_ascii": "Flask's JSON",
    "strict_slashes": "werkzeug",
    "trim_blocks": "Jinja",
    "lstrip_blocks": "Jinja",
    "get_translations": "flask-babel",
    "domain_instance": "flask-babel",
    "header_comment": "Babel, for the head of a catalogue",
    "LaneWorker": "gunicorn, by the name in its configuration",
    "enqueue_req": "gunicorn",
    "is_active": "flask-login",
    "is_anonymous": "flask-login",
    "get_id": "flask-login",
    "frac_prec": "babel, of a pattern",
    "StructParents": "reportlab writes it into the page",
    "Tabs": "reportlab writes it into the page",
    "session_protection": "flask-login",
    "max_content_length": "Flask's request",
    "permanent": "Flask's session",
    "acting_as": "read by name: g.get",
    "ValueClass": "prometheus-client",
    "test_neo4j": "the environment of the tests",
    "__getattr__": "Python, for a public name that is not loaded yet",
    "__dir__": "Python, for what dir() says",
    "handle_starttag": "html.parser",
    "handle_endtag": "html.parser",
    "handle_data": "html.parser",
    "handle_RCPT": "aiosmtpd",
    "handle_DATA": "aiosmtpd",
    "factory": "aiosmtpd's controller",
    "nickname": "of the type of an address that another reads by name",
}  # fmt: skip
# Name: why it stands there without a reader.
KEPT = {
    "PHASES": "the order of a season's phases, as papers and docstrings name it",
    "MEANING": "what each column of an exported map means; the papers are written from it",
    "CORRESPONDENCE": "one of the three forms of study: a place in a tuple",
    "EVENING": "one of the three forms of study: a place in a tuple",
    "EXCHANGE": "one of the four ways into a group: a place in a tuple",
    "DEMO_GROUP": "one of the groups of the demo: a place in a tuple",
    "PARALLEL_GROUP": "one of the groups of the demo: a place in a tuple",
    "past_at_venue": "the other half of what one function returns for venues, groups and series",
    "SENSITIVE": "columns that only a stated ground admits: the assistant of imports asks for it",
}
# Settings of gunicorn, which reads the whole module.
FILES_OF_OTHERS = ("webapp/gunicorn.py",)


def test_nothing_is_dead() -> None:
    found = Vulture(ignore_decorators=DECORATORS)
    found.scavenge([str(ROOT / package) for package in PACKAGES] + [str(ROOT / "tests")])
    # What a template names is used there.
    templates = " ".join(
        path.read_text(encoding="utf-8")
        for pattern in ("*.html", "*.txt")
        for path in (ROOT / "webapp").rglob(pattern)
    )
    words = set(re.findall(r"[A-Za-z_]\w+", templates))
    fields = {"variable"}  # of dataclasses: their names are also read by `asdict` and in answers
    dead = []
    for item in found.get_unused_code(min_confidence=60):
        place = Path(item.filename).relative_to(ROOT).as_posix()
        if place.startswith("tests/") or place in FILES_OF_OTHERS:
            continue
        if item.name in words | USED_BY_OTHERS.keys() | KEPT.keys():
            continue
        if item.typ in fields and not item.name.isupper() and _in_dataclass(item):
            continue
        dead.append(f"{place}:{item.first_lineno}: {item.typ} {item.name}")
    assert not dead, "nothing uses this:\n" + "\n".join(dead)


def _in_dataclass(item: object) -> bool:
    """Whether a name is a field in the body of a class."""
    lines = Path(item.filename).read_text(encoding="utf-8").splitlines()  # type: ignore[attr-defined]
    return lines[item.first_lineno - 1].startswith("    ")  # type: ignore[attr-defined]
