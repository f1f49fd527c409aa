"""How soon a browser shows a map of 10,000 and of 41,500 people, and how it moves after that.

    python tests/bench/map_speed.py [PEOPLE ...]

The network is a synthetic one, drawn by the engine (communities and coordinates) as the page of the
whole network has it, and served with the page's own scripts and Content-Security-Policy. A first
picture is counted from the request of the page to the frame after the drawing; frames are counted
while the camera moves for two seconds. Printed with the machine and what draws.
"""

import json
import logging
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from flask import Flask, Response
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from graphnet.influence.centrality import core_numbers
from graphnet.maps import extract
from graphnet.maps.kept import kept
from graphnet.maps.network import MOST_OF_ALL
from graphnet.maps.warm import warm
from graphnet.synth import people_and_ties
from webapp.frame.security import CONTENT_SECURITY_POLICY

STATIC = Path(__file__).parents[2] / "webapp/frame/static"
BUNDLE = "vendor/sigma-3.0.3-graphology-0.26.0/sigma-graphology.min.js"
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>map</title>
<link rel="stylesheet" href="/static/app.css"></head><body>
<div id="map" class="map" tabindex="0" data-name="map" data-source="/data.json"></div>
<p id="map-told" data-one="" data-neighbour=""></p><ul id="map-legend" class="legend"></ul>
<script src="/static/{BUNDLE}" defer></script><script src="/static/map.js" defer></script>
</body></html>
"""
FRAMES = """() => new Promise((done) => {
  const place = document.getElementById("map");
  const box = place.getBoundingClientRect();
  let frames = 0;
  const began = performance.now();
  const step = () => {
    frames += 1;
    place.querySelector("canvas:last-of-type").dispatchEvent(new WheelEvent("wheel", {
      bubbles: true, cancelable: true, deltaY: frames % 40 < 20 ? -60 : 60,
      clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 }));
    if (performance.now() - began < 2000) requestAnimationFrame(step);
    else done(frames / ((performance.now() - began) / 1000));
  };
  requestAnimationFrame(step);
})"""


def drawing_of(n: int) -> tuple[str, float, float, int]:
    """The data of a map of n people, the seconds that the engine took to draw it and to take it
    from beside the snapshot, how many ties there are.
    """
    sample = people_and_ties(n, seed=1)

    def draw(start: extract.Float64 | None) -> extract.Map:
        return extract.cohort_map(
            sample.indptr,
            sample.indices,
            sample.weight,
            np.ones(n, bool),
            most_people=MOST_OF_ALL,
            most_ties=extract.MOST_TIES,
            start=start,
        )

    times = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            began = time.perf_counter()
            drawing = kept(Path(folder), "everybody", "bench", np.arange(n), draw)
            times.append(time.perf_counter() - began)
    core = core_numbers(sample.indptr, sample.indices)
    nodes = [
        {
            "key": i, "label": f"{i:016x}", "x": round(float(x), 5), "y": round(float(y), 5),
            "community": int(drawing.community[i]), "island": int(drawing.island[i]),
            "ties": int(drawing.degree[i]), "core": int(core[i]), "state": i % 3,
            "registered": i % 3 == 0, "faculty": i % 8, "decade": i % 6,
        }
        for i, (x, y) in enumerate(drawing.coordinates)
    ]  # fmt: skip
    edges = np.stack([drawing.source, drawing.target], axis=1).tolist()
    text = json.dumps({"nodes": nodes, "edges": edges, "words": {}}, separators=(",", ":"))
    return text, times[0], times[1], len(sample.indices) // 2


def main(numbers: list[int]) -> None:
    """Print a line for each number of people."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {load:.1f}")
    warm()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = Flask(__name__, static_folder=str(STATIC))
    data = {"text": ""}

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    @app.get("/")
    def page() -> str:
        return PAGE

    @app.get("/data.json")
    def nodes() -> Response:
        return Response(data["text"], content_type="application/json")

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        for n in numbers:
            data["text"], engine, beside, ties = drawing_of(n)
            times, drawn, frames = [], [], 0.0
            for _ in range(3):
                opened = browser.new_page(viewport={"width": 1280, "height": 900})
                began = time.perf_counter()
                opened.goto(f"http://127.0.0.1:{server.server_port}/")
                opened.wait_for_selector("#map[data-drawn]", timeout=120_000)
                opened.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
                times.append(time.perf_counter() - began)
                drawn.append(int(opened.get_attribute("#map", "data-milliseconds") or 0) / 1000)
                frames = opened.evaluate(FRAMES)
                what = opened.evaluate(
                    "() => { const gl = document.createElement('canvas').getContext('webgl');"
                    " const more = gl.getExtension('WEBGL_debug_renderer_info');"
                    " return gl.getParameter(more ? more.UNMASKED_RENDERER_WEBGL : gl.RENDERER); }"
                )
                opened.close()
            shown = sorted(times)[1]
            print(
                f"{n:>7,} people, {ties:,} ties, {extract.MOST_TIES:,} of them drawn: engine "
                f"{engine:.1f} s, once a snapshot, from beside it {beside:.3f} s; first picture "
                f"{shown + engine:.2f} s before layouts were kept, {shown + beside:.2f} s after; "
                f"of that the browser {shown:.2f} s, drawing {sorted(drawn)[1]:.2f} s (medians of "
                f"3; {len(data['text']) / 1e6:.1f} MB); {frames:.0f} frames a second; {what}"
            )
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [10_000, 41_500])
