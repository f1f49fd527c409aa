"""Templates: what one imports under a name of the whole site is missed by the frame around it."""

import re

from flask import Flask
from jinja2 import meta

from webapp.frame.i18n import ROOT

NAMES = re.compile(r"{%-?\s*import [^%]*? as (\w+)")


def test_no_template_takes_a_name_of_the_site(app: Flask) -> None:
    taken = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted(ROOT.rglob("*.html"))
        for name in NAMES.findall(path.read_text(encoding="utf-8"))
        if name in app.jinja_env.globals
    }
    assert not taken, "another name, please: the page's frame uses this one"


IMPORTED = re.compile(
    r"{%-?\s*(?:import|from) \"([^\"]+)\" (?:as \w+|import (?:(?!with)\w+[, ]*)+)\s*-?%}"
)
SET = re.compile(r"{%-?\s*set (\w+)")


def test_pieces_that_are_kept_for_all_pages_ask_for_nothing_of_one(app: Flask) -> None:
    """A template that is imported without a page's context sees what the whole site has."""
    kept = {
        name
        for path in ROOT.rglob("*.html")
        for name in IMPORTED.findall(path.read_text(encoding="utf-8"))
    }
    assert {"macros.html", "recommendations/items.html"} <= kept
    loader = app.jinja_env.loader
    assert loader is not None
    missing = {}
    for name in kept:
        source, _, _ = loader.get_source(app.jinja_env, name)
        asked = meta.find_undeclared_variables(app.jinja_env.parse(source))
        asked -= set(app.jinja_env.globals) | set(SET.findall(source))
        if asked:
            missing[name] = asked
    assert not missing, "give it as an argument, or import it `with context`"
