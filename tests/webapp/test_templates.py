"""Templates: what one imports under a name of the whole site is missed by the frame around it."""

import re

from flask import Flask

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
