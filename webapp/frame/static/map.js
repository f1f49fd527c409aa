// Draws a map: coordinates come from the server, so that the same network looks the same each time.
"use strict";

(async () => {
  const place = document.getElementById("map");
  if (!place) return;
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  // Eight colours that people with any colour vision can tell apart (Okabe and Ito, 2008).
  const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#8a8d00", "#5d5d5d"];
  // Colours are mixed here: WebGL would add a transparent one to what lies below it.
  const mixed = (first, second, share) =>
    "#" +
    [1, 3, 5]
      .map((i) => {
        const [a, b] = [first, second].map((colour) => parseInt(colour.slice(i, i + 2), 16));
        return Math.round(a * share + b * (1 - share)).toString(16).padStart(2, "0");
      })
      .join("");
  const ground = token("--surface");
  const faint = mixed(token("--line-strong"), ground, 0.6);
  let data;
  try {
    const answer = await fetch(place.dataset.source, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    data = await answer.json();
  } catch {
    place.remove(); // the table has the same people
    return;
  }
  const graph = new SigmaBundle.Graph();
  for (const node of data.nodes) {
    graph.addNode(node.key, {
      x: node.x,
      y: node.y,
      label: node.label,
      size: 4 + Math.sqrt(node.ties),
      color: colours[Math.min(node.community, colours.length - 1)],
      registered: node.registered,
      zIndex: 1,
    });
  }
  for (const [from, to] of data.edges) graph.addEdge(from, to, { color: faint, size: 1, zIndex: 0 });
  const drawing = new SigmaBundle.Sigma(graph, place, {
    labelColor: { color: token("--ink") },
    labelFont: token("--text-font") || "sans-serif",
    labelSize: 12,
    labelRenderedSizeThreshold: 8,
    labelDensity: 0.6,
    minEdgeThickness: 1,
    stagePadding: 48,
    allowInvalidContainer: true,
    zIndex: true,
  });
  // Who has not registered is a ring, so that the state needs no colour: holes over the discs,
  // on a canvas between them and the labels.
  const holes = drawing.createCanvasContext("holes", { beforeLayer: "labels" }).getCanvases().holes;
  drawing.resize(true);
  const pen = holes.getContext("2d");
  drawing.on("afterRender", () => {
    const dense = window.devicePixelRatio || 1;
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, holes.width, holes.height);
    pen.fillStyle = ground;
    graph.forEachNode((node, known) => {
      if (known.registered) return;
      const shown = drawing.getNodeDisplayData(node);
      const { x, y } = drawing.framedGraphToViewport(shown);
      pen.beginPath();
      pen.arc(x, y, drawing.scaleSize(shown.size) * 0.55, 0, 2 * Math.PI);
      pen.fill();
    });
  });
  // Who is pointed at stays, with neighbours; the others step back.
  let near = null;
  drawing.on("enterNode", ({ node }) => {
    near = new Set([node, ...graph.neighbors(node)]);
    drawing.refresh({ skipIndexation: true });
  });
  drawing.on("leaveNode", () => {
    near = null;
    drawing.refresh({ skipIndexation: true });
  });
  drawing.setSetting("nodeReducer", (node, shown) =>
    near && !near.has(node) ? { ...shown, label: "", color: faint } : shown,
  );
  drawing.setSetting("edgeReducer", (edge, shown) =>
    near && !graph.extremities(edge).every((end) => near.has(end)) ? { ...shown, hidden: true } : shown,
  );
  drawing.refresh();
  place.dataset.drawn = String(graph.order);
})();
