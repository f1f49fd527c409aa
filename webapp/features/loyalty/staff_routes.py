"""/staff/membership, /people/ID/membership, /staff/partners: what staff see and do."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import people
from graphnet.discovery.search import find_people
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.loyalty import badges, joining, memberships, perk_editing, taking
from graphnet.loyalty import partners as records
from graphnet.loyalty import perks as offers
from graphnet.loyalty.memberships import rules_now
from webapp.features.loyalty.forms import (
    EndForm,
    GrantForm,
    PartnerForm,
    PerkForm,
    number,
    perk_values,
)
from webapp.features.loyalty.routes import blueprint, keys
from webapp.frame.context import graphnet, live, shared
from webapp.frame.qr import qr
from webapp.frame.reasons import mark_wrong
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, role_required

PURPOSE = memberships.PURPOSE
PARTNERS = "partners"


def _home() -> Any:
    return graphnet().settings.home


# Memberships


@blueprint.get("/staff/membership")
@role_required("staff", purpose=PURPOSE)
def staff_index() -> Response:
    """How many members there are, tier by tier; a box to find one."""
    store, viewer = graphnet().store, current_viewer()
    text = " ".join(request.args.get("q", "").split())[:100]
    return answer(
        "loyalty/staff_index.html",
        counts=shared("loyalty.tiers", lambda: memberships.by_tier(store, viewer, home=_home())),
        rules=rules_now(_home()),
        text=text,
        found=[hit.card for hit in find_people(live(), viewer, text, k=15).hits] if text else [],
    )


def _card(person_id: str) -> Any:
    graph = graphnet()
    return people.profile(graph.store, current_viewer(), person_id, rules=live().rules).card


@blueprint.get("/people/<person_id>/membership")
@role_required("staff", purpose=PURPOSE)
def membership(person_id: str) -> Response:
    """One person's membership: terms with gaps, tier, badges; granting, ending."""
    return _membership(person_id, GrantForm(formdata=None), EndForm(formdata=None))


def _membership(person_id: str, grant: GrantForm, end: EndForm, *, status: int = 200) -> Response:
    store, viewer, card = graphnet().store, current_viewer(), _card(person_id)
    found = memberships.of_person(store, viewer, card.key, home=_home())
    return answer(
        "loyalty/membership.html",
        card=card,
        mine=found,
        rules=found.rules,
        badges=badges.of_one(store, viewer, card.key),
        grant=grant,
        end=end,
        status=status,
    )


@blueprint.post("/people/<person_id>/membership/grant")
@role_required("staff", purpose=PURPOSE)
def grant_membership(person_id: str) -> Response:
    """Grant a membership; the person is told."""
    form, card = GrantForm(), _card(person_id)
    if form.validate_on_submit():
        try:
            joining.grant(
                graphnet().store,
                current_viewer(),
                card.key,
                note=form.note.data,
                years=int(form.years.data),
                starts=form.starts.data,
                home=_home(),
            )
        except BadValue:
            form.starts.errors = [
                *form.starts.errors, gettext("It would be over already, or begins too late.")
            ]  # fmt: skip
        except Conflict:
            flash(gettext("This membership has no end: there is nothing to add."), "error")
            return redirect(url_for("loyalty.membership", person_id=person_id), 303)
        else:
            flash(gettext("Granted. The person gets a letter with your words."), "success")
            return redirect(url_for("loyalty.membership", person_id=person_id), 303)
    return _membership(person_id, form, EndForm(formdata=None), status=422)


@blueprint.post("/people/<person_id>/membership/end")
@role_required("staff", purpose=PURPOSE)
def end_membership(person_id: str) -> Response:
    """End a membership; the person is told."""
    form, card = EndForm(), _card(person_id)
    if form.validate_on_submit():
        try:
            joining.end(
                graphnet().store,
                current_viewer(),
                card.key,
                note=form.why.data,
                day=form.day.data,
                home=_home(),
            )
        except BadValue:
            form.day.errors = [*form.day.errors, gettext("It can only be ended from now on.")]
        except Conflict:
            flash(gettext("There is no membership to end on that day."), "error")
            return redirect(url_for("loyalty.membership", person_id=person_id), 303)
        else:
            flash(gettext("Ended. The person gets a letter with your words."), "success")
            return redirect(url_for("loyalty.membership", person_id=person_id), 303)
    return _membership(person_id, GrantForm(formdata=None), form, status=422)


@blueprint.post("/staff/badges/<badge_id>/revoke")
@role_required("staff", purpose=PURPOSE)
def revoke_badge(badge_id: str) -> Response:
    """Revoke a badge with a reason; its owner is told."""
    try:
        badges.revoke(graphnet().store, current_viewer(), badge_id, request.form.get("reason", ""))
    except BadValue:
        flash(gettext("Say in a sentence why it is revoked."), "error")
    except Conflict:
        flash(gettext("It is revoked already."), "error")
    else:
        flash(gettext("Revoked. Whoever verifies the badge reads why."), "success")
    return redirect(back_or(url_for("loyalty.staff_index")), 303)


# Partners and what they offer


@blueprint.get("/staff/partners")
@role_required("staff", purpose=PARTNERS)
def partners() -> Response:
    """Every partner."""
    found = records.partners(graphnet().store, current_viewer())
    return answer("loyalty/partners.html", partners=found)


@blueprint.route("/staff/partners/new", methods=["GET", "POST"])
@role_required("staff", purpose=PARTNERS)
def new_partner() -> Response:
    """Enter a partner."""
    form = PartnerForm()
    if form.validate_on_submit():
        try:
            made = records.create(graphnet().store, current_viewer(), form.content())
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="name_ru")
        else:
            flash(gettext("The partner is entered. Now what they offer."), "success")
            return redirect(url_for("loyalty.partner", partner_id=made), 303)
    status = 422 if request.method == "POST" else 200
    return answer("loyalty/partner_edit.html", form=form, partner=None, status=status)


@blueprint.get("/staff/partners/<partner_id>")
@role_required("staff", purpose=PARTNERS)
def partner(partner_id: str) -> Response:
    """One partner: their link, their offers, what has come of them."""
    store, viewer = graphnet().store, current_viewer()
    found = records.one(store, viewer, partner_id, keys=keys())
    address = f"{graphnet().settings.site_url}/partner/{found.token}" if found.token else ""
    return answer(
        "loyalty/partner_staff.html",
        partner=found,
        address=address,
        qr=qr(address, gettext("QR code of the partner’s page")) if address else "",
        perks=offers.of_partner(store, viewer, partner_id, home=_home()),
        figures={one.perk.id: one for one in taking.figures(store, found, home=_home())},
        rules=rules_now(_home()),
    )


@blueprint.route("/staff/partners/<partner_id>/edit", methods=["GET", "POST"])
@role_required("staff", purpose=PARTNERS)
def edit_partner(partner_id: str) -> Response:
    """Change what is said of a partner; who saves second is told, and loses nothing."""
    store, viewer = graphnet().store, current_viewer()
    found = records.one(store, viewer, partner_id)
    begin = {**vars(found.content), "version": found.version}
    form = PartnerForm(data=None if request.method == "POST" else begin)
    if form.validate_on_submit():
        try:
            version = number(form.version.data)
            records.change(store, viewer, partner_id, form.content(), version)
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="name_ru")
        except Conflict:
            form.version.data = str(found.version)
            return answer(
                "loyalty/partner_edit.html", form=form, partner=found, now=found, status=409
            )
        else:
            flash(gettext("Changed."), "success")
            return redirect(url_for("loyalty.partner", partner_id=partner_id), 303)
    status = 422 if request.method == "POST" else 200
    return answer("loyalty/partner_edit.html", form=form, partner=found, status=status)


@blueprint.post("/staff/partners/<partner_id>/state")
@role_required("staff", purpose=PARTNERS)
def partner_state(partner_id: str) -> Response:
    """Make or end the partner's link; take their offers away, or bring them back."""
    store, viewer, act = graphnet().store, current_viewer(), request.form.get("act", "")
    if act == "link":
        records.link(store, viewer, partner_id, keys=keys())
        flash(gettext("The link is there. Hand it to the partner, and to nobody else."), "success")
    elif act == "unlink":
        records.unlink(store, viewer, partner_id)
        flash(gettext("The link is ended: it opens nothing any more."), "success")
    elif act in ("end", "back"):
        records.end(store, viewer, partner_id, back=act == "back")
        flash(
            gettext("Members see their offers no more.")
            if act == "end"
            else gettext("Members see their offers again."),
            "success",
        )
    else:
        raise BadValue(
            "a partner's link is made or ended, their offers taken away or brought back", code="act"
        )
    return redirect(url_for("loyalty.partner", partner_id=partner_id), 303)


@blueprint.route("/staff/partners/<partner_id>/perks/new", methods=["GET", "POST"])
@role_required("staff", purpose=PARTNERS)
def new_perk(partner_id: str) -> Response:
    """Draft an offer."""
    store, viewer = graphnet().store, current_viewer()
    found, form = records.one(store, viewer, partner_id), PerkForm()
    form.offer(rules_now(_home()), perk_editing.units(store))
    if form.validate_on_submit():
        try:
            perk_editing.create(store, viewer, partner_id, form.content(), home=_home())
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="title_ru")
        else:
            flash(gettext("The draft is kept. Members see it once it is published."), "success")
            return redirect(url_for("loyalty.partner", partner_id=partner_id), 303)
    return _perk_form(form, found, None)


@blueprint.route("/staff/perks/<perk_id>/edit", methods=["GET", "POST"])
@role_required("staff", purpose=PARTNERS)
def edit_perk(perk_id: str) -> Response:
    """Change an offer; who saves second is told, and loses nothing."""
    store, viewer = graphnet().store, current_viewer()
    held = offers.one(store, viewer, perk_id, home=_home())
    found = records.one(store, viewer, held.partner)
    form = PerkForm(data=None if request.method == "POST" else perk_values(held))
    form.offer(rules_now(_home()), perk_editing.units(store))
    if form.validate_on_submit():
        version = number(form.version.data)
        try:
            perk_editing.change(store, viewer, perk_id, form.content(), version, home=_home())
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="title_ru")
        except Conflict:
            form.version.data = str(held.version)
            return _perk_form(form, found, held, meanwhile=True)
        else:
            flash(gettext("Changed."), "success")
            return redirect(url_for("loyalty.partner", partner_id=held.partner), 303)
    return _perk_form(form, found, held)


def _perk_form(form: PerkForm, found: Any, held: Any, *, meanwhile: bool = False) -> Response:
    status = 409 if meanwhile else 422 if request.method == "POST" else 200
    return answer(
        "loyalty/perk_edit.html",
        form=form,
        partner=found,
        perk=held,
        meanwhile=meanwhile,
        status=status,
    )


@blueprint.post("/staff/perks/<perk_id>/state")
@role_required("staff", purpose=PARTNERS)
def perk_state(perk_id: str) -> Response:
    """Publish an offer, or end it."""
    store, viewer, act = graphnet().store, current_viewer(), request.form.get("act", "")
    held = offers.one(store, viewer, perk_id, home=_home())
    try:
        if act == "publish":
            perk_editing.publish(store, viewer, perk_id)
            flash(gettext("Published: members find it from now on."), "success")
        elif act == "end":
            perk_editing.end(store, viewer, perk_id)
            flash(gettext("Ended. Codes that are taken hold until their day."), "success")
        else:
            raise ThingNotFound("no such act")
    except Conflict:
        flash(gettext("The offer has changed meanwhile. Look at it again."), "error")
    return redirect(url_for("loyalty.partner", partner_id=held.partner), 303)
