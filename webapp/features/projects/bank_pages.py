"""/staff/projects/bank: statements of the bank taken in, and what their payments are."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.money.bank_statements import LARGEST, BadStatement
from graphnet.money.references import reference_of
from graphnet.privacy import Viewer
from graphnet.projects import bank as statements
from graphnet.projects import matching
from webapp.features.projects.bank_words import kind_of_file, statement_problem
from webapp.features.projects.routes import blueprint
from webapp.features.projects.words import line_word
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer, page_of, whole_number
from webapp.frame.security import current_viewer, role_required, takes_files
from webapp.frame.whom import Whom, whom

PURPOSE = statements.PURPOSE
SHOWN, ENTRIES, MOST_FILES = 12, 100, 12


@blueprint.route("/staff/projects/bank", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
@takes_files(MOST_FILES * LARGEST + (1 << 20))
def bank() -> Response:
    """Take a statement in; the payments that wait; the statements that were taken."""
    store, viewer = graphnet().store, current_viewer()
    problem = ""
    if request.method == "POST":
        problem = _take(viewer)
        if not problem:
            return redirect(url_for("projects.bank"), 303)
    number = whole_number("page", 1, low=1, high=10_000)
    rows = statements.statements(store, viewer, skip=(number - 1) * SHOWN, limit=SHOWN + 1)
    total = (number - 1) * SHOWN + len(rows)  # as far as is known: one more leads on
    return answer(
        "projects/bank.html",
        queue=matching.queue(live(), viewer),
        statements=rows[:SHOWN],
        page=page_of(total, size=SHOWN),
        keeps=viewer.keeps_books(),
        problem=problem,
        kind_of_file=kind_of_file,
        line_word=line_word,
        reference_of=reference_of,
        status=422 if problem else 200,
    )


def _take(viewer: Viewer) -> str:
    """Take the files that were sent; return what is wrong with the first that cannot be."""
    given = [file for file in request.files.getlist("files") if file.filename][:MOST_FILES]
    if not given:
        return str(gettext("Choose a file."))
    new = before = 0
    for file in given:
        try:
            found = statements.take(graphnet().store, viewer, file.stream.read(LARGEST + 1))
        except BadStatement as wrong:
            told = statement_problem(wrong)
            return f"{file.filename}: {told}" if len(given) > 1 else told
        new += sum(one.new for one in found)
        before += sum(one.before for one in found)
    taken = ngettext("%(num)s new payment.", "%(num)s new payments.", new)
    known = ngettext("%(num)s was there already.", "%(num)s were there already.", before)
    said = [gettext("The statement adds up and is taken."), taken, *([known] if before else [])]
    flash(" ".join(said), "success")
    return ""


@blueprint.post("/staff/projects/bank/book")
@role_required("staff", purpose=PURPOSE)
def book_found() -> Response:
    """Book the payments of which it is found what they are."""
    done, failed = matching.book_found(
        graphnet().store, current_viewer(), request.form.getlist("payment")
    )
    flash(
        ngettext(
            "%(num)s payment is booked; whoever gave gets a letter.",
            "%(num)s payments are booked; whoever gave gets a letter.",
            done,
        ),
        "success",
    )
    if failed:
        flash(
            ngettext(
                "%(num)s could not be booked: look at it by itself.",
                "%(num)s could not be booked: look at each by itself.",
                failed,
            ),
            "warning",
        )
    return redirect(url_for("projects.bank"), 303)


@blueprint.route("/staff/projects/bank/payments/<payment_id>", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def bank_payment(payment_id: str) -> Response:
    """Say what a payment is: once, and for good."""
    viewer = current_viewer()
    problem, status = "", 200
    giver = whom("person", viewer, needed=False)
    if request.method == "POST":
        try:
            _say(viewer, payment_id, giver)
        except BadValue as wrong:
            problem, status = why(wrong), 422
        except Conflict as wrong:
            problem, status = why(wrong), 409
        else:
            flash(gettext("Kept."), "success")
            return redirect(url_for("projects.bank"), 303)
    try:
        found = matching.choices(live(), viewer, payment_id)
    except ThingNotFound:
        if status != 409:
            raise
        flash(problem, "error")  # somebody else has said it meanwhile
        return redirect(url_for("projects.bank"), 303)
    return answer(
        "projects/bank_payment.html",
        choices=found,
        entry=found.entry,
        giver=giver,
        said=request.form,
        problem=problem,
        keeps=viewer.keeps_books(),
        line_word=line_word,
        status=status,
    )


def _say(viewer: Viewer, payment_id: str, giver: Whom) -> None:
    store, form = graphnet().store, request.form
    act = form.get("act", "")
    if act == "not_ours":
        matching.not_ours(store, viewer, payment_id)
        return
    if act == "pledge":
        choice = matching.Choice(pledge=form.get("pledge", "") or "-")
    elif act == "known":
        choice = matching.Choice(transfer=form.get("transfer", "") or "-")
    elif act == "held":
        choice = matching.Choice(held=form.get("held", "") or "-")
    elif act == "enter":
        if giver.problem:
            raise BadValue(
                "it is not clear who is meant: choose one of those found",
                code="choose",
                field="person",
            )
        choice = matching.Choice(
            project=form.get("project", ""),
            person=giver.keys[0] if giver.keys else None,
            party=form.get("party", "")[:200],
            party_shown=form.get("party_shown") == "yes",
            what=form.get("what", "").replace("\r\n", "\n"),
        )
    else:
        raise BadValue(
            "a payment is entered, recognised, kept to a promise, paid or none of ours", code="act"
        )
    matching.book(store, viewer, payment_id, choice)


@blueprint.get("/staff/projects/bank/statements/<statement_id>")
@role_required("staff", purpose=PURPOSE)
def bank_statement(statement_id: str) -> Response:
    """One statement: what it says, and what became of each of its payments."""
    store, viewer = graphnet().store, current_viewer()
    number = whole_number("page", 1, low=1, high=10_000)
    found, entries = statements.statement(
        store, viewer, statement_id, skip=(number - 1) * ENTRIES, limit=ENTRIES + 1
    )
    total = (number - 1) * ENTRIES + len(entries)
    return answer(
        "projects/bank_statement.html",
        statement=found,
        entries=entries[:ENTRIES],
        page=page_of(total, size=ENTRIES),
        keeps=viewer.keeps_books(),
        kind_of_file=kind_of_file,
    )


@blueprint.post("/staff/projects/bank/statements/<statement_id>")
@role_required("staff", purpose=PURPOSE)
def undo_bank(statement_id: str) -> Response:
    """Take a statement back, or what was said of one of its payments."""
    store, viewer = graphnet().store, current_viewer()
    act, said_why = request.form.get("act", ""), request.form.get("why", "")
    page = url_for("projects.bank_statement", statement_id=statement_id)
    try:
        if act == "take_back":
            undone = statements.take_back(store, viewer, statement_id, why=said_why)
            said = gettext("The statement is taken back.")
            if undone:
                booked = ngettext(
                    "%(num)s booking is taken back, too, by a further entry.",
                    "%(num)s bookings are taken back, too, each by a further entry.",
                    undone,
                )
                said = f"{said} {booked}"
            flash(said, "success")
        else:
            statements.reopen(store, viewer, act, why=said_why)
            flash(gettext("It waits again: say anew what it is."), "success")
    except (BadValue, Conflict) as wrong:
        flash(why(wrong), "error")
    return redirect(page, 303)
