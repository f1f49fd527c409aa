"""/badges: a badge's page, its signed credential, and what machines need to verify it."""

import json

from flask import Response as Answer
from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import Conflict, ThingNotFound
from graphnet.keys import key
from graphnet.loyalty import badges, credentials
from graphnet.loyalty.credentials import Issuer
from graphnet.loyalty.memberships import rules_now
from graphnet.people import cards
from webapp.features.loyalty import words
from webapp.features.loyalty.routes import blueprint
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, role_required


def issuer() -> Issuer:
    """Return who gives badges out: one name, in whatever language it is read."""
    settings = graphnet().settings
    return Issuer(settings.site_url, settings.association[0])


def _json(value: object) -> Answer:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return Answer(text, mimetype="application/json", headers={"Access-Control-Allow-Origin": "*"})


@blueprint.get("/badges/issuer.json")
def badge_issuer() -> Answer:
    """Who gives badges out, for machines."""
    return _json({"@context": list(credentials.CONTEXTS), **issuer().profile()})


@blueprint.get("/badges/keys.json")
def badge_keys() -> Answer:
    """The public key that badges are signed with, for machines."""
    return _json({"keys": [credentials.public_key(key(graphnet().settings, "badges"))]})


@blueprint.get("/badges/revoked.json")
def badges_revoked() -> Answer:
    """What holds no more, each with its reason, for machines."""
    return _json(credentials.revocations(badges.revoked(graphnet().store), issuer()))


@blueprint.get("/badges/<badge_id>")
@limiter.limit("60/minute")
def badge(badge_id: str) -> Response:
    """A badge: what for, since when, whether it holds; whose, to whom they show their name."""
    store, viewer = graphnet().store, current_viewer(purpose="verify a badge")
    found, owner = badges.shown(store, badge_id)
    held_by = cards(store, viewer, [owner], rules=live().rules)
    return answer(
        "loyalty/badge.html",
        badge=found,
        words=words.badge_words(found, rules_now(graphnet().settings.home)),
        owner=held_by[0] if held_by else None,
        own=viewer.person_key == owner,
    )


@blueprint.get("/badges/<badge_id>/credential")
@limiter.limit("60/minute")
def badge_credential(badge_id: str) -> Answer:
    """The signed credential, for wallets and verifiers: the same for everybody."""
    found, _ = badges.shown(graphnet().store, badge_id)
    said = words.badge_in_english(found, rules_now(graphnet().settings.home))
    text = credentials.signed(key(graphnet().settings, "badges"), found, said, issuer())
    made = Answer(text, mimetype="application/vc+jwt")
    made.headers["Content-Disposition"] = 'attachment; filename="badge.jwt"'
    return made


@blueprint.post("/me/badges")
@role_required("alumnus", purpose="own membership")
def take_badge() -> Response:
    """Take a badge for what I have earned."""
    kind, about = request.form.get("kind", ""), request.form.get("about", "")
    try:
        made = badges.take(
            graphnet().store, current_viewer(), kind, about, home=graphnet().settings.home
        )
    except ThingNotFound:
        flash(gettext("This badge is not earned yet."), "error")
    except Conflict:
        flash(gettext("This badge was revoked by the Association."), "error")
    else:
        flash(gettext("The badge is yours: give its address to whom you like."), "success")
        return redirect(url_for("loyalty.badge", badge_id=made), 303)
    return redirect(url_for("loyalty.mine"), 303)
