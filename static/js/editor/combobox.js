// A text field that offers what is known already: the list pattern of WAI-ARIA, with the keyboard.

import { h } from "./dom.js";

const SHOWN = 8;
let count = 0;

/** Wraps `input`; `options()` gives the texts to offer, best first; `pick(text)` is told what was chosen or typed. */
export function combobox(input, { options, pick }) {
  const id = `offers-${(count += 1)}`;
  const list = h("ul", { class: "offers", role: "listbox", id, hidden: true });
  const box = h("div", { class: "combo" }, input, list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false" })) {
    input.setAttribute(name, value);
  }
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (text) => {
    input.value = text;
    close();
    pick(text);
  };
  const mark = (n) => {
    active = (n + list.children.length) % list.children.length;
    [...list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === active)));
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const open = (all = false) => {
    const typed = all ? "" : input.value.trim().toLocaleLowerCase();
    const found = options().filter((text) => text.toLocaleLowerCase().includes(typed)).slice(0, SHOWN);
    list.replaceChildren(
      ...found.map((text, n) =>
        h("li", { role: "option", id: `${id}-${n}`, "aria-selected": "false", onpointerdown: (event) => (event.preventDefault(), choose(text)) }, text),
      ),
    );
    const onlyItself = found.length === 1 && found[0].toLocaleLowerCase() === typed;
    if (!found.length || onlyItself) return close();
    list.hidden = false;
    active = -1;
    input.setAttribute("aria-expanded", "true");
  };

  input.addEventListener("input", () => open());
  input.addEventListener("blur", () => {
    close();
    pick(input.value);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.altKey && (!list.hidden || event.key === "ArrowDown")) {
      event.preventDefault();
      event.stopPropagation();
      if (list.hidden) open(true);
      if (!list.hidden) mark(active < 0 && step < 0 ? -1 : active + step);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    } else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) {
      choose(list.children[active].textContent);
    }
  });
  return box;
}
