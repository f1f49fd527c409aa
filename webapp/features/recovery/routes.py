"""/staff/recovery: classes by how many are lost, plans of whom to ask, letters and calls."""

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, ngettext, pgettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, NotFound, TooMany
from graphnet.privacy import SMALLEST_COUNT_IN_REASON as SMALLEST
from graphnet.recovery import answers, classes, keeping, never_ask, outreach, plans
from graphnet.recovery.outreach import CHANNELS, OUTCOMES, Letter
from webapp.features.invitations.routes import link_keys
from webapp.features.recovery import words
from webapp.frame.context import graphnet, in_every_template, live
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer, csv_answer, page_of, sorted_by, whole_number
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("recovery", __name__, template_folder="templates")

PURPOSE = "recovery"
USUAL = 30  # people to ask, where nobody has said how many
SORTS = ("lost", "people", "share", "year", "reachable", "registered")


in_every_template(blueprint, recovery_words=words)


@blueprint.get("/staff/recovery")
@role_required("staff", purpose=PURPOSE)
def index() -> Response:
    """Classes, those with most lost first, and the plans there are."""
    viewer = current_viewer()
    kind = request.args.get("kind", "cohorts")
    if kind not in classes.KINDS:
        kind = "cohorts"
    unit, decade = request.args.get("unit", ""), whole_number("decade", 0, high=2100)
    rows = classes.coverage(live(), viewer, kind=kind, unit=unit, decade=decade)
    sorting = sorted_by(SORTS, default="lost", descending=True)
    rows.sort(key=lambda row: getattr(row, sorting.column), reverse=sorting.descending)
    if request.args.get("as") == "csv":
        return csv_answer(
            "coverage",
            [gettext("class"), gettext("year"), gettext("people of the class"), gettext("lost"),
             gettext("reachable"), pgettext("people", "registered"), "id"],
            (
                [in_language(row.label, row.label_ru), row.year if row.year > 0 else "",
                 row.people, row.lost, row.reachable, row.registered, row.id]
                for row in rows
            ),
        )  # fmt: skip
    page = page_of(len(rows), size=25)
    return answer(
        "recovery/index.html", rows=rows[page.skip : page.skip + page.size], page=page,
        sorting=sorting, kind=kind, unit=unit, decade=decade, faculties=_faculties(),
        plans=plans.plans(live(), viewer, limit=20), never=never_ask.never_asked(live(), viewer),
    )  # fmt: skip


def _faculties() -> list[tuple[str, str, str]]:
    units = live().view().snapshot.things["units"]
    return [
        (str(units.ids[i]), str(units.labels[i]), str(units.labels_ru[i]))
        for i in range(len(units))
        if units.kinds[i] in ("faculty", "institute")
    ]


@blueprint.route("/staff/recovery/new", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def new() -> Response:
    """What asking so many would bring, and the button that makes the plan."""
    viewer = current_viewer()
    kind = request.values.get("kind", "")
    thing = request.values.get("thing", "")
    try:
        size = min(max(int(request.values.get("ask", USUAL)), 1), plans.MOST)
    except ValueError:
        size = USUAL
    if kind not in classes.KINDS:
        return redirect(url_for("recovery.index"), 303)
    if request.method == "POST":
        plan_id = plans.create(live(), viewer, kind, thing, size)
        outreach.arm(graphnet().store, viewer, plan_id, keys=link_keys())
        flash(gettext("The plan is made. Nobody has been asked yet."), "success")
        return redirect(url_for("recovery.plan", plan_id=plan_id), 303)
    at, proposal = plans.preview(live(), viewer, kind, thing, size)
    return answer("recovery/new.html", at=at, proposal=proposal, size=size, kind=kind, thing=thing)


@blueprint.get("/staff/recovery/<plan_id>")
@role_required("staff", purpose=PURPOSE)
def plan(plan_id: str) -> Response:
    """One plan: whom to ask, why, what was sent, what came back."""
    found = plans.plan(live(), current_viewer(), plan_id)
    return answer(
        "recovery/plan.html", page=found, plan=found.plan, channels=words.channels(),
        smallest=SMALLEST,
    )  # fmt: skip


@blueprint.post("/staff/recovery/<plan_id>")
@role_required("staff", purpose=PURPOSE)
def change(plan_id: str) -> Response:
    """Exclude, restore, fix, free, never ask, ask more or fewer, or plan again."""
    act = request.form.get("act", "")
    if act in keeping.ACTS:
        return _keep(plan_id, act)
    try:
        size = int(request.form.get("ask", "0") or 0)
        new_ones, gone = plans.change(
            live(), current_viewer(), plan_id, act=act, ask_id=request.form.get("ask_id", ""),
            size=size if act == "resize" else 0, reason=request.form.get("reason", ""),
        )  # fmt: skip
    except (ValueError, BadValue):
        flash(words.refusal(act), "error")
    except Conflict:
        flash(words.conflict(), "error")
    else:
        outreach.arm(graphnet().store, current_viewer(), plan_id, keys=link_keys())
        flash(words.changed(act, new_ones, gone), "success")
    return _back(plan_id)


def _keep(plan_id: str, act: str) -> Response:
    """Name the plan, close or open it, or remove it while nobody of it was asked."""
    name = request.form.get("name", "")
    try:
        keeping.keep(graphnet().store, current_viewer(), plan_id, act, name=name)
    except BadValue:
        flash(gettext("A name has at most 120 letters."), "error")
    except Conflict:
        flash(gettext("Somebody of this plan was asked already: close it instead."), "error")
    else:
        flash(words.kept(act), "success")
        if act in ("remove", "close"):
            return redirect(url_for("recovery.index"), 303)
    return _back(plan_id)


def _back(plan_id: str) -> Response:
    ask_id = request.form.get("ask_id", "")
    return redirect(
        url_for("recovery.plan", plan_id=plan_id, _anchor=f"ask-{ask_id}" if ask_id else None), 303
    )


@blueprint.post("/staff/recovery/never/<int:person_key>")
@role_required("staff", purpose=PURPOSE)
def ask_again(person_key: int) -> Response:
    """Take 'never ask' back."""
    try:
        never_ask.may_ask_again(graphnet().store, current_viewer(), person_key)
        flash(gettext("This person may be asked again."), "success")
    except NotFound:
        flash(words.conflict(), "error")
    return redirect(url_for("recovery.index", _anchor="never"), 303)


# Letters


@blueprint.get("/staff/recovery/<plan_id>/letters")
@role_required("staff", purpose=PURPOSE)
def letters(plan_id: str) -> Response:
    """The letters to all who are proposed, or to one, a page each: to be printed or copied."""
    wanted = [one] if (one := request.args.get("ask", "")) else []
    found = outreach.letters(live(), current_viewer(), plan_id, keys=link_keys(), asks=wanted)
    header = plans.plan(live(), current_viewer(), plan_id)
    return answer(
        "recovery/letters.html", page=header, plan=header.plan, one=bool(wanted),
        letters=[_written(letter, header) for letter in found],
    )  # fmt: skip


def _written(letter: Letter, header: plans.PlanPage) -> words.Written:
    return words.letter(letter, header, _link(letter))


def _link(letter: Letter) -> str:
    # Of the site's own address: what a request calls the host is no matter of ours.
    path = url_for("recovery.answer_link", token=letter.token)
    return f"{graphnet().settings.site_url}{path}"


@blueprint.post("/staff/recovery/<plan_id>/sent")
@role_required("staff", purpose=PURPOSE)
def sent(plan_id: str) -> Response:
    """Note that letters went, to one person or to all who are proposed.

    By mail they are sent from here: a second look says before to whom, and that nothing brings
    them back.
    """
    channel = request.form.get("channel", "")
    one = request.form.get("ask_id", "")
    viewer = current_viewer()
    if channel not in CHANNELS:
        flash(gettext("Say how the letter went."), "error")
        return _back(plan_id)
    outreach.arm(graphnet().store, viewer, plan_id, keys=link_keys())
    found = outreach.letters(live(), viewer, plan_id, keys=link_keys(), asks=[one] if one else [])
    header = plans.plan(live(), viewer, plan_id)
    if channel == "mail" and request.form.get("sure") != "yes":
        return _sure(header, [each for each in found if each.ask["state"] == "proposed"], one)
    done = left = 0
    for letter in found:
        if letter.ask["state"] != "proposed" or (channel == "mail" and not letter.email):
            left += 1
            continue
        to = letter if channel == "mail" else None
        label = (header.label, header.label_ru)
        try:
            outreach.send(live(), viewer, plan_id, letter.ask["id"], channel, to=to, label=label)
            done += 1
        except (Conflict, TooMany, NotFound, BadValue):
            left += 1
    if done:
        flash(
            ngettext("%(num)s letter noted as sent.", "%(num)s letters noted as sent.", done),
            "success",
        )
    if left or not found:
        flash(words.not_sent(channel, left), "warning")
    return _back(plan_id)


def _sure(header: plans.PlanPage, found: list[Letter], one: str) -> Response:
    """Show who would get a letter at once, who has no address, and how it reads."""
    reached = [letter for letter in found if letter.email]
    return answer(
        "recovery/send.html", page=header, plan=header.plan, one=one, reached=reached,
        unreached=[letter for letter in found if not letter.email],
        sample=_written(reached[0], header) if reached else None,
    )  # fmt: skip


# Answers by hand, and calls


@blueprint.route("/staff/recovery/<plan_id>/answer/<ask_id>", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def by_hand(plan_id: str, ask_id: str) -> Response:
    """Enter what somebody has answered by telephone or on paper."""
    viewer = current_viewer()
    header = plans.plan(live(), viewer, plan_id)
    ask = next((a for a in header.of("sent", "answered") if a.id == ask_id), None)
    if ask is None:
        flash(gettext("Only who was asked can answer."), "error")
        return redirect(url_for("recovery.plan", plan_id=plan_id), 303)
    if request.method == "POST":
        try:
            answers.answer_by_hand(
                live(), viewer, plan_id, ask_id, words.named(request.form),
                request.form.get("said", ""),
            )  # fmt: skip
        except (BadValue, NotFound):
            flash(gettext("That could not be kept: look at the names again."), "error")
            return redirect(url_for("recovery.by_hand", plan_id=plan_id, ask_id=ask_id), 303)
        flash(gettext("The answer is kept. Plan again to see what follows from it."), "success")
        return _back(plan_id)
    own, others = words.own_and_others(
        answers.may_be_named(live(), viewer, plan_id, ask.card.key), ask.card
    )
    return answer(
        "recovery/by_hand.html", page=header, plan=header.plan, ask=ask, own=own, others=others,
        named={card.id: how for card, how in ask.named}, hows=words.hows(),
    )  # fmt: skip


@blueprint.get("/staff/recovery/<plan_id>/calls")
@role_required("staff", purpose=PURPOSE)
def calls(plan_id: str) -> Response:
    """The same asks as a list for telephoning, what is due first."""
    viewer = current_viewer()
    header = plans.plan(live(), viewer, plan_id)
    open_asks = [ask for ask in header.of("proposed", "sent") if ask.row["outcome"] != "reached"]
    found = {
        letter.ask["id"]: letter
        for letter in outreach.letters(
            live(), viewer, plan_id, keys=link_keys(), asks=[ask.id for ask in open_asks]
        )
    } if open_asks else {}  # fmt: skip
    rows = [(ask, found[ask.id]) for ask in open_asks if ask.id in found]
    rows.sort(key=lambda pair: (pair[0].row["next_at"] is None, pair[0].row["next_at"] or 0,
                                pair[0].row["position"]))  # fmt: skip
    if request.args.get("as") == "csv":
        return csv_answer(
            "calls",
            [gettext("name"), gettext("telephone"), gettext("group"), gettext("knows of the lost"),
             gettext("outcome"), gettext("call again on"), gettext("note"), gettext("link")],
            (
                [ask.card.name.full, ", ".join(letter.phones),
                 ask.card.studies[0].code if ask.card.studies else "", ask.row["known"],
                 words.outcome(ask.row["outcome"] or ""),
                 ask.row["next_at"].date() if ask.row["next_at"] else "",
                 ask.row["note"],
                 _link(letter)]
                for ask, letter in sorted(rows, key=lambda pair: not pair[1].phones)
            ),
        )  # fmt: skip
    able = [pair for pair in rows if pair[1].phones]
    without = [pair for pair in rows if not pair[1].phones]
    return answer("recovery/calls.html", page=header, plan=header.plan, rows=able, without=without,
                  outcomes=words.outcomes(OUTCOMES))  # fmt: skip


@blueprint.post("/staff/recovery/<plan_id>/calls")
@role_required("staff", purpose=PURPOSE)
def called(plan_id: str) -> Response:
    """Note how one call ended."""
    day = request.form.get("next_on", "")
    try:
        outreach.call(
            live(), current_viewer(), plan_id, request.form.get("ask_id", ""),
            request.form.get("outcome", ""), next_on=date.fromisoformat(day) if day else None,
            note=request.form.get("note", ""), contact=request.form.get("contact", ""),
        )  # fmt: skip
    except (ValueError, BadValue):
        flash(
            gettext(
                "Say how the call ended; to call back, say on which day; if a number is wrong, "
                "say which."
            ),
            "error",
        )
    except (Conflict, TooMany):
        flash(words.conflict(), "error")
    else:
        flash(gettext("Noted."), "success")
        if request.form.get("outcome") == "reached":
            return redirect(
                url_for("recovery.by_hand", plan_id=plan_id, ask_id=request.form["ask_id"]), 303
            )
    return redirect(url_for("recovery.calls", plan_id=plan_id), 303)
