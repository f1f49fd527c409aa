"""`graphnet report`: the report for the rector into files, as /statistics/report has it."""

import json
from pathlib import Path

import click
from flask import render_template

from graphnet import engine
from graphnet.audit import acted
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.statistics.report import report as report_of
from webapp.app import create_app
from webapp.features.statistics.page import page_of
from webapp.features.statistics.pdf import report_file
from webapp.frame.assets import STATIC
from webapp.frame.i18n import LANGUAGES, in_language, in_tongue

FORMS = ("html", "pdf")


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--language", "languages", multiple=True, type=click.Choice(list(LANGUAGES)),
              help="All of them.")  # fmt: skip
@click.option("--form", "forms", multiple=True, type=click.Choice(FORMS), help="Both.")
@click.option("--purpose", required=True, help="What for; it stands on the audit trail.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def report(
    settings: Settings, *, folder: Path, languages: tuple[str, ...], forms: tuple[str, ...],
    purpose: str, as_json: bool,
) -> None:  # fmt: skip
    """Write the one-page report into FOLDER: report-DAY-LANGUAGE, as .html and as .pdf.

    Figures are cut as in the statistics: no count under five is in it, nor any other from which
    one could be computed.
    """
    viewer = Viewer("analyst", account_id="command line", purpose=purpose)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with engine.open(settings) as opened:
        found = report_of(opened.live, viewer)
        opened.store.in_write(lambda t: acted(t, viewer, "export", "report"))
        app = create_app(settings, store=opened.store, live=opened.live)
        style = (STATIC / "report.css").read_text(encoding="utf-8")
        for tongue in languages or tuple(LANGUAGES):
            with app.test_request_context(), in_tongue(tongue):
                page = page_of(found, in_language(*settings.association))
                stem = folder / f"report-{found.day.isoformat()}-{tongue}"
                if "html" in (forms or FORMS):
                    text = render_template("statistics/report_file.html", page=page, style=style)
                    stem.with_suffix(".html").write_text(text, encoding="utf-8")
                    written.append(stem.with_suffix(".html"))
                if "pdf" in (forms or FORMS):
                    stem.with_suffix(".pdf").write_bytes(
                        report_file(page, colour=settings.brand_colour)
                    )
                    written.append(stem.with_suffix(".pdf"))
    if as_json:
        told = {"day": found.day.isoformat(), "files": [str(path) for path in written]}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for path in written:
        click.echo(path)
