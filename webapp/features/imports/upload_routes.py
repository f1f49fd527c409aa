"""/staff/imports/new and what follows: files loaded up, looked at, corrected, brought in."""

import io
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, send_file, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from graphnet.errors import BadFile, BadInput, Conflict
from ingest.uploads import delivery, hand, judging, kept, preview, recipes, sheets
from webapp.features.imports import words
from webapp.features.imports.routes import blueprint
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required, takes_files

ENCODINGS = ("utf-8", "cp1251", "koi8-r", "cp866", "mac-cyrillic", "utf-16", "cp1252")
DELIMITERS = {";": "a semicolon", ",": "a comma", "\t": "a tab", "|": "a bar"}
LIMITS = {"files": kept.MOST_FILES, "mib": kept.LARGEST >> 20, "days": kept.KEPT.days}


@blueprint.route("/staff/imports/new", methods=["GET", "POST"])
@role_required("staff", purpose="imports")
@takes_files(kept.LARGEST + (1 << 20))
def new() -> Response:
    """Choose or drop files; what was loaded up and not brought in yet."""
    store, settings = graphnet().store, graphnet().settings
    problem = ""
    if request.method == "POST":
        given = [
            (file.filename, file.stream) for file in request.files.getlist("files") if file.filename
        ]
        try:
            upload_id = kept.receive(settings, store, current_viewer(), given)
        except BadInput as wrong:
            tables = gettext(
                "Only tables (CSV, XLSX, XLS, ODS) and vCards can be read: %(why)s", why=wrong.field
            )
            problem = why(wrong, tables)
        else:
            return redirect(url_for("imports.upload", upload_id=upload_id), 303)
        finally:
            for file in request.files.values():
                file.close()
    return answer(
        "imports/new.html",
        uploads=kept.listed(store),
        limits=LIMITS,
        problem=problem,
        endings=", ".join(kept.ENDINGS),
        words=words,
        status=422 if problem else 200,
    )


@blueprint.get("/staff/imports/uploads/<upload_id>")
@role_required("staff", purpose="imports")
def upload(upload_id: str) -> Response:
    """What the files hold, as they would be brought in."""
    store, settings = graphnet().store, graphnet().settings
    found = kept.one(store, upload_id)
    told = None
    if found.state in ("new", "ready", "failed"):
        told = preview.preview(settings, found)
        if told is None and found.size <= preview.SMALL:
            try:
                told = preview.make(settings, store, upload_id)
            except BadFile as wrong:
                found = _unreadable(found, kept.stopped_by(wrong))
        elif told is None and not found.problem:
            kept.ask(store, current_viewer(), upload_id, kept.READ)
            found = kept.one(store, upload_id)
    return answer(
        "imports/upload.html",
        upload=found,
        told=told,
        words=words,
        senders=recipes.senders(store),
        fields=sorted(sheets.FIELDS, key=words.field_word),
        encodings=ENCODINGS,
        delimiters=DELIMITERS,
        stored=sheets.USED,
        limits=LIMITS,
    )


def _unreadable(found: kept.Upload, why: str) -> kept.Upload:
    return kept.Upload(
        **{**found.__dict__, "state": "failed", "problem": why}  # shown, and nothing is changed
    )


@blueprint.post("/staff/imports/uploads/<upload_id>")
@role_required("staff", purpose="imports")
def correct(upload_id: str) -> Response:
    """Say of one table what its columns are, who sent it, what is to be cleaned."""
    store = graphnet().store
    found = kept.one(store, upload_id)
    key = request.form.get("key", "")
    if key.partition("|")[0] not in {file["name"] for file in found.files}:
        abort(400)
    try:
        told = preview.preview(graphnet().settings, found)
        shown = [sheet for sheet in told["sheets"] if sheet["key"] == key] if told else []
        said = chosen(request.form, found.choices.get(key, {}), shown[0] if shown else None)
        kept.choose(store, upload_id, found.choices | {key: said})
        if found.problem:
            kept.move(store, upload_id, "new", before=["failed"])
    except Conflict:
        flash(gettext("These files are being brought in, or are in the base already."), "error")
    else:
        flash(gettext("The preview shows what you have chosen."), "success")
    return redirect(url_for("imports.upload", upload_id=upload_id), 303)


def chosen(
    form: MultiDict[str, str], before: Mapping[str, Any], shown: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return what staff say of a table, out of the form.

    What they have left as it was shown is not said by them: read otherwise, or of another sender,
    it is found anew.
    """
    columns = {
        name.removeprefix("column-"): value
        for name, value in form.items()
        if name.startswith("column-") and (value in sheets.FIELDS or value in ("", sheets.KEEP))
    }
    reading = {
        name: form[name] for name in hand.READING if name in form and _may_be(name, form[name])
    }
    use = {"use": form.get("use", "yes") == "yes"}
    if shown is None:
        reading = {name: value for name, value in reading.items() if value}
    else:
        was = {str(column["index"]): column["field"] for column in shown["columns"]}
        columns = _changed(columns, was, before.get("columns", {}))
        reading = _changed(reading, shown["reading"], before)
        use = _changed(use, {"use": shown["used"]}, before)
        if reading.get("delimiter", "") != before.get("delimiter", ""):
            columns = {}  # they are other columns now
    clean = set(form.getlist("clean"))
    told: dict[str, Any] = {
        "sender": form.get("sender", "").strip()[: recipes.LONGEST],
        "columns": columns,
        "ground": form.get("ground", "").strip()[:500],
        "off": [code for code in form.getlist("kinds") if code not in clean],
        "forgive": form.getlist("forgive"),
        "take": {name: form.get(f"take-{name}") == "yes" for name in delivery.TAKEN}
        if "compared" in form
        else {},
    }
    return told | use | reading


def _may_be(name: str, value: str) -> bool:
    if name == "header":
        return not value or (value.isdecimal() and len(value) < 8)
    return not value or value in {"encoding": ENCODINGS, "delimiter": DELIMITERS}[name]


def _changed(
    now: Mapping[str, Any], shown: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        name: value for name, value in now.items() if name in before or value != shown.get(name)
    }


@blueprint.post("/staff/imports/uploads/<upload_id>/commit")
@role_required("staff", purpose="imports")
def commit(upload_id: str) -> Response:
    """Have the files brought into the base."""
    try:
        kept.ask(graphnet().store, current_viewer(), upload_id, kept.COMMIT)
    except Conflict:
        flash(gettext("These files are being brought in, or are in the base already."), "error")
    return redirect(url_for("imports.upload", upload_id=upload_id), 303)


@blueprint.post("/staff/imports/uploads/<upload_id>/throw-away")
@role_required("staff", purpose="imports")
def throw_away(upload_id: str) -> Response:
    """Forget the files: what is in the base already stays there."""
    try:
        kept.throw_away(graphnet().settings, graphnet().store, current_viewer(), upload_id)
    except Conflict:
        flash(gettext("These files are being brought in: wait until that has ended."), "error")
        return redirect(url_for("imports.upload", upload_id=upload_id), 303)
    flash(gettext("The files are gone."), "success")
    return redirect(url_for("imports.new"), 303)


@blueprint.get("/staff/imports/uploads/<upload_id>/rejects/<int:number>")
@role_required("staff", purpose="imports")
def rejects(upload_id: str, number: int) -> Response:
    """The rows that stayed out, with reasons in the reader's words, as a file of the same kind."""
    found = kept.one(graphnet().store, upload_id)
    name = found.done[number].get("rejects", "") if number < len(found.done) else ""
    path = kept.folder_of(graphnet().settings, upload_id) / name
    if not name or not path.is_file():
        abort(404)
    name, content = judging.rejects_file(path, words.reason)
    return send_file(io.BytesIO(content), as_attachment=True, download_name=name)
