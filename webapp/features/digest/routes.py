"""/me/digest: ask for letters, see exactly what the next one holds; /digest/stop ends them."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue
from graphnet.recommendations import LISTS, digest
from webapp.features.digest.letter import subject_of, text_of
from webapp.features.recommendations.shared import for_reader
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer
from webapp.frame.security import csrf, current_account, current_viewer, limiter, role_required

blueprint = Blueprint("digest", __name__, template_folder="templates")


@blueprint.get("/me/digest")
@role_required("alumnus")
def mine() -> Response:
    """What I asked for, and what the next letter would hold."""
    viewer = current_viewer()
    store, settings = graphnet().store, graphnet().settings
    wish = digest.wish_of(store, viewer)
    reader = for_reader(viewer)
    subject = text = ""
    if wish is not None:
        items = digest.contents(reader, wish)
        account = current_account()
        if items and account is not None:
            subject = subject_of(items)
            text = text_of(settings, account.name.given, wish, items)
    every = sorted(
        (
            (t.id, in_language(t.name, t.name_ru))
            for t in reader.person.shared.things.topics.values()
        ),
        key=lambda pair: pair[1].casefold(),
    )
    return answer(
        "digest/mine.html", wish=wish, subject=subject, text=text, lists=LISTS, every=every
    )


@blueprint.post("/me/digest")
@role_required("alumnus")
def change() -> Response:
    """Ask for letters, change or end them."""
    store, viewer = graphnet().store, current_viewer()
    if request.form.get("act") == "end":
        digest.end(store, viewer)
        flash(gettext("You get no more letters."), "success")
        return redirect(url_for("digest.mine"), 303)
    try:
        digest.ask_for(
            store,
            viewer,
            request.form.get("frequency", ""),
            request.form.getlist("lists"),
            request.form.getlist("topics"),
        )
    except BadValue:
        flash(gettext("Choose how often, and at least one list."), "error")
    else:
        flash(gettext("Kept. It holds from now on."), "success")
    return redirect(url_for("digest.mine"), 303)


@blueprint.get("/digest/stop/<token>")
def stop(token: str) -> Response:
    """Ask once before letters end: programs that look at links end nothing."""
    return answer("digest/stop.html", token=token, done=False)


@blueprint.post("/digest/stop/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]  # mail programs post here (RFC 8058)
@limiter.limit("60/hour")
def stopped(token: str) -> Response:
    """End the letters that carry this token, without signing in."""
    digest.end_by_token(graphnet().store, token[:64])
    return answer("digest/stop.html", token=token, done=True)
