// Building elements: no markup in strings, so that typed text can never become markup.

/** An element with attributes (or properties for `on…` listeners, booleans and `dataset`) and children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Writes text into an input only where it differs, and keeps the caret of the one being typed in. */
export function show(input, text) {
  if (input.value === text) return;
  const caret = document.activeElement === input ? input.selectionStart : null;
  input.value = text;
  if (caret !== null) input.setSelectionRange(Math.min(caret, text.length), Math.min(caret, text.length));
}

/** A textarea as high as its text. The text is repeated behind it (CSS `.grow::after`), so no style is written. */
export function grow(textarea) {
  const box = h("div", { class: "grow" }, textarea);
  const copy = () => {
    box.dataset.text = textarea.value;
  };
  textarea.addEventListener("input", copy);
  return { box, copy };
}

/** The texts of the page by name; `{name}` is filled in. */
export function translator(texts) {
  return (name, values = {}) => (texts[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

/** The JSON that the page carries under this id. */
export function carried(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

/** Focuses a text field with the caret at its end (or where told). */
export function focusAt(input, caret = input.value.length) {
  input.focus();
  input.setSelectionRange(caret, caret);
}
