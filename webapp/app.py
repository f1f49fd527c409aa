"""The web application: `create_app` wires store, settings, engines and features together.

How a feature is added
----------------------
A feature is one package, ``webapp/features/<feature>/``; it is found by its folder. In it:

``__init__.py``
    ``register(core)``, which says what the feature brings: see `graphnet.core`.
``routes.py``
    ``blueprint = Blueprint("<feature>", __name__, template_folder="templates")`` and the routes.
    Paths are written out whole (no ``url_prefix``), as DESIGN.md lists them.
``templates/<feature>/*.html``
    Pages begin ``{% extends "base.html" %}`` and fill the blocks ``title`` (without the name of the
    site), ``content``, and where needed ``lead`` (a line under the heading), ``scripts`` and
    ``head``. Macros come by ``{% import "macros.html" as ui %}``; `base.html` sets the
    one ``<h1>`` from the block ``heading`` (default: the title).
``forms.py``
    Flask-WTF forms, if any. Every form posts with ``{{ form.hidden_tag() }}`` or, without a form
    class, ``{{ ui.csrf() }}``.

A route looks like this::

    @blueprint.get("/people")
    @signed_in                                   # or @role_required("staff", purpose="find lost")
    def directory():
        viewer = current_viewer()                # graphnet.privacy.Viewer: give it to every read
        store = graphnet().store                 # and .settings; live().view() for engines
        ...
        return answer("people/directory.html", fragment="people/_rows.html", people=people)

- ``webapp.frame.context.graphnet()`` has ``.store`` and ``.settings``; ``context.live()`` gives the
  snapshot and the name index, or raises the error that becomes the page "almost ready".
- ``webapp.frame.security``: `current_viewer`, `signed_in`, `role_required`, `limiter`,
  `current_account`.
- ``webapp.frame.respond``: `answer` (whole page, or the fragment when htmx asks for one),
  `csv_answer`,
  `page_of`, `sorted_by`, `url_with`, `back_or`.
- ``webapp.frame.i18n``: ``gettext``, ``ngettext``, ``lazy_gettext`` come from `flask_babel`; in
  templates
  ``{{ _("...") }}`` and ``{{ ngettext("%(num)s person", "%(num)s people", n) }}``. Filters:
  ``|date``, ``|month``, ``|moment``, ``|event_time(zone)``, ``|ago``, ``|number``,
  ``|money(currency)``, ``|marked``; functions: ``in_language(en, ru)`` picks the text of the
  reader's language, ``name(person)`` writes a name and marks its script. Russian texts go to
  ``webapp/translations/ru/<feature>.po``: see `webapp.frame.i18n`.
- Errors of `graphnet.errors` need no handling: `webapp.frame.errors` maps each to a status and a
  page in
  both languages. Raise `PersonNotFound` for whoever the viewer may not see.
- An act answers on the page where it was done: post a real form, on wrong input return
  ``answer(..., status=422)``, on success ``flash(...)`` and redirect (or answer the fragment).
- JavaScript only enhances. Scripts are files under ``static/``, loaded by
  ``{{ ui.script("x.js") }}`` in the block ``scripts``; no inline script, no style attribute, no
  ``hx-on``: the CSP forbids them.
- A section or a button on another feature's page is brought by ``core.part``; a link in the
  navigation by ``core.link``; what waits for the reader's answer, on /home
  and /staff, by ``core.waits``: see `webapp.frame.waiting`.
- Tests: ``tests/webapp/conftest.py`` has ``app``, ``sign_in_as(role)``;
  ``tests/browser/conftest.py`` has ``page_as(role)``, ``check_axe(page)``, ``live_server``.
"""

from flask import Flask

from graphnet.features import registered
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from webapp.frame import (
    assets,
    brand,
    causal,
    errors,
    health,
    i18n,
    navigation,
    phrases,
    refusals,
    respond,
    security,
    words,
)
from webapp.frame.context import Graphnet
from webapp.frame.parts import by_place, parts


def create_app(settings: Settings, *, store: Store, live: Live | None = None) -> Flask:
    """Make the application of one process.

    Parameters
    ----------
    settings
        As `graphnet.settings.load` gives them.
    store
        An open store; who opened it closes it.
    live
        The snapshot, the name index and the latest changes that this process follows; None for
        pages that need none.

    Raises
    ------
    SettingsError
        If there is no secret key and this is not the demo.
    """
    app = Flask(__name__, template_folder="frame/templates", static_folder="frame/static")
    app.extensions["graphnet"] = Graphnet(store, settings, live)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    security.install(app, settings)
    i18n.install(app)
    errors.install(app)
    health.install(app)
    causal.install(app, settings)
    refusals.install(app)
    assets.install(app)
    brand.install(app, settings)
    phrases.install(app)
    app.jinja_env.filters["role_word"] = words.role_word
    app.jinja_env.globals.update(
        navigation=navigation.navigation,
        parts=parts,
        url_with=respond.url_with,
        current_account=security.current_account,
        current_viewer=security.current_viewer,
        asset=assets.address,
        state_word=words.state_word,
        study_line=words.study_line,
        role_word=words.role_word,
        shapes=words.SHAPES,
    )
    core = registered()
    app.extensions["waiting"] = core.waiting
    app.extensions["reasons"] = core.reasons
    app.extensions["parts"] = by_place(core.parts)
    app.extensions["links"] = sorted(core.links, key=lambda link: link.order)
    app.extensions["paths"] = {}
    navigation.check(core.links)
    for blueprint in core.blueprints:
        app.register_blueprint(blueprint)
    return app
