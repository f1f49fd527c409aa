"""/projects/ID/money: what the treasurer enters and puts right; nothing is ever changed.

Staff come here, and whoever is named to keep or to audit the books of that project.
"""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.model import new_id
from graphnet.money import amounts, journal, open_books
from graphnet.money.journal import CORRECTING
from graphnet.money.references import reference_of
from graphnet.privacy import Viewer
from graphnet.projects import bookkeepers, books, treasury
from webapp.features.projects.forms import MoneyForm
from webapp.features.projects.routes import blueprint
from webapp.features.projects.words import book_role_word, line_word
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language, name
from webapp.frame.reasons import mark_wrong, why
from webapp.frame.respond import answer, csv_answer
from webapp.frame.security import current_viewer, role_required
from webapp.frame.whom import Whom, whom

PURPOSE = treasury.PURPOSE
HEAD = ("number", "id", "day", "kind", "who", "what", "document", "reference", "in", "out",
        "balance", "currency", "corrects", "resolves")  # fmt: skip


def _project(viewer: Viewer, project_id: str) -> Any:
    return books.project_page(live(), viewer, project_id).project


def _currency(project_id: str) -> tuple[str, list[str]]:
    known = open_books.currencies(graphnet().store, project_id)
    asked = request.values.get("currency", "")
    return (asked if asked in known else known[0]), known


@blueprint.get("/projects/<project_id>/money")
@role_required("staff", "alumnus", purpose=PURPOSE)
def money(project_id: str) -> Response:
    """Every transfer with who stands behind it; what is approved and waits to be paid."""
    return _money(project_id)


def _money(
    project_id: str, *, who: Whom | None = None, problem: str = "", status: int = 200
) -> Response:
    viewer = current_viewer()
    project = _project(viewer, project_id)
    currency, known = _currency(project_id)
    desk = treasury.desk(live(), viewer, project_id, currency)
    if request.args.get("as") == "csv":
        return csv_answer(f"journal-{currency.lower()}", HEAD, _rows(desk))
    return answer(
        "projects/money.html",
        project=project,
        desk=desk,
        currencies=[(one, one) for one in known],
        rights=desk.rights,
        keepers=bookkeepers.of_project(live(), viewer, project_id),
        book_role_word=book_role_word,
        me=viewer.person_key,
        banks=viewer.keeps_books(or_audits=True),
        staff=viewer.is_staff,
        who=who or whom("person", viewer, needed=False),
        said=request.form,
        problem=problem,
        reference_of=reference_of,
        line_word=line_word,
        correcting=set(CORRECTING.values()),
        status=status,
    )


@blueprint.post("/projects/<project_id>/money/keepers")
@role_required("staff", "alumnus", purpose=PURPOSE)
def name_keeper(project_id: str) -> Response:
    """Name who keeps or audits these books, or end it; whoever is named can end it, too."""
    store, viewer = graphnet().store, current_viewer()
    _project(viewer, project_id)
    act, _, which = request.form.get("act", "").partition(":")
    page = url_for("projects.money", project_id=project_id)
    if act == "end" and which.isdecimal() and len(which) < 16:
        try:
            bookkeepers.end(store, viewer, project_id, int(which))
            flash(gettext("Ended."), "success")
        except ThingNotFound:
            flash(gettext("It was ended already."), "info")
        if not bookkeepers.rights(store, viewer, project_id).reads:
            page = url_for("projects.project", project_id=project_id)
        return redirect(page, 303)
    if act != "name":
        raise BadValue("somebody is named for the books, or named no more", code="act")
    who = whom("person", viewer)
    if who.problem:
        return _money(project_id, who=who, status=422)
    role = request.form.get("role", "")
    try:
        new = bookkeepers.name(store, viewer, project_id, who.keys[0], role)
    except BadValue as wrong:
        return _money(project_id, who=who, problem=why(wrong), status=422)
    except Conflict as wrong:
        return _money(project_id, who=who, problem=why(wrong), status=409)
    flash(
        gettext("Named. They get a letter with the way here.")
        if new
        else gettext("They are named for this already."),
        "success",
    )
    return redirect(page, 303)


def _rows(desk: treasury.Desk) -> list[list[Any]]:
    def who(row: Any) -> str:
        card = desk.people.get(row["person"])
        return name(card) if card is not None else row.get("party") or ""

    return [
        [
            one.row.get("number", ""), one.id, one.day.isoformat(), one.kind, who(one.row),
            one.row.get("what") or one.row.get("note") or "", one.row.get("document") or "",
            one.row.get("reference") or "",
            amounts.written(one.amount) if one.into else "",
            "" if one.into else amounts.written(one.amount),
            amounts.written(held), desk.currency, one.row.get("corrects") or "",
            one.row.get("resolves") or "",
        ]
        for one, held in desk.lines
    ]  # fmt: skip


@blueprint.route("/projects/<project_id>/money/enter", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose=PURPOSE)
def enter(project_id: str) -> Response:
    """Enter a gift, an expense or a sum for another project: looked at twice, then for good."""
    store, viewer = graphnet().store, current_viewer()
    project = _project(viewer, project_id)
    if not bookkeepers.rights(store, viewer, project_id).enters:
        raise NotAllowed("this is for treasurers", code="treasurer")
    kind = request.values.get("kind", "")
    kind = kind if kind in treasury.ENTERED else "gift"
    currency, _ = _currency(project_id)
    begin = {"entry": new_id(), "currency": currency}
    form = MoneyForm(data=None if request.method == "POST" else begin)
    others = [row for row in books.projects(store, viewer, limit=1000) if row["id"] != project_id]
    form.other.choices = [("", "")] + [
        (row["id"], in_language(row["name"], row["name_ru"])) for row in others
    ]
    giver = whom("person", viewer, needed=False)
    again = request.form.get("sure") == "back"
    if request.method == "POST" and not again and form.validate_on_submit() and not giver.problem:
        try:
            given = form.given(kind, giver.keys[0] if giver.keys else None)
            given.check()
            if request.form.get("sure") != "yes":
                return _look(project, form, given, giver, kind)
            new = treasury.enter(store, viewer, project_id, given)
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="amount")
        except Conflict as problem:
            form.amount.errors = [*form.amount.errors, why(problem)]
        else:
            flash(
                gettext("Entered.") if new else gettext("It was entered already, once."), "success"
            )
            page = url_for("projects.money", project_id=project_id, currency=given.currency)
            return redirect(page, 303)
    return answer(
        "projects/enter.html",
        project=project,
        form=form,
        giver=giver,
        kind=kind,
        kinds=_kinds(),
        status=422 if request.method == "POST" and not again else 200,
    )


def _kinds() -> list[tuple[str, str]]:
    return [
        ("gift", gettext("a gift that arrived")),
        ("expense", gettext("an expense")),
        ("moved", gettext("a sum for another project")),
    ]


def _look(project: Any, form: MoneyForm, given: treasury.Given, giver: Whom, kind: str) -> Response:
    """Show what is about to be entered, and what the fund holds before and after."""
    store = graphnet().store
    before = store.in_read(lambda read: journal.balance(read, project["id"], given.currency))
    sign = 1 if kind == "gift" else -1
    after = before.left + sign * given.amount - given.fee
    other = dict(form.other.choices).get(given.other, "")
    return answer(
        "projects/look.html",
        project=project,
        form=form,
        given=given,
        giver=giver.chosen[0] if giver.chosen else None,
        kind=kind,
        kind_word=line_word(kind),
        other=other,
        before=before.left,
        after=after,
    )


@blueprint.route("/projects/<project_id>/money/<transfer_id>", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose=PURPOSE)
def settle(project_id: str, transfer_id: str) -> Response:
    """Put one transfer right, pay it or give it up: looked at twice, then once and for good."""
    store, viewer = graphnet().store, current_viewer()
    project = _project(viewer, project_id)
    row = treasury.one(store, viewer, project_id, transfer_id)
    rights = bookkeepers.rights(store, viewer, project_id)
    problem, status, look = "", 200, None
    if request.method == "POST" and not rights.enters:
        raise NotAllowed("this is for treasurers", code="treasurer")
    if request.method == "POST" and request.form.get("sure") != "back":
        try:
            settling = _settling(row)
            if request.form.get("sure") != "yes":
                look = _consequence(project_id, row, settling)
            else:
                new = _settle(viewer, project_id, transfer_id, settling)
                flash(
                    gettext("Entered.") if new else gettext("It was entered already, once."),
                    "success",
                )
                page = url_for("projects.money", project_id=project_id, currency=row["currency"])
                return redirect(page, 303)
        except BadValue as wrong:
            problem, status = why(wrong), 422
        except Conflict as wrong:
            problem, status = why(wrong), 409
    return answer(
        "projects/settle_look.html" if look else "projects/settle.html",
        project=project,
        row=row,
        look=look,
        correcting=row["kind"] in CORRECTING.values() and not row["pending"],
        rights=rights,
        line_word=line_word,
        problem=problem,
        said=request.form,
        written=amounts.written,
        status=status,
    )


@dataclass(frozen=True)
class Settling:
    """What a treasurer is about to do with a transfer: post or void it, or put it right."""

    act: str
    amount: int
    what: str
    document: str


def _settling(row: Any) -> Settling:
    """Return what the form says, if it can be so.

    Raises
    ------
    BadValue
    """
    form = request.form
    act, text = form.get("act", ""), form.get("amount", "").strip()
    if act not in ("post", "void", "back"):
        raise BadValue("what waits is paid, given up or given back", code="act")
    amount = 0 if act == "void" else amounts.read(text) if text else row["amount"]
    if amount > row["amount"]:
        raise BadValue(
            "this is more than it was: give back at most its sum", code="more", field="amount"
        )
    what = form.get("what", "").replace("\r\n", "\n").strip()
    if act == "back" and not what:
        raise BadValue(
            "say what is given back, and why: everybody reads it", code="needed", field="what"
        )
    if len(what) > journal.LONGEST_TEXT:
        raise BadValue(
            f"what a transfer is for is said in at most {journal.LONGEST_TEXT} characters",
            code="long",
            field="what",
        )
    return Settling(act, amount, what, form.get("document", "")[: journal.LONGEST_LINE])


@dataclass(frozen=True)
class Consequence:
    """What comes of it: what the fund holds, and what can be spent of it, before and after."""

    settling: Settling
    before: journal.Balance
    after: journal.Balance

    @property
    def possible(self) -> bool:
        """Whether the fund has so much."""
        return self.after.left >= 0


def _consequence(project_id: str, row: Any, settling: Settling) -> Consequence:
    before = graphnet().store.in_read(
        lambda read: journal.balance(read, project_id, row["currency"])
    )
    if settling.act == "back":
        change = -settling.amount if row["kind"] == "gift" else settling.amount
        after = journal.Balance(before.balance + change, before.held)
    else:  # what was held back is paid, or free again
        after = journal.Balance(before.balance - settling.amount, before.held - row["amount"])
    return Consequence(settling, before, after)


def _settle(viewer: Viewer, project_id: str, transfer_id: str, settling: Settling) -> bool:
    store = graphnet().store
    if settling.act == "back":
        return treasury.put_right(
            store, viewer, project_id, transfer_id, what=settling.what, amount=settling.amount
        )
    return treasury.resolve(
        store,
        viewer,
        project_id,
        transfer_id,
        settling.act,
        amount=settling.amount,
        document=settling.document,
    )
