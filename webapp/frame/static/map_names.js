// Where names stand on a map: the largest first, none on another one, none on somebody else's disc.
"use strict";

(() => {
  const LINE = 1.25; // of a line, in the size of its letters
  const LONG = 22; // letters from which on a name may take two lines
  const MOST = 150; // names on one drawing
  const GAP = 3; // between a disc and its name

  // A long name in two lines, of which the longer one is as short as can be.
  const lines = (label, measure) => {
    if (label.length <= LONG) return [label];
    let best = [label];
    let least = measure(label);
    for (let at = label.indexOf(" "); at > 0; at = label.indexOf(" ", at + 1)) {
      const parts = [label.slice(0, at), label.slice(at + 1)];
      const width = Math.max(...parts.map(measure));
      if (width < least) [best, least] = [parts, width];
    }
    return best;
  };
  const shortened = (text, room, measure) => {
    if (measure(text) <= room) return text;
    let kept = text.length;
    while (kept > 1 && measure(`${text.slice(0, kept).trim()}…`) > room) kept -= 1;
    return `${text.slice(0, kept).trim()}…`;
  };
  const onName = (box, other, pad) =>
    box.x < other.x + other.width + pad && other.x < box.x + box.width + pad && Math.abs(box.y - other.y) < (box.height + other.height) / 2 + pad / 2;
  const onDisc = (box, disc) => {
    const dx = disc.x - Math.max(box.x, Math.min(disc.x, box.x + box.width));
    const dy = disc.y - Math.max(box.y - box.height / 2, Math.min(disc.y, box.y + box.height / 2));
    return Math.hypot(dx, dy) < disc.radius;
  };

  // names: {key, label, short, x, y, radius, forced}; discs: {key, x, y, radius} that names keep off.
  // A name that finds no place is left out, or stands as what is short for it within its disc; a
  // forced one takes its place before all. Returns key -> {x, y, width, height, lines}: x is the
  // left side, y the middle.
  window.placeNames = ({ names, discs = [], width, height, measure, size, wrap = false, pad = 4 }) => {
    const room = width - 8;
    const placed = new Map();
    const order = [...names].sort((a, b) => (b.forced ? 1 : 0) - (a.forced ? 1 : 0) || b.radius - a.radius);
    for (const name of order) {
      if (placed.size >= MOST && !name.forced) break;
      const text = (wrap ? lines(name.label, measure) : [name.label]).map((line) => shortened(line, room, measure));
      const box = { width: Math.max(...text.map(measure)), height: text.length * size * LINE, lines: text };
      const { x, y } = name;
      const away = name.radius + GAP;
      const sides = [
        { x: x + away, y },
        { x: x - away - box.width, y },
        { x: x - box.width / 2, y: y + away + box.height / 2 },
        { x: x - box.width / 2, y: y - away - box.height / 2 },
      ].map((side) => ({ ...box, ...side }));
      // Beside a disc at the edge of the drawing a name moves in as far as it has to.
      if (wrap || name.forced) for (const side of sides.slice(2)) side.x = Math.max(4, Math.min(side.x, width - 4 - box.width));
      const inside = (side) => side.x >= 0 && side.x + side.width <= width && side.y >= side.height / 2 && side.y <= height - side.height / 2;
      const clear = (side) => ![...placed.values()].some((other) => onName(side, other, pad));
      const free = (side) => clear(side) && !discs.some((disc) => disc.key !== name.key && onDisc(side, disc));
      let found = sides.find((side) => inside(side) && free(side));
      if (!found && name.forced) {
        const held = sides.map((side) => ({ ...side, x: Math.max(4, Math.min(side.x, width - 4 - side.width)) }));
        found = held.find((side) => inside(side) && clear(side));
      }
      if (!found && name.short) {
        const wide = measure(name.short);
        const own = { x: x - wide / 2, y, width: wide, height: size * LINE, lines: [name.short] };
        if (name.radius >= Math.max(wide, own.height) / 2 && clear(own)) found = own;
      }
      if (found) placed.set(name.key, found);
    }
    return placed;
  };

  // Draw one of them, with a rim of the ground's colour.
  window.drawName = (context, { x, y, height, lines: text }, { size, ground, ink }) => {
    const line = height / text.length;
    text.forEach((words, number) => {
      const base = y - height / 2 + line * (number + 0.5) + size / 3;
      context.strokeStyle = ground;
      context.lineWidth = 4;
      context.lineJoin = "round";
      context.strokeText(words, x, base);
      context.fillStyle = ink;
      context.fillText(words, x, base);
    });
  };
})();
