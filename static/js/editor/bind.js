// Fields of the page tied to places of the document: shown when it changes, written when one types.

import { show } from "./dom.js";
import { set, valueAt } from "./model.js";

const LINES = {
  read: (value) => (value ?? []).join("\n"),
  write: (text) => text.split("\n").map((line) => line.trim().slice(0, 300)).filter(Boolean),
};
const TEXT = { read: (value) => value ?? "", write: (text) => text };

export class Bindings {
  constructor(editor) {
    this.editor = editor;
    this.bound = [];
  }

  /** `lines`: the value is a list, one entry per line. `copy` is called after a text was shown (see `grow`). */
  bind(input, target, { lines = false, copy = () => {} } = {}) {
    const way = lines ? LINES : TEXT;
    const write = () => {
      const value = input.type === "checkbox" ? input.checked : way.write(input.value);
      this.editor.edit([set(target, value)]);
    };
    input.addEventListener(input.type === "checkbox" || input.tagName === "SELECT" ? "change" : "input", write);
    const entry = { input, target, way, copy, lines };
    this.bound.push(entry);
    this.show(entry);
    return input;
  }

  show({ input, target, way, copy, lines }) {
    const value = valueAt(this.editor.model.definition, target);
    if (value === undefined) return;
    if (input.type === "checkbox") input.checked = value;
    // A list field in which one types keeps its empty last line.
    else if (!(lines && document.activeElement === input)) show(input, way.read(value));
    copy();
  }

  update() {
    this.bound.forEach((entry) => this.show(entry));
  }
}
