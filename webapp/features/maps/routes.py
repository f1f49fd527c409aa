"""/maps: cohorts, groups and communities drawn, with the same people in a table, and as files."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request
from flask_babel import get_locale, lazy_gettext
from werkzeug.wrappers import Response as AnyResponse

from graphnet.analysis.columns import STATES, Columns, columns_of
from graphnet.analysis.dataset import parquet
from graphnet.audit import acted
from graphnet.errors import ThingNotFound
from graphnet.maps import export
from graphnet.maps.network import (
    EVERYBODY,
    KINDS,
    LAYERS,
    Network,
    choices,
    network_of,
    somebody_waits,
)
from webapp.frame.context import live
from webapp.frame.respond import answer, csv_answer, page_of, sorted_by
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("maps", __name__, template_folder="templates")

TYPES = {"gexf": "application/gexf+xml", "graphml": "application/graphml+xml"}
PARQUET = {"people-parquet": "people", "ties-parquet": "ties"}
ROWS = 500  # of the table on a page
SORTED = ("island", "person", "state", "ties", "core", "circle")
STATE_WORDS = {
    "registered": lazy_gettext("registered"),
    "reachable": lazy_gettext("can be reached"),
    "lost": lazy_gettext("lost: no contact"),
}


def _kind() -> str:
    """Return the kind asked for, or the first of which something can be drawn."""
    kind = request.args.get("kind", "")
    if kind in KINDS:
        return kind
    return next((k for k in KINDS if choices(live(), current_viewer(), k)), KINDS[0])


def _layer() -> str:
    layer = request.args.get("layer", "knows")
    return layer if layer in LAYERS else "knows"


@blueprint.get("/maps")
@role_required("analyst", "staff", purpose="maps")
def index() -> AnyResponse:
    """What can be drawn."""
    kind = _kind()
    rows = choices(live(), current_viewer(), kind)
    page = page_of(len(rows), size=40)
    return answer(
        "maps/index.html",
        kind=kind,
        kinds=KINDS,
        rows=rows[page.skip : page.skip + page.size],
        page=page,
        whole=bool(rows),
        quarantine=not rows and somebody_waits(live()),
    )


@blueprint.get("/maps/<kind>/<thing_id>")
@role_required("analyst", "staff", purpose="maps")
def network(kind: str, thing_id: str) -> AnyResponse:
    """One map and its table."""
    found = _find(kind, thing_id)
    labels = found.labels()
    drawing, columns = found.drawing, columns_of(live(), current_viewer(), found)
    sorting = sorted_by(SORTED, default="island")
    value: dict[str, Callable[[int], Any]] = {
        "island": lambda i: (drawing.island[i], -drawing.degree[i]),
        "person": lambda i: labels[i].casefold(),
        "state": lambda i: columns.state[i],
        "ties": lambda i: drawing.degree[i],
        "core": lambda i: columns.core[i],
        "circle": lambda i: drawing.community[i],
    }
    rows = sorted(range(len(found.cards)), key=lambda i: labels[i])
    rows.sort(key=value[sorting.column], reverse=sorting.descending)
    page = page_of(len(rows), size=ROWS)
    return answer(
        "maps/network.html",
        network=found,
        labels=labels,
        columns=columns,
        words=_words(columns),
        sorting=sorting,
        states=STATES,
        rows=rows[page.skip : page.skip + page.size],
        page=page,
        layers=LAYERS,
    )


@blueprint.get("/maps/<kind>/<thing_id>/data.json")
@role_required("analyst", "staff", purpose="maps")
def data(kind: str, thing_id: str) -> AnyResponse:
    """What the drawing on the page needs."""
    found = _find(kind, thing_id)
    drawing, columns = found.drawing, columns_of(live(), current_viewer(), found)
    return jsonify(
        {
            "nodes": [
                {
                    "key": i,
                    "label": label,
                    "x": round(float(drawing.coordinates[i, 0]), 5),
                    "y": round(float(drawing.coordinates[i, 1]), 5),
                    "community": int(drawing.community[i]),
                    "island": int(drawing.island[i]),
                    "ties": int(drawing.degree[i]),
                    "core": columns.core[i],
                    "state": columns.state[i],
                    "registered": found.registered[i],
                }
                | {by: codes[i] for by, codes in columns.codes.items()}
                for i, label in enumerate(found.labels())
            ],
            "words": _words(columns),
            "edges": np.stack([drawing.source, drawing.target], axis=1).tolist(),
        }
    )


@blueprint.get("/maps/<kind>/<thing_id>/as/<form>")
@role_required("analyst", "staff", purpose="maps")
def file(kind: str, thing_id: str, form: str) -> AnyResponse:
    """The whole network for other programs: everybody and every tie, drawn or not."""
    if form not in (*TYPES, "people", "ties", *PARQUET):
        raise ThingNotFound("a map can be had as gexf, graphml, people or ties")
    found = _find(kind, thing_id, whole=True)
    viewer = current_viewer()
    live().store.in_write(
        lambda t: acted(
            t,
            viewer.for_purpose("maps"),
            "export",
            f"{kind} {thing_id}",
            detail=f"{form}: {len(found.cards)} people, {found.ties} ties",
            keys=[card.key for card in found.cards],
        )
    )
    name = _name(found)
    table = PARQUET.get(form, form)
    if table in ("people", "ties"):
        header, rows = (
            export.ties_table(found.drawing, found.ids())
            if table == "ties"
            else export.people_table(
                found.drawing, found.ids(), found.labels(), more=export.further(found)
            )
        )
        if form not in PARQUET:
            return csv_answer(f"{name}-{table}", header, rows)
        return Response(
            parquet(header, rows),
            content_type="application/vnd.apache.parquet",
            headers={"Content-Disposition": f'attachment; filename="{name}-{table}.parquet"'},
        )
    return Response(
        export.files(found, form)[f".{form}"],
        content_type=f"{TYPES[form]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


def _words(columns: Columns) -> dict[str, list[str]]:
    """Return what the codes mean, in the reader's language."""
    place = 1 if get_locale().language == "ru" else 0
    words = {by: [pair[place] for pair in pairs] for by, pairs in columns.words.items()}
    if "decade" in words:
        words["decade"] = [f"{decade}-е" if place else f"{decade}s" for decade in words["decade"]]
    return words | {"state": [str(STATE_WORDS[state]) for state in STATES]}


def _name(found: Network) -> str:
    """Return the name of a file: what it is of, which ties, and of which day."""
    said = re.sub("[^a-z0-9]+", "-", found.label.lower()).strip("-")
    return f"map-{said or found.thing_id}-{found.layer}-{found.day.isoformat()}"


def _find(kind: str, thing_id: str, *, whole: bool = False) -> Network:
    if kind not in (*KINDS, EVERYBODY) or (kind == EVERYBODY and whole):
        raise ThingNotFound("no such map")
    return network_of(live(), current_viewer(), kind, thing_id, layer=_layer(), whole=whole)
