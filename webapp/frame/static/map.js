// Draws a map: coordinates come from the server, so that the same network looks the same each time.
// What is chosen (colour, size, filters, person) stands in the address, so that a link reopens it.
"use strict";

(async () => {
  const place = document.getElementById("map");
  if (!place) return;
  const tools = document.getElementById("map-tools");
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  // Eight colours that people with any colour vision can tell apart (Okabe and Ito, 2008); where
  // there are more groups, each further one is turned by the golden angle, so that none repeats.
  const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#8a8d00", "#5d5d5d"];
  const colourOf = (group) => {
    if (group < colours.length) return colours[group];
    const hue = (group * 137.508) % 360;
    const light = [0.36, 0.5, 0.62][group % 3];
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
  const nobody = mixed(token("--line-strong"), ground, 0.8);
  let data;
  try {
    const answer = await fetch(place.dataset.source, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    data = await answer.json();
  } catch {
    place.remove(); // the table has the same people
    return;
  }
  const began = performance.now();
  const people = data.nodes;
  const graph = new SigmaBundle.Graph({ type: "undirected", multi: false });
  // Discs shrink as they become many, so that together they never cover the ties.
  const crowd = Math.min(1, Math.sqrt(150 / people.length));
  const sizes = {
    outward: (node) => Math.sqrt(node.outward || 0),
    ties: (node) => Math.sqrt(node.ties),
    core: (node) => 1.5 * Math.sqrt(node.core),
    same: () => 2,
  };
  for (const node of people) {
    graph.addNode(node.key, { x: node.x, y: node.y, label: node.label, registered: node.registered, zIndex: 1 });
  }
  // Many ties are drawn thinner and fainter, else they are one grey sheet.
  const thin = Math.max(0.5, Math.min(1, Math.sqrt(3000 / Math.max(1, data.edges.length))));
  const line = mixed(token("--line-strong"), ground, 0.35 + 0.25 * thin);
  // Years are -1 where none is known: who and what has none is there at all times.
  data.edges.forEach(([from, to], i) => graph.addEdge(from, to, { color: line, size: thin, zIndex: 0, year: data.years?.[i] ?? -1 }));

  // The ways between two people, if any are asked for: their steps are drawn although thinned out.
  const byLabel = new Map(people.map((node) => [node.label.toLowerCase(), node.key]));
  const ways = JSON.parse(place.dataset.ways || "[]").map((way) => way.map((name) => byLabel.get(name.toLowerCase())));
  const onWay = new Set(ways.flat().filter((node) => node !== undefined));
  const steps = new Set();
  for (const way of ways) {
    for (let at = 1; at < way.length; at += 1) {
      if (way[at - 1] === undefined || way[at] === undefined) continue;
      steps.add(graph.edge(way[at - 1], way[at]) ?? graph.addEdge(way[at - 1], way[at], { color: line, size: thin, zIndex: 0 }));
    }
  }
  const legend = document.getElementById("map-legend");
  const nameOf = (group) => data.words.community?.[group] || `${legend?.dataset.community || ""} ${group + 1}`.trim();
  const centre = place.dataset.centre === undefined ? undefined : Number(place.dataset.centre);

  // What is chosen, and the address that says so.
  const asked = new URLSearchParams(location.search);
  const fields = tools ? [...tools.querySelectorAll("[data-view]")] : [];
  const FILTERS = ["state", "decade", "faculty", "island", "circle"];
  // A circle that was opened is not always among those of the list.
  const offer = (field, value) => {
    if ([...field.options].some((one) => one.value === String(value))) return;
    const circle = field.dataset.view === "circle" && people.some((node) => String(node.community) === String(value));
    field.add(new Option(circle ? nameOf(Number(value)) : value, value));
  };
  const view = { as: "people", colour: "community", size: "ties", state: "", decade: "", faculty: "", island: "", circle: "", core: "", depth: "", year: "" };
  for (const field of fields) {
    const name = field.dataset.view;
    const wanted = asked.get(name);
    view[name] = field.value;
    if (wanted === null) continue;
    if (FILTERS.includes(name)) offer(field, wanted); // whom nobody fits is nobody, never all instead
    if (field.tagName !== "SELECT" || [...field.options].some((one) => one.value === wanted)) field.value = wanted;
    view[name] = field.value;
  }
  for (const name of FILTERS) if (!fields.some((field) => field.dataset.view === name)) view[name] = asked.get(name) || "";
  const wantedPerson = (asked.get("person") || "").toLowerCase();
  let chosen = byLabel.get(wantedPerson);
  const usual = () => (chosen !== undefined ? around(chosen) : onWay.size ? onWay : null);
  let near = onWay.size ? onWay : null; // who is not to step back: around who is pointed at, or chosen
  let neighbour; // to whom Enter would walk
  const groupOf = (node) => (view.colour === "state" ? node.state : node[view.colour]);

  // Until which year, if the slider does not stand at its end.
  const slider = document.getElementById("map-year");
  const until = () => (slider && Number(view.year) < Number(slider.max) ? Number(view.year) : null);
  // Who is shown: all that is asked must hold; a depth counts steps from the person chosen, else from
  // whom the map surrounds. A link from somebody who is not on the map shows nobody.
  const from = () => chosen ?? centre;
  let stranger = wantedPerson !== "" && chosen === undefined;
  let shownPeople = null;
  const narrow = () => {
    const filters = FILTERS.filter((name) => view[name] !== "");
    const least = Number(view.core) || 0;
    let near = null;
    if (stranger && Number(view.depth) > 0) return new Set();
    if (from() !== undefined && Number(view.depth) > 0) {
      near = new Set([from()]);
      let edge = [from()];
      for (let step = 0; step < Number(view.depth); step += 1) {
        const next = [];
        for (const node of edge) {
          graph.forEachNeighbor(node, (other) => {
            if (!near.has(Number(other))) {
              near.add(Number(other));
              next.push(Number(other));
            }
          });
        }
        edge = next;
      }
    }
    const last = until();
    if (!filters.length && !least && !near && last === null) return null;
    return new Set(
      people
        .filter((node) => filters.every((name) => String(node[name === "circle" ? "community" : name]) === view[name]) && node.core >= least)
        .filter((node) => !near || near.has(node.key))
        .filter((node) => last === null || (node.year ?? -1) <= last)
        .map((node) => node.key),
    );
  };
  const rows = new Map([...document.querySelectorAll("tr[data-node]")].map((row) => [Number(row.dataset.node), row]));
  const paint = () => {
    for (const node of people) {
      const group = groupOf(node);
      const own = group < 0 || group === undefined ? nobody : colourOf(group);
      graph.setNodeAttribute(node.key, "color", node.registered ? own : mixed(own, ground, 0.55));
      const size = Math.max(1.5, (4 + Math.min((sizes[view.size] || sizes.ties)(node), 12)) * crowd);
      graph.setNodeAttribute(node.key, "size", size);
    }
    shownPeople = view.as === "circles" ? null : narrow();
    for (const [key, row] of rows) row.hidden = shownPeople !== null && !shownPeople.has(key);
    place.dataset.shown = String(shownPeople ? shownPeople.size : people.length);
    const empty = document.getElementById("map-nobody");
    if (empty) empty.hidden = shownPeople === null || shownPeople.size > 0;
    const unchosen = document.getElementById("map-unchosen");
    if (unchosen) unchosen.hidden = !(Number(view.depth) > 0) || from() !== undefined || stranger;
    if (slider) sayYear();
    if (legend) key();
  };
  // How many were there in the year of the slider, and how many ties of those that are drawn.
  const sayYear = () => {
    const last = until();
    const there = (end) => shownPeople === null || shownPeople.has(end);
    const ties = data.edges.filter(([from, to], i) => there(from) && there(to) && (last === null || (data.years?.[i] ?? -1) <= last));
    const known = { year: slider.value, people: place.dataset.shown, ties: ties.length };
    place.dataset.ties = String(ties.length);
    const said = document.getElementById("map-year-told");
    said.textContent = said.dataset.said.replace(/\{(\w+)\}/g, (_, name) => known[name]);
    slider.setAttribute("aria-valuetext", said.textContent);
  };
  // The legend: what each colour is, the largest first, with how many are shown.
  const key = () => {
    const count = new Map();
    for (const node of people) {
      if (shownPeople && !shownPeople.has(node.key)) continue;
      const group = groupOf(node) ?? -1;
      count.set(group, (count.get(group) || 0) + 1);
    }
    const words = data.words[view.colour] || [];
    const entries = [...count].sort((a, b) => (a[0] < 0) - (b[0] < 0) || b[1] - a[1]).slice(0, 12);
    legend.replaceChildren(
      ...entries.map(([group, number]) => {
        const item = document.createElement("li");
        const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        mark.setAttribute("viewBox", "0 0 10 10");
        mark.setAttribute("class", "shape");
        mark.setAttribute("aria-hidden", "true");
        const disc = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        for (const [name, value] of Object.entries({ cx: 5, cy: 5, r: 5, fill: group < 0 ? nobody : colourOf(group) })) {
          disc.setAttribute(name, value);
        }
        mark.append(disc);
        const numbered = `${legend.dataset[view.colour] || ""} ${group + 1}`.trim();
        item.append(mark, ` ${group < 0 ? legend.dataset.unknown : words[group] || numbered}, ${number}`);
        return item;
      }),
    );
  };
  paint();

  // Each circle as one disc, of the size of its people, with its ties to others: it opens into them.
  const circles = { graph: null, names: [], at: undefined };
  const drawCircles = () => {
    const count = [];
    for (const node of people) {
      const circle = (count[node.community] ||= { people: 0, x: 0, y: 0, key: node.community });
      circle.people += 1;
      circle.x += node.x;
      circle.y += node.y;
    }
    const found = count.filter((circle) => circle && circle.people > 1).slice(0, Number(place.dataset.most)); // as in the table
    const most = Math.max(...found.map((circle) => circle.people));
    // The map is two units wide and about six hundred points: discs must not lie on one another.
    const room = Math.min(1, Math.sqrt(24 / found.length));
    for (const circle of found) {
      circle.x /= circle.people;
      circle.y /= circle.people;
      circle.size = 5 + 35 * room * Math.sqrt(circle.people / most);
    }
    const reach = Math.max(0.01, ...found.map((circle) => Math.hypot(circle.x, circle.y)));
    for (const circle of found) {
      circle.x /= reach;
      circle.y /= reach;
    }
    for (let step = 0; step < 300; step += 1) {
      let moved = false;
      for (const one of found) {
        for (const other of found) {
          if (one.key >= other.key) continue;
          const [dx, dy] = [other.x - one.x, other.y - one.y];
          const apart = Math.hypot(dx, dy) || 0.001;
          const least = (one.size + other.size + 14) / 300;
          if (apart >= least) continue;
          const go = (least - apart) / 2 / apart;
          one.x -= dx * go;
          one.y -= (dy || 0.001) * go;
          other.x += dx * go;
          other.y += (dy || 0.001) * go;
          moved = true;
        }
      }
      if (!moved) break;
    }
    const made = new SigmaBundle.Graph({ type: "undirected", multi: false });
    for (const circle of found) {
      const label = nameOf(circle.key);
      made.addNode(`c${circle.key}`, { x: circle.x, y: circle.y, size: circle.size, color: colourOf(circle.key), label, registered: true, people: circle.people, ties: 0, zIndex: 1 });
    }
    const ties = (data.circles || []).filter(([one, other]) => made.hasNode(`c${one}`) && made.hasNode(`c${other}`));
    const strongest = Math.max(1, ...ties.map(([, , number]) => number));
    for (const [one, other, number] of ties) {
      for (const end of [one, other]) made.updateNodeAttribute(`c${end}`, "ties", (before) => before + number);
      const share = Math.sqrt(number / strongest);
      made.addEdge(`c${one}`, `c${other}`, { size: 0.5 + 7 * share, color: mixed(token("--line-strong"), ground, 0.25 + 0.5 * share), zIndex: 0 });
    }
    circles.graph = made;
    circles.names = made.nodes();
  };

  const gone = (node) => shownPeople !== null && !shownPeople.has(Number(node));
  const nodeReducer = (node, shown) => {
    if (view.as === "circles") return circles.at === node ? { ...shown, forceLabel: true, zIndex: 2 } : shown;
    if (!shownPeople && !near) return Number(node) === centre ? { ...shown, forceLabel: true } : shown;
    if (gone(node)) return { ...shown, hidden: true };
    if (near && !near.has(Number(node))) return { ...shown, label: "", color: faint };
    return Number(node) === chosen || onWay.has(Number(node)) ? { ...shown, forceLabel: true, zIndex: 2 } : shown;
  };
  const edgeReducer = (edge, shown) => {
    if (view.as === "circles") return shown;
    if (!shownPeople && !near) return shown;
    const ends = graph.extremities(edge);
    const last = until();
    if (ends.some(gone) || (last !== null && (shown.year ?? -1) > last)) return { ...shown, hidden: true };
    if (steps.has(edge)) return { ...shown, color: token("--ink"), size: 3, zIndex: 1 };
    if (near === onWay) return { ...shown, color: faint };
    return near && !ends.every((end) => near.has(Number(end))) ? { ...shown, hidden: true } : shown;
  };

  // Pseudonyms say nothing to who reads them: they stand only where somebody is pointed at.
  const labelled = () => (view.as === "circles" ? 5 : "names" in place.dataset ? 8 * Math.max(crowd, 0.45) : 1e6);
  const written = new Map(); // names that stand on the drawing, and where
  const LETTERS = 12;
  const font = token("--text-font") || "sans-serif";
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = `${LETTERS}px ${font}`;
  const widths = new Map();
  const widthOf = (text) => {
    if (!widths.has(text)) widths.set(text, ruler.measureText(text).width);
    return widths.get(text);
  };
  if (view.as === "circles") drawCircles();
  const drawing = new SigmaBundle.Sigma(circles.graph || graph, place, {
    nodeReducer,
    edgeReducer,
    hideEdgesOnMove: data.edges.length > 8000, // else a large map does not follow the hand
    renderLabels: false, // names are placed here: the largest first, none on another
    defaultDrawNodeHover: (context, shown) => {
      if (!shown.label) return;
      context.font = `${LETTERS}px ${font}`;
      const one = { ...shown, radius: shown.size, forced: true };
      const found = placeNames({ names: [one], width: place.clientWidth, height: place.clientHeight, measure: widthOf, size: LETTERS, wrap: true });
      context.beginPath();
      context.arc(shown.x, shown.y, shown.size + 2, 0, 2 * Math.PI);
      context.strokeStyle = token("--ink");
      context.lineWidth = 2;
      context.stroke();
      for (const box of found.values()) {
        context.fillStyle = ground;
        context.strokeStyle = token("--line-strong");
        context.lineWidth = 1;
        context.beginPath();
        context.rect(box.x - 4, box.y - box.height / 2 - 2, box.width + 8, box.height + 4);
        context.fill();
        context.stroke();
        drawName(context, box, { size: LETTERS, ground, ink: token("--ink") });
      }
    },
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
  const disc = (node, share) => {
    const shown = drawing.getNodeDisplayData(node);
    if (!shown || shown.hidden) return null;
    const radius = drawing.scaleSize(shown.size);
    return { ...drawing.framedGraphToViewport(shown), radius: radius * share, whole: radius };
  };
  const writeNames = () => {
    const circled = view.as === "circles";
    const least = labelled();
    const drawn = drawing.getGraph();
    const few = [chosen, centre, ...onWay].filter((node) => node !== undefined);
    const names = [];
    const discs = [];
    for (const node of circled || least < 1e6 ? drawn.nodes() : new Set(few.map(String))) {
      const shown = drawing.getNodeDisplayData(node);
      if (!shown || shown.hidden) continue;
      const radius = drawing.scaleSize(shown.size);
      const { x, y } = drawing.framedGraphToViewport(shown);
      if (x < -radius || y < -radius || x > place.clientWidth + radius || y > place.clientHeight + radius) continue;
      if (circled) discs.push({ key: node, x, y, radius });
      if (!shown.label || (!shown.forceLabel && radius < least)) continue;
      const short = circled ? String(Number(node.slice(1)) + 1) : "";
      names.push({ key: node, label: shown.label, short, x, y, radius, forced: shown.forceLabel });
    }
    const size = { width: place.clientWidth, height: place.clientHeight, size: LETTERS };
    written.clear();
    const found = placeNames({ ...size, names, discs, measure: widthOf, wrap: circled, pad: circled ? 4 : 8 });
    const context = drawing.getCanvases().labels.getContext("2d");
    context.clearRect(0, 0, place.clientWidth, place.clientHeight);
    context.font = `${LETTERS}px ${font}`;
    for (const [key, box] of found) {
      written.set(key, box);
      drawName(context, box, { size: LETTERS, ground, ink: token("--ink") });
    }
  };
  drawing.on("afterRender", () => {
    writeNames();
    const dense = window.devicePixelRatio || 1;
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, holes.width, holes.height);
    pen.fillStyle = ground;
    if (people.length <= 3000 && view.as !== "circles") {
      graph.forEachNode((node, known) => {
        if (known.registered) return;
        const ring = disc(node, 0.5);
        if (!ring || ring.whole < 5) return;
        pen.beginPath();
        pen.arc(ring.x, ring.y, ring.radius, 0, 2 * Math.PI);
        pen.fill();
      });
    }
    pen.strokeStyle = token("--ink");
    pen.lineWidth = 2;
    for (const node of view.as === "circles" ? [circles.at] : [chosen, neighbour, centre]) {
      const ring = node === undefined ? null : disc(node, 1);
      if (!ring) continue;
      pen.setLineDash(node === neighbour ? [3, 2] : []);
      pen.beginPath();
      pen.arc(ring.x, ring.y, ring.whole + 4, 0, 2 * Math.PI);
      pen.stroke();
    }
  });

  // Who is pointed at or chosen stays, with neighbours; the others step back.
  const around = (node) => new Set([Number(node), ...graph.neighbors(node).map(Number)]);
  drawing.on("enterNode", ({ node }) => {
    if (view.as === "circles") return;
    near = around(node);
    drawing.refresh({ skipIndexation: true });
  });
  drawing.on("leaveNode", () => {
    if (view.as === "circles") return;
    near = usual();
    drawing.refresh({ skipIndexation: true });
  });
  const remember = () => {
    const words = new URLSearchParams(location.search);
    for (const field of fields) {
      if (field.value && field.value !== field.dataset.usual) words.set(field.dataset.view, field.value);
      else words.delete(field.dataset.view);
    }
    if (chosen === undefined) words.delete("person");
    else words.set("person", people[chosen].label);
    const { x, y, ratio } = drawing.getCamera().getState();
    if (Math.hypot(x - 0.5, y - 0.5) < 0.005 && Math.abs(ratio - 1) < 0.01) words.delete("at");
    else words.set("at", [x, y, ratio].map((number) => number.toFixed(3)).join(","));
    const text = words.toString();
    history.replaceState(null, "", location.pathname + (text ? `?${text}` : ""));
  };
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const fly = (node, ratio) => {
    const { x, y } = drawing.getNodeDisplayData(node);
    drawing.getCamera().animate({ x, y, ratio }, { duration: calm ? 0 : 400 });
  };
  const told = document.getElementById("map-told");
  const tell = (other, number, of) => {
    const node = people[chosen];
    const known = { name: node.label, ties: node.ties, circle: node.community + 1, other, number, of };
    const said = other === undefined ? told.dataset.one : told.dataset.neighbour;
    told.textContent = said.replace(/\{(\w+)\}/g, (_, name) => known[name]);
  };
  const choose = (node, { travel = true } = {}) => {
    if (chosen !== undefined) rows.get(chosen)?.removeAttribute("aria-current");
    chosen = node;
    stranger = false;
    neighbour = undefined;
    near = usual();
    if (node !== undefined) {
      rows.get(node)?.setAttribute("aria-current", "true");
      if (travel) fly(node, Math.min(drawing.getCamera().ratio, people.length > 300 ? 0.35 : 0.8));
      if (told) tell();
    } else if (told) told.textContent = "";
    const acts = document.getElementById("map-chosen");
    if (acts) acts.hidden = node === undefined;
    const beyond = document.getElementById("map-around");
    if (beyond && node !== undefined) {
      beyond.href = beyond.dataset.address.replace(/who$/, encodeURIComponent(people[node].id ?? people[node].label));
    }
    if (view.depth) paint();
    remember();
    drawing.refresh({ skipIndexation: true });
  };
  // A circle opens: on this map into its people, of the whole network on a map of its own.
  const openCircle = (node) => {
    const group = Number(node.slice(1));
    if (place.dataset.opens) {
      location.assign(place.dataset.opens.replace("who", group + 1));
      return;
    }
    const field = document.getElementById("map-circle");
    offer(field, group);
    field.value = String(group);
    view.circle = String(group);
    document.getElementById("map-narrow").open = true;
    document.getElementById("map-as").value = "people";
    view.as = "people";
    change();
    const inside = people.filter((one) => one.community === group).map((one) => drawing.getNodeDisplayData(one.key));
    const side = (axis) => [Math.min(...inside.map((one) => one[axis])), Math.max(...inside.map((one) => one[axis]))];
    const [[left, right], [low, high]] = [side("x"), side("y")];
    const ratio = Math.min(1, Math.max(0.1, 1.2 * Math.max(right - left, high - low)));
    drawing.getCamera().animate({ x: (left + right) / 2, y: (low + high) / 2, ratio }, { duration: calm ? 0 : 400 });
    place.focus({ preventScroll: true });
  };
  // What is drawn after a choice: people or circles, in the view from before all.
  const change = () => {
    if (view.as === "circles" && !circles.graph) drawCircles();
    const wanted = view.as === "circles" ? circles.graph : graph;
    circles.at = undefined;
    paint();
    if (drawing.getGraph() !== wanted) {
      if (view.as === "circles") choose(undefined);
      drawing.setGraph(wanted);
      drawing.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
    }
    for (const field of fields) field.disabled = view.as === "circles" && field.dataset.view !== "as";
    place.dataset.circles = view.as === "circles" ? String(circles.names.length) : "";
    remember();
    drawing.refresh();
  };
  drawing.on("clickNode", ({ node }) => {
    if (view.as === "circles") {
      openCircle(node);
      return;
    }
    choose(Number(node), { travel: false });
    const row = rows.get(Number(node));
    const box = row?.closest(".table");
    if (box) box.scrollTop = row.offsetTop - box.clientHeight / 2;
  });
  drawing.on("clickStage", () => choose(undefined));

  // The keyboard: arrows turn among the neighbours of who is chosen, Enter walks to one, Escape ends.
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (view.as === "circles" && (step || event.key === "Enter")) {
      event.preventDefault();
      if (!step) {
        if (circles.at !== undefined) openCircle(circles.at);
        return;
      }
      const all = circles.names;
      const at = all.indexOf(circles.at);
      circles.at = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length];
      const known = { ...circles.graph.getNodeAttributes(circles.at) };
      known.name = known.label;
      told.textContent = told.dataset.circle.replace(/\{(\w+)\}/g, (_, name) => known[name]);
      drawing.refresh({ skipIndexation: true });
    } else if (step) {
      event.preventDefault();
      if (chosen === undefined) {
        const best = people.reduce((a, b) => (!gone(b.key) && (a === null || b.ties > a.ties) ? b : a), null);
        if (best) choose(best.key);
        return;
      }
      const { x, y } = people[chosen];
      const turn = (node) => Math.atan2(people[node].y - y, people[node].x - x);
      const all = graph.neighbors(chosen).map(Number).filter((node) => !gone(node)).sort((a, b) => turn(a) - turn(b));
      if (!all.length) return;
      const at = all.indexOf(neighbour);
      const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length;
      neighbour = all[next];
      tell(people[neighbour].label, next + 1, all.length);
      drawing.refresh({ skipIndexation: true });
    } else if (event.key === "Enter" && neighbour !== undefined) {
      event.preventDefault();
      choose(neighbour);
    } else if (event.key === "Escape") choose(undefined);
    else if (event.key === "+" || event.key === "=") drawing.getCamera().animatedZoom({ duration: calm ? 0 : 200 });
    else if (event.key === "-") drawing.getCamera().animatedUnzoom({ duration: calm ? 0 : 200 });
  });

  if (tools) {
    tools.hidden = false;
    const narrowed = document.getElementById("map-narrow");
    narrowed.open = [...narrowed.querySelectorAll("[data-view]")].some((field) => field.value !== "");
    tools.addEventListener("submit", (event) => event.preventDefault());
    for (const field of fields) {
      // A slider paints while it is dragged, too.
      field.addEventListener(field.type === "range" ? "input" : "change", () => {
        view[field.dataset.view] = field.value;
        change();
      });
    }
    const find = document.getElementById("map-find");
    find.addEventListener("change", () => {
      const text = find.value.trim().toLowerCase();
      if (!text) return;
      const exact = byLabel.get(text);
      const node = exact ?? people.find((one) => one.label.toLowerCase().includes(text))?.key;
      find.setCustomValidity(node === undefined ? find.dataset.nobody : "");
      find.reportValidity();
      if (node !== undefined) choose(node);
    });
    find.addEventListener("input", () => find.setCustomValidity(""));
    document.getElementById("map-whole").addEventListener("click", () => {
      choose(undefined);
      drawing.getCamera().animatedReset({ duration: calm ? 0 : 400 });
    });
    document.getElementById("map-png").addEventListener("click", () => {
      drawing.refresh();
      const layers = drawing.getCanvases();
      const whole = document.createElement("canvas");
      whole.width = layers.nodes.width;
      whole.height = layers.nodes.height;
      const brush = whole.getContext("2d");
      brush.fillStyle = ground;
      brush.fillRect(0, 0, whole.width, whole.height);
      for (const name of ["edges", "nodes", "holes", "labels"]) if (layers[name]) brush.drawImage(layers[name], 0, 0);
      const link = document.createElement("a");
      link.download = `${place.dataset.name}.png`;
      whole.toBlob((picture) => {
        link.href = URL.createObjectURL(picture);
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      });
    });
  }
  // Whoever is chosen can be an end of the way that is asked for; with both ends it is looked for.
  for (const button of document.querySelectorAll("#map-chosen [data-end]")) {
    button.addEventListener("click", () => {
      if (chosen === undefined) return;
      const ends = ["from", "to"].map((name) => document.getElementById(`way-${name}`));
      document.getElementById("map-way").open = true;
      const own = ends.find((end) => end.name === button.dataset.end);
      const further = ends.find((end) => end !== own);
      own.value = people[chosen].label;
      if (further.value && further.value !== own.value) own.form.requestSubmit();
      else further.focus();
    });
  }
  for (const [key, row] of rows) {
    row.classList.add("finds");
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a, button")) choose(key);
    });
  }
  if (wantedPerson && chosen === undefined && told) told.textContent = document.getElementById("map-find")?.dataset.nobody || "";
  drawing.scheduleRender();
  // The address says where the camera stands, if it was moved.
  const seen = (asked.get("at") || "").split(",").map(Number);
  const placed = seen.length === 3 && seen.every(Number.isFinite) && seen[2] > 0;
  if (placed) drawing.getCamera().setState({ x: seen[0], y: seen[1], ratio: seen[2] });
  if (view.as === "circles") change();
  else if (chosen !== undefined) choose(chosen, { travel: !placed });
  let resting;
  drawing.getCamera().on("updated", () => {
    clearTimeout(resting);
    resting = setTimeout(remember, 400);
  });
  if (onWay.size) {
    near = onWay;
    drawing.refresh({ skipIndexation: true });
  }
  // Until the page's letters are there, names are as wide as another font has them.
  document.fonts.ready.then(() => {
    widths.clear();
    drawing.refresh({ skipIndexation: true });
  });
  place.dataset.milliseconds = String(Math.round(performance.now() - began));
  place.dataset.drawn = String(graph.order);
  place.dispatchEvent(new CustomEvent("map:drawn", { detail: { drawing, written, ground, ink: token("--ink"), font } }));
})();
