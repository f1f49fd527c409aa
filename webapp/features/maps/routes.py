"""/maps: cohorts, groups and communities drawn, with the same people in a table, and as files."""

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from graphnet.errors import ThingNotFound
from graphnet.maps import export
from graphnet.maps.network import KINDS, LAYERS, Network, choices, network_of
from webapp.frame.context import live
from webapp.frame.respond import answer, page_of
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("maps", __name__, template_folder="templates")

FILES = {
    "gexf": (export.gexf, "application/gexf+xml"),
    "graphml": (export.graphml, "application/graphml+xml"),
    "csv": (export.people_csv, "text/csv"),
}


def _kind() -> str:
    kind = request.args.get("kind", "cohorts")
    return kind if kind in KINDS else "cohorts"


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
    )


@blueprint.get("/maps/<kind>/<thing_id>")
@role_required("analyst", "staff", purpose="maps")
def network(kind: str, thing_id: str) -> AnyResponse:
    """One map and its table."""
    found = _find(kind, thing_id)
    rows = sorted(
        range(len(found.cards)),
        key=lambda i: (found.island[i], -int(found.drawing.degree[i]), found.labels()[i]),
    )
    return answer(
        "maps/network.html", network=found, labels=found.labels(), rows=rows, layers=LAYERS
    )


@blueprint.get("/maps/<kind>/<thing_id>/data.json")
@role_required("analyst", "staff", purpose="maps")
def data(kind: str, thing_id: str) -> AnyResponse:
    """What the drawing on the page needs."""
    found = _find(kind, thing_id)
    drawing = found.drawing
    return jsonify(
        {
            "nodes": [
                {
                    "key": i,
                    "label": label,
                    "x": round(float(drawing.coordinates[i, 0]), 5),
                    "y": round(float(drawing.coordinates[i, 1]), 5),
                    "community": int(drawing.community[i]),
                    "ties": int(drawing.degree[i]),
                    "registered": found.registered[i],
                }
                for i, label in enumerate(found.labels())
            ],
            "edges": [
                [int(u), int(v)] for u, v in zip(drawing.source, drawing.target, strict=True)
            ],
        }
    )


@blueprint.get("/maps/<kind>/<thing_id>/as/<form>")
@role_required("analyst", "staff", purpose="maps")
def file(kind: str, thing_id: str, form: str) -> AnyResponse:
    """The same map for other programs."""
    if form not in FILES:
        raise ThingNotFound("a map can be had as gexf, graphml or csv")
    found = _find(kind, thing_id)
    write, mime = FILES[form]
    text = write(
        found.drawing, found.ids(), found.labels(),
        more={
            "island": [str(i) for i in found.island],
            "registered": ["yes" if is_there else "no" for is_there in found.registered],
        },
    )  # fmt: skip
    name = f"map-{found.kind}-{found.layer}.{form}"
    return Response(
        text,
        mimetype=f"{mime}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _find(kind: str, thing_id: str) -> Network:
    if kind not in KINDS:
        raise ThingNotFound("no such map")
    return network_of(live(), current_viewer(), kind, thing_id, layer=_layer())
