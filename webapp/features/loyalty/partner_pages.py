"""/partner/TOKEN: a partner redeems codes and reads figures, without an account."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.loyalty import partners as records
from graphnet.loyalty import taking
from graphnet.loyalty.memberships import rules_now
from webapp.features.loyalty.routes import blueprint, keys
from webapp.frame.context import graphnet
from webapp.frame.i18n import event_time, in_language
from webapp.frame.respond import answer
from webapp.frame.security import limiter


@blueprint.get("/partner/<token>")
@limiter.limit("120/hour")
def partner_page(token: str) -> Response:
    """The partner's own page: a box for codes, and what has come of their offers."""
    store, home = graphnet().store, graphnet().settings.home
    found = records.by_token(store, token)
    return answer(
        "loyalty/partner.html",
        partner=found,
        token=token,
        figures=taking.figures(store, found, home=home),
    )


# Codes have 40 bits: so few tries an hour find none.
@blueprint.post("/partner/<token>")
@limiter.limit("30/minute;300/hour")
def redeem(token: str) -> Response:
    """Use a code, once."""
    store, home = graphnet().store, graphnet().settings.home
    found = records.by_token(store, token)
    outcome = taking.redeem(
        store, found, request.form.get("code", ""), keys=keys("tickets"), home=home
    )
    title = in_language(*outcome.titles)
    if outcome.outcome == "redeemed":
        flash(gettext("Valid, and used now: %(title)s", title=title), "success")
    elif outcome.outcome == "again":
        since = event_time(outcome.at, rules_now(home).time_zone)
        said = gettext("Already used: %(title)s", title=title)
        flash(f"{said}. {gettext('Since %(moment)s.', moment=_plain(since))}", "warning")
    elif outcome.outcome == "lapsed":
        flash(gettext("This code does not hold any more: %(title)s", title=title), "error")
    else:
        flash(gettext("There is no such code. Look at each letter again."), "error")
    return redirect(url_for("loyalty.partner_page", token=token), 303)


def _plain(text: object) -> str:
    striptags = getattr(text, "striptags", None)
    return str(striptags() if striptags else text)
