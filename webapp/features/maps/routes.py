"""/maps: cohorts, groups and communities drawn, with the same people in a table, and as files."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response as AnyResponse

from graphnet.analysis.columns import STATES, Columns, circle_names, columns_of
from graphnet.analysis.dataset import parquet
from graphnet.audit import acted
from graphnet.errors import ThingNotFound
from graphnet.maps import export
from graphnet.maps.network import (
    ALL,
    EVERYBODY,
    KINDS,
    LAYERS,
    Network,
    choices,
    network_of,
    of_all,
    somebody_waits,
)
from graphnet.maps.surroundings import ANY, AROUND, CHOICES, surroundings
from graphnet.maps.years import years_of
from webapp.features.maps.path import OWN, path_of
from webapp.features.maps.words import MY_RING_WORDS, RING_WORDS, STATE_WORDS, TIE_WORDS
from webapp.frame.context import live
from webapp.frame.i18n import language
from webapp.frame.respond import answer, csv_answer, page_of, sorted_by
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("maps", __name__, template_folder="templates")

TYPES = {"gexf": "application/gexf+xml", "graphml": "application/graphml+xml"}
PARQUET = {"people-parquet": "people", "ties-parquet": "ties"}
ROWS = 500  # of the table on a page
SORTED = ("island", "person", "state", "ties", "core", "outward", "circle")
CIRCLES = 60  # in the list on a page; together they have nearly all people


def _kind() -> str:
    """Return the kind asked for, or the first of which something can be drawn."""
    kind = request.args.get("kind", "")
    if kind in KINDS:
        return kind
    return next((k for k in KINDS if choices(live(), current_viewer(), k)), KINDS[0])


def _layer() -> str:
    return _one_of("layer", LAYERS, "knows")


def _one_of(name: str, known: Sequence[str], usual: str) -> str:
    """Return what is asked for; what there is not is an error, never another map."""
    value = request.args.get(name, usual)
    if value not in known:
        raise ThingNotFound(f"no such {name}")
    return value


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


@blueprint.get("/me/map")
@role_required("alumnus")
def mine() -> AnyResponse:
    """My own surroundings."""
    found = _around("")
    return answer("maps/alone.html", **_choice()) if found is None else _page(found)


@blueprint.get("/me/map/data.json")
@role_required("alumnus")
def mine_data() -> AnyResponse:
    """What the drawing of my surroundings needs."""
    found = _around("")
    if found is None:
        raise ThingNotFound("no such map")
    return _data(found)


@blueprint.get("/maps/<kind>/<thing_id>")
@role_required("analyst", "staff", purpose="maps")
def network(kind: str, thing_id: str) -> AnyResponse:
    """One map and its table."""
    if kind == AROUND:
        near = _around(thing_id)
        return answer("maps/alone.html", **_choice()) if near is None else _page(near)
    return _page(_find(kind, thing_id))


def _page(found: Network) -> AnyResponse:
    """Answer with one map and its table."""
    labels = found.names()
    path = path_of(found, labels)
    drawing, columns = found.drawing, columns_of(live(), current_viewer(), found)
    words = _words(columns, found)
    sorting = sorted_by(SORTED, default="island")
    value: dict[str, Callable[[int], Any]] = {
        "island": lambda i: (drawing.island[i], -drawing.degree[i]),
        "person": lambda i: labels[i].casefold(),
        "state": lambda i: columns.state[i],
        "ties": lambda i: drawing.degree[i],
        "core": lambda i: columns.core[i],
        "outward": lambda i: columns.outward[i],
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
        words=words,
        circles=_circles(columns, found, words["community"]),
        sorting=sorting,
        states=STATES,
        rows=rows[page.skip : page.skip + page.size],
        page=page,
        source=_source(found),
        kept=[(name, value) for name, value in request.args.items() if name not in OWN],
        path=path,
        span=years_of(live(), current_viewer(), found).span,
        ways=[[name for name, _ in way] for way in path.ways],
        opens=url_for("maps.network", kind=EVERYBODY, thing_id="who", layer=found.layer)
        if found.kind == EVERYBODY and found.thing_id == ALL
        else "",
        **_choice(),
    )


def _choice() -> dict[str, Any]:
    """Return who asks for what of surroundings, for the page."""
    viewer = current_viewer()
    return {
        "mine": viewer.is_alumnus,
        "analyst": viewer.is_analyst,
        "layers": LAYERS,
        "around_layers": CHOICES,
        "tie_words": TIE_WORDS,
        "ring_words": MY_RING_WORDS if viewer.is_alumnus else RING_WORDS,
        "layer": _layer_around(),
        "rings": _rings(),
    }


def _source(found: Network) -> str:
    """Return the address of what the drawing needs."""
    more: dict[str, Any] = {"layer": found.layer}
    if found.kind == AROUND:
        more["rings"] = _rings()
        if current_viewer().is_alumnus:
            return url_for("maps.mine_data", **more)
    return url_for("maps.data", kind=found.kind, thing_id=found.thing_id, **more)


def _rings() -> int:
    return int(_one_of("rings", ("1", "2"), "1"))


def _layer_around() -> str:
    return _one_of("layer", CHOICES, ANY)


def _around(who: str) -> Network | None:
    return surroundings(live(), current_viewer(), who, layer=_layer_around(), rings=_rings())


@blueprint.get("/maps/<kind>/<thing_id>/data.json")
@role_required("analyst", "staff", purpose="maps")
def data(kind: str, thing_id: str) -> AnyResponse:
    """What the drawing on the page needs."""
    found = _around(thing_id) if kind == AROUND else _find(kind, thing_id)
    if found is None:
        raise ThingNotFound("no such map")
    return _data(found)


def _data(found: Network) -> AnyResponse:
    text = of_all(found, ("data", language()), lambda: current_app.json.dumps(_drawn(found)))
    return Response(text, content_type="application/json")


def _drawn(found: Network) -> dict[str, Any]:
    drawing, columns = found.drawing, columns_of(live(), current_viewer(), found)
    years = years_of(live(), current_viewer(), found)
    return {
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
                "outward": columns.outward[i],
                "state": columns.state[i],
                "registered": found.registered[i],
                "year": years.people[i],
            }
            | ({"id": found.cards[i].id} if found.cards[i].id else {})
            | {by: codes[i] for by, codes in columns.codes.items()}
            for i, label in enumerate(found.names())
        ],
        "words": _words(columns, found),
        "circles": columns.between,
        "edges": np.stack([drawing.source, drawing.target], axis=1).tolist(),
        "years": years.ties if max(years.ties, default=-1) >= 0 else [],
    }


@blueprint.get("/maps/<kind>/<thing_id>/as/<form>")
@role_required("analyst", "staff", purpose="maps")
def file(kind: str, thing_id: str, form: str) -> AnyResponse:
    """The whole network for other programs: everybody and every tie, drawn or not.

    Of somebody's surroundings it is the nearest, as they are drawn; the file says how many are not.
    """
    if form not in (*TYPES, "people", "ties", *PARQUET):
        raise ThingNotFound("a map can be had as gexf, graphml, people or ties")
    found = _around(thing_id) if kind == AROUND else _find(kind, thing_id, whole=True)
    if found is None:
        raise ThingNotFound("no such map")
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


def _words(columns: Columns, found: Network) -> dict[str, list[str]]:
    """Return what the codes mean, in the reader's language."""
    place = 1 if get_locale().language == "ru" else 0
    words = {by: [pair[place] for pair in pairs] for by, pairs in columns.words.items()}
    if "decade" in words:
        words["decade"] = [f"{decade}-е" if place else f"{decade}s" for decade in words["decade"]]
    words["community"] = [
        gettext("circle %(number)s: %(name)s", number=number + 1, name=pair[place])
        if pair[place]
        else gettext("circle %(number)s", number=number + 1)
        for number, pair in enumerate(circle_names(columns, found.drawing.community))
    ]
    return words | {"state": [str(STATE_WORDS[state]) for state in STATES]}


def _circles(columns: Columns, found: Network, words: list[str]) -> list[tuple[int, str, int, int]]:
    """Return the circles of two people or more: number, name, people, ties into other circles."""
    sizes = np.bincount(found.drawing.community) if found.cards else np.zeros(0, np.int64)
    large = min(int(np.count_nonzero(sizes > 1)), CIRCLES)
    outward = np.bincount(
        found.drawing.community, weights=columns.outward, minlength=len(sizes)
    ).astype(np.int64)
    return [
        (
            i,
            words[i] if i < len(words) else gettext("circle %(number)s", number=i + 1),
            int(sizes[i]),
            int(outward[i]),
        )
        for i in range(large)
    ]


def _name(found: Network) -> str:
    """Return the name of a file: what it is of, which ties, and of which day."""
    said = re.sub("[^a-z0-9]+", "-", found.label.lower()).strip("-")
    return f"map-{said or found.thing_id}-{found.layer}-{found.day.isoformat()}"


def _find(kind: str, thing_id: str, *, whole: bool = False) -> Network:
    if kind not in (*KINDS, EVERYBODY) or (kind == EVERYBODY and whole):
        raise ThingNotFound("no such map")
    return network_of(live(), current_viewer(), kind, thing_id, layer=_layer(), whole=whole)
