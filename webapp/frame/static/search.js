// Offers people and things while one types: an editable combobox with a list box (ARIA Authoring
// Practices, "Editable Combobox With List Autocomplete"), for the search box and for every field
// that asks who is meant. Without it the forms work.
"use strict";

(() => {
  const combobox = (input, address, choose) => {
    if (input.getAttribute("role") === "combobox") return;
    const list = document.createElement("ul");
    list.id = `${input.id}-offers`;
    list.className = "offers";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.getAttribute("aria-label") || input.labels[0]?.textContent || "");
    list.hidden = true;
    // How many there are is said by a live region: a list that appears is not announced by itself.
    const status = document.createElement("span");
    status.className = "only-heard";
    status.setAttribute("role", "status");
    input.after(list, status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    let offered = [];
    let chosen = -1;
    let asked = 0;
    let timer = 0;

    const close = () => {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };

    const mark = (place) => {
      chosen = place;
      [...list.children].forEach((option, i) => {
        option.setAttribute("aria-selected", i === place ? "true" : "false");
        if (i === place) option.scrollIntoView({ block: "nearest" });
      });
      if (place >= 0) input.setAttribute("aria-activedescendant", list.children[place].id);
      else input.removeAttribute("aria-activedescendant");
    };

    const take = (place) => {
      const offer = offered[place];
      close();
      asked++; // an answer that is still on its way offers nothing any more
      choose(offer);
    };

    const show = ({ offers, said }) => {
      offered = offers;
      status.textContent = said;
      list.replaceChildren(
        ...offers.map((offer, i) => {
          const option = document.createElement("li");
          option.id = `${input.id}-offer-${i}`;
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          const text = document.createElement("span");
          text.textContent = offer.text;
          const about = document.createElement("span");
          about.className = "quiet";
          about.textContent = offer.about;
          option.append(text, " ", about);
          return option;
        }),
      );
      chosen = -1;
      list.hidden = offers.length === 0;
      input.setAttribute("aria-expanded", String(offers.length > 0));
    };

    const ask = async () => {
      const mine = ++asked;
      const text = input.value.trimStart(); // a space at the end says that the last word is whole
      if (text.length < 2) {
        status.textContent = "";
        return close();
      }
      try {
        const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, {
          headers: { Accept: "application/json" },
        });
        // A slower answer to fewer letters must not replace a newer one.
        if (answer.ok && mine === asked && document.activeElement === input) show(await answer.json());
      } catch {
        close(); // offline: the form itself will say so
      }
    };

    input.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, 120);
    });
    input.addEventListener("keydown", (event) => {
      const last = list.children.length - 1;
      if (event.isComposing) return;
      if (event.key === "ArrowDown" && !list.hidden) mark(chosen < last ? chosen + 1 : 0);
      else if (event.key === "ArrowUp" && !list.hidden) mark(chosen > 0 ? chosen - 1 : last);
      else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && list.hidden) ask();
      else if (event.key === "Escape" && !list.hidden) close();
      else if (event.key === "Enter" && chosen >= 0) take(chosen);
      else return;
      event.preventDefault();
    });
    // The list must not take the focus, or the box would close it before the click arrives.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) take([...list.children].indexOf(option));
    });
    input.addEventListener("blur", close);
  };

  const box = document.getElementById("search");
  if (box?.dataset.suggest) {
    combobox(box, box.dataset.suggest, (offer) => window.location.assign(offer.href));
  }

  // Whoever is chosen stands as a marked choice above the field, as after a round without JavaScript.
  for (const input of document.querySelectorAll("input[data-whom]")) {
    const chosen = document.getElementById(input.dataset.list);
    combobox(input, input.dataset.whom, (offer) => {
      const one = input.dataset.kind === "radio";
      if (one) chosen.replaceChildren();
      for (const mark of chosen.querySelectorAll("input")) if (mark.value === offer.id) mark.closest("li").remove();
      const row = document.createElement("li");
      const label = document.createElement("label");
      const mark = document.createElement("input");
      mark.type = input.dataset.kind;
      mark.name = `${input.name}-id`;
      mark.value = offer.id;
      mark.checked = true;
      const text = document.createElement("span");
      const about = document.createElement("span");
      about.className = "quiet small";
      about.textContent = offer.about;
      text.append(offer.text, " ", about);
      label.append(mark, " ", text);
      row.append(label);
      chosen.append(row);
      input.value = "";
      document.getElementsByName(`${input.name}-for`)[0].value = "";
    });
  }
})();
