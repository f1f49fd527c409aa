// Answers by a key each, for who has many to give; switched on by a checkbox, since a key that acts
// by itself is in the way of who reads by keyboard (WCAG 2.1.4). The choice is kept in this browser.
(() => {
  const form = document.getElementById("answers");
  const keys = document.getElementById("keys");
  if (!form || !keys) return;
  keys.closest("label").hidden = false;
  keys.checked = localStorage.getItem("answer-keys") === "on";
  keys.addEventListener("change", () => {
    localStorage.setItem("answer-keys", keys.checked ? "on" : "off");
  });
  document.addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) return;
    const button = form.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button) button.click();
  });
})();
