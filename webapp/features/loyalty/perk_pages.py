"""/perks: what partners offer to members who wish to see it; taking one, giving it back."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import Conflict, ThingNotFound
from graphnet.loyalty import perks as offers
from graphnet.loyalty import taking
from graphnet.loyalty.perks import Reader
from webapp.features.loyalty import words
from webapp.features.loyalty.routes import blueprint, keys
from webapp.frame.context import graphnet
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

PURPOSE = "perks"


def _reader() -> Reader:
    return offers.reader(graphnet().store, current_viewer(), home=graphnet().settings.home)


@blueprint.get("/perks")
@role_required("alumnus", purpose=PURPOSE)
def perks() -> Response:
    """The offers that are mine to see, and the codes that I have taken."""
    store, asks = graphnet().store, _reader()
    kind = request.args.get("kind", "")
    found = offers.offered(store, asks)
    kinds = sorted({perk.content.kind for perk, _ in found}, key=offers.KINDS.index)
    codes = offers.my_codes(store, current_viewer(), asks.mine.today, keys=keys("tickets"))
    return answer(
        "loyalty/perks.html",
        asks=asks,
        rules=asks.mine.rules,
        offers=[(perk, why) for perk, why in found if kind in ("", perk.content.kind)],
        kinds=[("", gettext("all")), *map(words.kind_choice, kinds)],
        kind=kind,
        codes=[code for code in codes if code.state in ("held", "redeemed")],
    )


@blueprint.get("/perks/<perk_id>")
@role_required("alumnus", purpose=PURPOSE)
def perk(perk_id: str) -> Response:
    """One offer: what, from whom, on what terms; my code, if I have taken it."""
    store, viewer, asks = graphnet().store, current_viewer(), _reader()
    codes = offers.my_codes(store, viewer, asks.mine.today, keys=keys("tickets"), perk_id=perk_id)
    try:
        found, why = offers.for_member(store, asks, perk_id)
    except ThingNotFound:
        # What I have taken stays mine to read when the offer is over.
        if not codes:
            raise
        found, why = codes[0].perk, codes[0].perk.state
    return answer(
        "loyalty/perk.html",
        perk=found,
        why="" if why == "open" else why,
        rules=asks.mine.rules,
        code=next((code for code in codes if code.state in ("held", "redeemed")), None),
    )


@blueprint.post("/perks/<perk_id>/take")
@role_required("alumnus", purpose=PURPOSE)
def take(perk_id: str) -> Response:
    """Take an offer; twice is once."""
    try:
        taking.take(
            graphnet().store,
            current_viewer(),
            perk_id,
            keys=keys("tickets"),
            home=graphnet().settings.home,
        )
    except Conflict as problem:
        asks = _reader()
        try:
            found, _ = offers.for_member(graphnet().store, asks, perk_id)
        except ThingNotFound:
            flash(gettext("It cannot be taken now."), "error")
            return redirect(url_for("loyalty.perks"), 303)
        flash(words.why_not_word(problem.code, found, asks.mine.rules), "error")
    else:
        flash(gettext("It is yours. Show or say the code at the partner’s."), "success")
    return redirect(url_for("loyalty.perk", perk_id=perk_id), 303)


@blueprint.post("/perks/codes/<code_id>/return")
@role_required("alumnus", purpose=PURPOSE)
def give_back(code_id: str) -> Response:
    """Give a code back that I shall not use."""
    try:
        taking.give_back(graphnet().store, current_viewer(), code_id)
    except Conflict:
        flash(gettext("This code is used or given back already."), "error")
    else:
        flash(gettext("Given back: somebody else can take it now."), "success")
    return redirect(url_for("loyalty.perks"), 303)
