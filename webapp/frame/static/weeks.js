/* The plan of a week: sessions are moved by dragging, by their handle on a touch screen, and by Alt
   and an arrow on their title. All fill in the one form of the page and send it; without this script
   a session's own page does. */
(function () {
  "use strict";
  const grid = document.getElementById("week-grid");
  const form = document.getElementById("week-move");
  if (!grid || !form) return;
  const columns = JSON.parse(grid.dataset.columns);
  let dragged = null;

  function send(session, at, column) {
    form.elements.event.value = session.dataset.session;
    form.elements.at.value = at;
    form.elements.column.value = column;
    form.submit();
  }

  function lit(field) {
    grid.querySelectorAll(".week-over").forEach((other) => other.classList.remove("week-over"));
    if (field) field.classList.add("week-over");
  }

  // A finger that rests on a session begins a drag in some browsers; whoever only scrolls would
  // move it. By touch there is the handle.
  let finger = false;
  grid.addEventListener("pointerdown", (event) => { finger = event.pointerType === "touch"; }, true);

  grid.addEventListener("dragstart", (event) => {
    if (finger) event.preventDefault();
    dragged = finger ? null : event.target.closest("[data-session]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.session);
    dragged.classList.add("week-dragged");
  });
  grid.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("week-dragged");
    lit(null);
    dragged = null;
  });
  grid.addEventListener("dragover", (event) => {
    const field = event.target.closest("td[data-column]");
    if (!dragged || !field) return;
    event.preventDefault();
    lit(field);
  });
  grid.addEventListener("drop", (event) => {
    const field = event.target.closest("td[data-column]");
    if (!dragged || !field) return;
    event.preventDefault();
    send(dragged, field.dataset.at, field.dataset.column);
  });

  // By touch: the handle of a session, which scrolls nothing, is pulled to a field. Near an edge of
  // what is seen, page and table go along for as long as the finger is there.
  const table = grid.closest(".table");
  const edge = 60, pace = 10;
  let pulled = null, pointer = 0, at = null, moved = false;

  function field() {
    // A finger that is past the side of the table means the column there.
    const box = table.getBoundingClientRect();
    const x = Math.min(Math.max(at.clientX, box.left + 2), box.right - 2);
    const there = document.elementFromPoint(x, at.clientY);
    return there && there.closest("#week-grid td[data-column]");
  }

  function along() {
    if (!pulled) return;
    requestAnimationFrame(along);
    if (!moved) return;
    if (at.clientY < edge) window.scrollBy(0, -pace);
    else if (at.clientY > window.innerHeight - edge) window.scrollBy(0, pace);
    const box = table.getBoundingClientRect();
    if (at.clientX < Math.max(box.left, 0) + edge) table.scrollLeft -= pace;
    else if (at.clientX > Math.min(box.right, window.innerWidth) - edge) table.scrollLeft += pace;
    lit(field());
  }

  function release() {
    if (pulled) pulled.classList.remove("week-dragged");
    lit(null);
    pulled = null;
  }

  grid.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".week-handle");
    if (!handle || event.pointerType === "mouse" || pulled) return;
    event.preventDefault();
    pulled = handle.closest("[data-session]");
    pointer = event.pointerId;
    at = event;
    moved = false;
    pulled.classList.add("week-dragged");
    handle.setPointerCapture(pointer);
    requestAnimationFrame(along);
  });
  grid.addEventListener("pointermove", (event) => {
    if (!pulled || event.pointerId !== pointer) return;
    at = event;
    moved = true;
  });
  grid.addEventListener("pointerup", (event) => {
    if (!pulled || event.pointerId !== pointer) return;
    at = event;
    const session = pulled, there = field();
    release();
    if (there && there !== session.closest("td")) send(session, there.dataset.at, there.dataset.column);
  });
  grid.addEventListener("pointercancel", (event) => {
    if (event.pointerId === pointer) release();
  });

  function later(moment, minutes) {
    const at = new Date(moment + ":00Z"); // a wall clock: no zone of this browser has a say in it
    at.setUTCMinutes(at.getUTCMinutes() + minutes);
    return at.toISOString().slice(0, 16);
  }

  grid.addEventListener("keydown", (event) => {
    const session = event.target.closest("[data-session]");
    if (!session || !event.altKey) return;
    const starts = session.dataset.starts;
    const here = session.closest("td").dataset.column;
    const by = { ArrowUp: [-30, 0], ArrowDown: [30, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (!(event.key in by)) return;
    const [minutes, step] = by[event.key];
    const at = later(starts, minutes);
    const column = step ? columns[columns.indexOf(here) + step] : here || "";
    event.preventDefault();
    if (column !== undefined && at.slice(0, 10) === starts.slice(0, 10)) send(session, at, column);
  });

  // Where a session was moved to, its reader goes on: after the browser has gone to its address.
  const there = location.hash.startsWith("#session-")
    && document.getElementById(location.hash.slice(1));
  const go = () => setTimeout(() => there.querySelector("a").focus(), 0);
  if (there && document.readyState === "complete") go();
  else if (there) window.addEventListener("load", go);
})();
