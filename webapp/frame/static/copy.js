// Buttons that copy a field: hidden until a script runs, for without one the field can be selected.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  if (!field || !navigator.clipboard) continue;
  button.hidden = false;
  const label = button.innerHTML;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select(); // the browser does not allow it: then the keyboard will
      return;
    }
    button.textContent = button.dataset.copied;
    window.setTimeout(() => (button.innerHTML = label), 2000);
  });
}
