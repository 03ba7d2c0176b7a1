// A text field that offers what is known already: the list pattern of WAI-ARIA, with the keyboard.

import { h } from "./dom.js";

const SHOWN = 8;
let count = 0;

/**
 * Wraps `input`; `options(typed)` gives what to offer, best first, at once or later: texts, or {text, note} with more about them.
 * `pick(text, option)` is told what was chosen, or, without an option, what was typed.
 */
export function combobox(input, { options, pick }) {
  const id = `offers-${(count += 1)}`;
  const list = h("ul", { class: "offers", role: "listbox", id, hidden: true });
  const box = h("div", { class: "combo" }, input, list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false" })) {
    input.setAttribute(name, value);
  }
  let active = -1;
  let found = [];

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (option) => {
    input.value = textOf(option);
    close();
    pick(input.value, option);
  };
  const mark = (n) => {
    active = (n + list.children.length) % list.children.length;
    [...list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === active)));
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const open = async (all = false) => {
    const typed = all ? "" : input.value.trim().toLocaleLowerCase();
    const known = await options(typed);
    if (document.activeElement !== input || (!all && typed !== input.value.trim().toLocaleLowerCase())) return; // typed on meanwhile
    found = known.filter((option) => textOf(option).toLocaleLowerCase().includes(typed)).slice(0, SHOWN);
    list.replaceChildren(
      ...found.map((option, n) =>
        h(
          "li",
          { role: "option", id: `${id}-${n}`, "aria-selected": "false", onpointerdown: (event) => (event.preventDefault(), choose(option)) },
          textOf(option),
          option.note ? h("small", { class: "offer-note" }, option.note) : null,
        ),
      ),
    );
    const onlyItself = found.length === 1 && !found[0].note && textOf(found[0]).toLocaleLowerCase() === typed;
    if (!found.length || onlyItself) return close();
    list.hidden = false;
    active = -1;
    input.setAttribute("aria-expanded", "true");
    list.scrollIntoView({ block: "nearest" }); // in a dialog it would be cut off
  };

  input.addEventListener("input", () => open());
  input.addEventListener("blur", () => {
    close();
    pick(input.value);
  });
  input.addEventListener("keydown", async (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.altKey && (!list.hidden || event.key === "ArrowDown")) {
      event.preventDefault();
      event.stopPropagation();
      if (list.hidden) await open(true);
      if (!list.hidden) mark(active < 0 && step < 0 ? -1 : active + step);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // a dialog around it stays open
      event.stopPropagation();
      close();
    } else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) {
      choose(found[active]);
    }
  });
  return box;
}

const textOf = (option) => option.text ?? option;
