// Draws a map: coordinates come from the server, so that the same network looks the same each time.
"use strict";

(async () => {
  const place = document.getElementById("map");
  if (!place) return;
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  // Eight colours that people with any colour vision can tell apart (Okabe and Ito, 2008).
  const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#8a8d00", "#5d5d5d"];
  let data;
  try {
    const answer = await fetch(place.dataset.source, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    data = await answer.json();
  } catch {
    place.remove(); // the table below has the same people
    return;
  }
  const graph = new SigmaBundle.Graph();
  for (const node of data.nodes) {
    graph.addNode(node.key, {
      x: node.x,
      y: node.y,
      label: node.label,
      size: 3 + Math.sqrt(node.ties),
      color: colours[Math.min(node.community, colours.length - 1)] + (node.registered ? "" : "88"),
    });
  }
  for (const [from, to] of data.edges) graph.addEdge(from, to, { color: token("--line-strong") + "55", size: 0.6 });
  const drawing = new SigmaBundle.Sigma(graph, place, {
    labelColor: { color: token("--ink") },
    labelFont: token("--text-font") || "sans-serif",
    labelSize: 12,
    labelRenderedSizeThreshold: 7,
    defaultEdgeColor: token("--line"),
    allowInvalidContainer: true,
    zIndex: true,
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
    near && !near.has(node) ? { ...shown, label: "", color: token("--line") } : shown,
  );
  drawing.setSetting("edgeReducer", (edge, shown) =>
    near && !graph.extremities(edge).every((end) => near.has(end)) ? { ...shown, hidden: true } : shown,
  );
  place.dataset.drawn = String(graph.order);
})();
