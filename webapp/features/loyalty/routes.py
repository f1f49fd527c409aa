"""/loyalty, /me/membership, its /card, /card/TOKEN: rules, what I have, the card."""

from io import BytesIO

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import Conflict
from graphnet.keys import trusted
from graphnet.loyalty import badges, cards, joining, memberships, wallets
from graphnet.loyalty.memberships import Mine, rules_now
from graphnet.loyalty.ways import ways
from graphnet.people import Card
from graphnet.people import cards as person_cards
from webapp.features.loyalty import words
from webapp.features.loyalty.pdf import card_file
from webapp.frame.context import graphnet, in_every_template, live
from webapp.frame.i18n import in_language, language
from webapp.frame.qr import qr
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, limiter, role_required

blueprint = Blueprint("loyalty", __name__, template_folder="templates")
in_every_template(blueprint, loyalty_words=words)


def keys(purpose: str = "links") -> tuple[bytes, ...]:
    """Return the keys that make links and codes."""
    return trusted(graphnet().settings, purpose)


def my_membership() -> Mine:
    """Return the reader's own."""
    viewer = current_viewer(purpose="own membership")
    return memberships.of_person(
        graphnet().store, viewer, viewer.me(), home=graphnet().settings.home
    )


@blueprint.get("/loyalty")
def rules() -> Response:
    """The rules in words: what counts, what caps it, how it fades, what keeps a tier."""
    return answer("loyalty/rules.html", rules=rules_now(graphnet().settings.home))


@blueprint.get("/me/membership")
@role_required("alumnus", purpose="own membership")
def mine() -> Response:
    """What I have, what the next tier needs, what would get me there soonest."""
    viewer, store = current_viewer(), graphnet().store
    found = my_membership()
    doing = ways(store, viewer, found)
    return answer(
        "loyalty/mine.html",
        mine=found,
        rules=found.rules,
        ways=[(way, *words.way_words(way)) for way in doing],
        counted=memberships.counted(store, viewer, found),
        earned=badges.earned(store, viewer, found),
        reached=found.tiered.next != "" and found.tiered.missing <= sum(w.gain for w in doing),
    )


@blueprint.post("/me/membership/join")
@role_required("alumnus", purpose="own membership")
def join() -> Response:
    """Join, or renew."""
    try:
        _, ends = joining.join(graphnet().store, current_viewer(), home=graphnet().settings.home)
    except Conflict as problem:
        flash(why(problem, gettext("Nothing was changed.")), "info")
    else:
        flash(
            gettext("Welcome! You are a member until %(day)s.", day=f"{ends:%d.%m.%Y}"), "success"
        )
    return redirect(url_for("loyalty.mine"), 303)


@blueprint.post("/me/membership/seen")
@role_required("alumnus", purpose="own membership")
def seen() -> Response:
    """Say that one has read what staff did."""
    memberships.seen(graphnet().store, current_viewer())
    return redirect(back_or(url_for("loyalty.mine")), 303)


# The card


def _card_address(token: str) -> str:
    return f"{graphnet().settings.site_url}/card/{token}"


@blueprint.route("/me/membership/card", methods=["GET", "POST"])
@role_required("alumnus", purpose="own membership")
def card() -> Response:
    """My card with its QR; renewed, ended."""
    viewer, store = current_viewer(), graphnet().store
    if request.method == "POST":
        try:
            if request.form.get("act") == "end":
                cards.end(store, viewer)
                flash(gettext("The card is ended: nobody can verify it any more."), "success")
            else:
                before = cards.token(store, viewer, keys=keys())
                cards.make(store, viewer, keys=keys(), home=graphnet().settings.home)
                flash(
                    gettext("A new card. The one before it verifies nothing any more.")
                    if before
                    else gettext("Here is your card."),
                    "success",
                )
        except Conflict:
            flash(gettext("A card is for members: join first."), "error")
        return redirect(url_for("loyalty.card"), 303)
    found, settings = my_membership(), graphnet().settings
    token = cards.token(store, viewer, keys=keys()) if found.standing.valid else ""
    address = _card_address(token)
    return answer(
        "loyalty/card.html",
        mine=found,
        rules=found.rules,
        me=_me(),
        address=address if token else "",
        qr=qr(address, gettext("QR code that verifies the card")) if token else "",
        google=bool(settings.wallet_google_issuer and settings.wallet_google_key),
        apple=settings.wallet_apple is not None,
    )


def _me() -> Card:
    viewer = current_viewer()
    return person_cards(graphnet().store, viewer, [viewer.me()], rules=live().rules)[0]


@blueprint.get("/me/membership/card.pdf")
@role_required("alumnus", purpose="own membership")
def card_pdf() -> Response:
    """The card on paper, of the size of a bank card."""
    viewer, store = current_viewer(), graphnet().store
    found = my_membership()
    token = cards.token(store, viewer, keys=keys()) if found.standing.valid else ""
    if not token:
        flash(gettext("Make the card first."), "info")
        return redirect(url_for("loyalty.card"), 303)
    made = card_file(
        _me(),
        words.tier_word(found.tier, found.rules),
        words.valid_word(found.standing.until),
        address=_card_address(token),
        issuer=in_language(*graphnet().settings.association),
        colour=graphnet().settings.brand_colour,
        language=language(),
    )
    return send_file(
        BytesIO(made), "application/pdf", as_attachment=True, download_name="alumni-card.pdf"
    )


def _wallet(*, named: bool) -> wallets.Card | None:
    """Return what a wallet shows of the reader's card; None while there is none."""
    viewer, store, settings = current_viewer(), graphnet().store, graphnet().settings
    found = my_membership()
    token = cards.token(store, viewer, keys=keys()) if found.standing.valid else ""
    if not token:
        return None
    me = _me()
    return wallets.Card(
        serial=cards.serial(store, viewer),
        association=in_language(*settings.association),
        title=gettext("Alumni card"),
        tier_label=gettext("Tier"),
        tier=words.tier_word(found.tier, found.rules),
        until_label=gettext("Membership"),
        until=words.valid_word(found.standing.until),
        ends=found.standing.until,
        address=_card_address(token),
        colour=settings.brand_colour,
        name_label=gettext("Name"),
        name=me.name.full if named else "",
    )


@blueprint.get("/me/membership/card.pkpass")
@role_required("alumnus", purpose="own membership")
def card_apple() -> Response:
    """The card for Apple's wallet, where its keys are set."""
    folder = graphnet().settings.wallet_apple
    card = _wallet(named=True)
    if folder is None or card is None:
        flash(gettext("Make the card first."), "info")
        return redirect(url_for("loyalty.card"), 303)
    return send_file(
        BytesIO(wallets.apple_pass(card, folder=folder)),
        wallets.CONTENT_TYPE,
        as_attachment=True,
        download_name="alumni-card.pkpass",
    )


@blueprint.get("/me/membership/google-wallet")
@role_required("alumnus", purpose="own membership")
def card_google() -> Response:
    """On to Google, which puts the card into its wallet; no name is handed over."""
    settings = graphnet().settings
    card = _wallet(named=False)
    if not settings.wallet_google_issuer or settings.wallet_google_key is None or card is None:
        flash(gettext("Make the card first."), "info")
        return redirect(url_for("loyalty.card"), 303)
    link = wallets.google_link(
        card,
        issuer=settings.wallet_google_issuer,
        key_file=settings.wallet_google_key,
        site=settings.site_url,
    )
    return redirect(link, 303)


@blueprint.get("/card/<token>")
@limiter.limit("20/minute;300/hour")
def verify_card(token: str) -> Response:
    """What a card says to whoever scans it: valid, tier, until; nothing else, no name."""
    valid = cards.verify(graphnet().store, token, home=graphnet().settings.home)
    return answer("loyalty/verify.html", valid=valid, status=200 if valid else 404)
