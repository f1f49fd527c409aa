// Draws a map: coordinates come from the server, so that the same network looks the same each time.
"use strict";

(async () => {
  const place = document.getElementById("map");
  if (!place) return;
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  // Eight colours that people with any colour vision can tell apart (Okabe and Ito, 2008); where
  // there are more circles, each further one is turned by the golden angle, so that none repeats.
  const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#8a8d00", "#5d5d5d"];
  const colourOf = (circle) => {
    if (circle < colours.length) return colours[circle];
    const hue = (circle * 137.508) % 360;
    const light = [0.36, 0.5, 0.62][circle % 3];
    const part = (n) => {
      const k = (n + hue / 30) % 12;
      const value = light - 0.55 * Math.min(light, 1 - light) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
      return Math.round(255 * value).toString(16).padStart(2, "0");
    };
    return "#" + part(0) + part(8) + part(4);
  };
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
  // Discs shrink as they become many, so that together they never cover the ties.
  const crowd = Math.min(1, Math.sqrt(150 / data.nodes.length));
  for (const node of data.nodes) {
    graph.addNode(node.key, {
      x: node.x,
      y: node.y,
      label: node.label,
      size: Math.max(1.5, (4 + Math.min(Math.sqrt(node.ties), 12)) * crowd),
      color: node.registered ? colourOf(node.community) : mixed(colourOf(node.community), ground, 0.55),
      registered: node.registered,
      zIndex: 1,
    });
  }
  // Many ties are drawn thinner and fainter, else they are one grey sheet.
  const thin = Math.max(0.5, Math.min(1, Math.sqrt(3000 / Math.max(1, data.edges.length))));
  const line = mixed(token("--line-strong"), ground, 0.35 + 0.25 * thin);
  for (const [from, to] of data.edges) graph.addEdge(from, to, { color: line, size: thin, zIndex: 0 });
  const drawing = new SigmaBundle.Sigma(graph, place, {
    labelColor: { color: token("--ink") },
    labelFont: token("--text-font") || "sans-serif",
    labelSize: 12,
    labelRenderedSizeThreshold: 8 * Math.max(crowd, 0.45),
    // A name that would be cut by the right edge stands to the left of its person.
    defaultDrawNodeLabel: (context, shown, settings) => {
      if (!shown.label) return;
      context.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
      context.fillStyle = settings.labelColor.color;
      const gap = shown.size + 3;
      const width = context.measureText(shown.label).width;
      const left = shown.x + gap + width > place.clientWidth && shown.x - gap - width >= 0;
      context.fillText(shown.label, left ? shown.x - gap - width : shown.x + gap, shown.y + settings.labelSize / 3);
    },
    labelDensity: 0.6,
    minEdgeThickness: thin,
    stagePadding: 48,
    allowInvalidContainer: true,
    zIndex: true,
  });
  // Who has not registered is paler, and where a disc is large enough a ring, so that the state
  // needs no colour: holes over the discs, on a canvas between them and the labels.
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
      const radius = drawing.scaleSize(shown.size);
      if (radius < 5) return;
      const { x, y } = drawing.framedGraphToViewport(shown);
      pen.beginPath();
      pen.arc(x, y, radius * 0.5, 0, 2 * Math.PI);
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
