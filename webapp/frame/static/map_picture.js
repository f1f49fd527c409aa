// A map as SVG: what stands on the screen, with title, legend, source and date, for print and papers.
"use strict";

(() => {
  const place = document.getElementById("map");
  const button = document.getElementById("map-svg");
  if (!place || !button) return;
  const TOP = 56;
  const ROW = 22;
  const COLUMN = 240;

  const picture = ({ drawing, written, ground, ink, font }) => {
    const graph = drawing.getGraph();
    const space = "http://www.w3.org/2000/svg";
    const part = (name, attributes, text) => {
      const made = document.createElementNS(space, name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      if (text !== undefined) made.textContent = text;
      return made;
    };
    const short = (number) => String(Math.round(number * 10) / 10);
    const { clientWidth: width, clientHeight: height } = place;
    const title = document.querySelector("h1").textContent.trim();
    const entries = [...document.querySelectorAll("#map-legend li")];
    const columns = Math.max(1, Math.floor((width - 32) / COLUMN));
    const rows = Math.ceil(entries.length / columns);
    const whole = TOP + height + rows * ROW + 64;
    const root = part("svg", { xmlns: space, width, height: whole, viewBox: `0 0 ${width} ${whole}`, role: "img", "font-family": font });
    root.append(part("title", {}, title), part("desc", {}, place.dataset.credit));
    root.append(part("rect", { width, height: whole, fill: ground }));
    root.append(part("text", { x: 16, y: 34, "font-size": 20, "font-weight": 600, fill: ink }, title));
    const clip = part("clipPath", { id: "frame" });
    clip.append(part("rect", { width, height }));
    root.append(clip);
    const inside = part("g", { transform: `translate(0 ${TOP})`, "clip-path": "url(#frame)" });
    root.append(inside);

    const at = new Map();
    graph.forEachNode((node) => {
      const shown = drawing.getNodeDisplayData(node);
      if (!shown || shown.hidden) return;
      at.set(node, { ...shown, ...drawing.framedGraphToViewport(shown), radius: drawing.scaleSize(shown.size) });
    });
    // One path a colour and width: twenty thousand ties are then a file that programs open.
    const lines = new Map();
    graph.forEachEdge((edge, known, from, to) => {
      const shown = drawing.getEdgeDisplayData(edge);
      const [a, b] = [at.get(from), at.get(to)];
      if (!shown || shown.hidden || !a || !b) return;
      const look = `${shown.zIndex ?? 0} ${shown.color} ${shown.size}`;
      if (!lines.has(look)) lines.set(look, []);
      lines.get(look).push(`M${short(a.x)} ${short(a.y)}L${short(b.x)} ${short(b.y)}`);
    });
    for (const [look, path] of [...lines].sort((a, b) => parseFloat(a[0]) - parseFloat(b[0]))) {
      const [, colour, size] = look.split(" ");
      inside.append(part("path", { d: path.join(""), stroke: colour, "stroke-width": size, fill: "none" }));
    }
    for (const [node, shown] of at) {
      const disc = part("circle", { cx: short(shown.x), cy: short(shown.y), r: short(shown.radius), fill: shown.color });
      if ("names" in place.dataset) disc.append(part("title", {}, graph.getNodeAttribute(node, "label")));
      inside.append(disc);
      if (!graph.getNodeAttribute(node, "registered") && shown.radius >= 5) {
        inside.append(part("circle", { cx: short(shown.x), cy: short(shown.y), r: short(shown.radius / 2), fill: ground }));
      }
    }
    for (const { x, y, height: tall, lines: text } of written.values()) {
      const line = tall / text.length;
      text.forEach((words, number) => {
        const base = y - tall / 2 + line * (number + 0.5) + 4;
        inside.append(part("text", { x: short(x), y: short(base), "font-size": 12, fill: ink }, words));
      });
    }
    entries.forEach((entry, number) => {
      const x = 16 + (number % columns) * COLUMN;
      const y = TOP + height + 24 + Math.floor(number / columns) * ROW;
      root.append(part("circle", { cx: x + 5, cy: y - 4, r: 5, fill: entry.querySelector("circle").getAttribute("fill") }));
      root.append(part("text", { x: x + 16, y, "font-size": 13, fill: ink }, entry.textContent.trim()));
    });
    root.append(part("text", { x: 16, y: whole - 16, "font-size": 12, fill: ink }, place.dataset.credit));
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
  };

  place.addEventListener("map:drawn", ({ detail }) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      detail.drawing.refresh();
      const link = document.createElement("a");
      link.download = `${place.dataset.name}.svg`;
      link.href = URL.createObjectURL(new Blob([picture(detail)], { type: "image/svg+xml" }));
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  });
})();
