"""Staff's side: claims and proposed groupmates, each beside who is on file; all on the record."""

from flask import flash, redirect, url_for
from flask import request as http
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import people
from graphnet.errors import BadValue, Conflict
from graphnet.model import Name
from graphnet.onboarding import claims_desk, missing_groupmates
from graphnet.onboarding.invitation_links import group_facts, groups_called
from webapp.features.invitations.forms import RecordForm
from webapp.features.invitations.routes import blueprint, years_of
from webapp.features.requests.answers import answer_letter
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required
from webapp.frame.whom import Whom, whom


def _name() -> Name:
    form = http.form
    return Name(
        form.get("given", "").strip(),
        form.get("family", "").strip(),
        form.get("patronymic", "").strip(),
    )


def _guessed(written: str) -> dict[str, str]:
    """Take a name apart for the form: two words are given and family name, three have a patronymic
    in the middle, or at the end after a family name; staff correct it."""
    words = written.split()
    if len(words) >= 3:
        if words[-1].endswith(("вич", "вна", "ична", "vich", "vna")):
            return {"family": words[0], "given": words[1], "patronymic": words[2]}
        return {"given": words[0], "patronymic": " ".join(words[1:-1]), "family": words[-1]}
    return {"given": words[0] if words else "", "family": words[-1] if len(words) > 1 else ""}


@blueprint.get("/staff/claims")
@role_required("staff", purpose="decide claims")
def claims_index() -> Response:
    """Open claims, those that wait for staff alone first; and the link of any group."""
    viewer = current_viewer()
    code = http.args.get("code", "").strip()[:40]
    return answer(
        "invitations/claims.html",
        rows=claims_desk.open_claims(graphnet().store, viewer, limit=200),
        code=code,
        groups=groups_called(graphnet().store, viewer, code) if code else [],
        years_of=years_of,
    )


@blueprint.get("/staff/claims/<claim_id>")
@role_required("staff", purpose="decide claims")
def one_claim(claim_id: str) -> Response:
    """One claim, as written, beside those of the group whom it may mean."""
    return _claim_page(claim_id)


def _meant() -> tuple[str, Whom]:
    """Return the id of who was chosen, by a button or in the field; and the field."""
    other = whom("other", current_viewer())
    chosen = other.chosen[0].id if other.chosen and not other.problem else ""
    return http.form.get("person") or chosen, other


def _claim_page(
    claim_id: str, *, status: int = 200, error: str = "", other: Whom | None = None
) -> Response:
    viewer, store = current_viewer(), graphnet().store
    one = claims_desk.claim(store, viewer, claim_id)
    keys = [key for key, _ in one["answers"]] + one["named"]
    known = {card.key: card for card in people.cards(store, viewer, keys, rules=live().rules)}
    return answer(
        "invitations/claim.html",
        status=status,
        one=one,
        group=group_facts(store, viewer, one["group_id"]) if one["group_id"] else None,
        found=claims_desk.candidates_of(store, viewer, one, rules=live().rules)
        if one["decidable"]
        else [],
        said=[(known.get(key), what) for key, what in one["answers"]],
        named=next((known[key] for key in one["named"] if key in known), None),
        form=RecordForm(data=_guessed(one["name"])) if http.method == "GET" else RecordForm(),
        error=error,
        other=other or whom("other", viewer, needed=False),
        years_of=years_of,
    )


@blueprint.post("/staff/claims/<claim_id>")
@role_required("staff", purpose="decide claims")
def decide_claim(claim_id: str) -> Response:
    """Accept, add or refuse, on the record."""
    viewer, store, form = current_viewer(), graphnet().store, http.form
    email = form.get("email", "").strip()
    person, other = _meant()
    if form.get("act") == "accept" and not person:
        return _claim_page(claim_id, status=422, other=other)
    try:
        if form.get("act") == "accept":
            claims_desk.accept(store, viewer, claim_id, person, email=email)
            said = gettext("The page is theirs; a letter with the link is on its way.")
        elif form.get("act") == "add":
            ground = form.get("ground", "")
            claims_desk.add(store, viewer, claim_id, _name(), ground=ground, email=email)
            said = gettext("They are on file, and the page is theirs; a letter is on its way.")
        else:
            claims_desk.refuse(store, viewer, claim_id, form.get("why", ""))
            said = gettext("Refused, and on the record.")
    except (BadValue, Conflict) as problem:
        return _claim_page(claim_id, status=422, error=why(problem))
    flash(said, "success")
    return redirect(url_for("invitations.claims_index"), 303)


@blueprint.get("/staff/groupmates/<request_id>")
@role_required("staff", purpose="missing groupmates")
def one_proposal(request_id: str) -> Response:
    """One proposed groupmate beside those of the group whom the name may mean."""
    return _proposal_page(request_id)


def _proposal_page(
    request_id: str, *, status: int = 200, error: str = "", other: Whom | None = None
) -> Response:
    viewer, store = current_viewer(), graphnet().store
    one = missing_groupmates.proposal(store, viewer, request_id)
    asker = people.cards(store, viewer, [one["asker"] or -1], rules=live().rules)
    return answer(
        "invitations/proposal.html",
        status=status,
        one=one,
        asker=asker[0] if asker else None,
        group=group_facts(store, viewer, one["group_id"]),
        found=missing_groupmates.candidates(
            store, viewer, one["group_id"], one["name"], rules=live().rules
        )
        if one["status"] != "done"
        else [],
        form=RecordForm(data=_guessed(one["name"])) if http.method == "GET" else RecordForm(),
        error=error,
        other=other or whom("other", viewer, needed=False),
        years_of=years_of,
    )


@blueprint.post("/staff/groupmates/<request_id>")
@role_required("staff", purpose="missing groupmates")
def decide_proposal(request_id: str) -> Response:
    """Put on file, match or refuse, on the record."""
    viewer, store, form = current_viewer(), graphnet().store, http.form
    person, other = _meant()
    if form.get("act") == "same" and not person:
        return _proposal_page(request_id, status=422, other=other)
    try:
        if form.get("act") == "accept":
            missing_groupmates.accept(
                store,
                viewer,
                request_id,
                _name(),
                ground=form.get("ground", ""),
                tell=answer_letter,
            )
            said = gettext("On file from now on.")
        elif form.get("act") == "same":
            missing_groupmates.same_as(store, viewer, request_id, person, tell=answer_letter)
            said = gettext("Closed: that person was on file already.")
        else:
            missing_groupmates.refuse(
                store, viewer, request_id, form.get("why", ""), tell=answer_letter
            )
            said = gettext("Refused, and on the record.")
    except (BadValue, Conflict) as problem:
        return _proposal_page(request_id, status=422, error=why(problem))
    flash(said, "success")
    return redirect(url_for("requests.index"), 303)
