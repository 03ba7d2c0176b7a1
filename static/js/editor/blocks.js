// Several lines at once: chosen by their numbers or with the keyboard, then copied, cut, moved, doubled, dragged or removed.

import { h } from "./dom.js";
import { add, move, remove } from "./model.js";
import { SaveBlock } from "./step-blocks.js";
import { MIME, asText, copies, packed, unpacked } from "./steps.js";

/** On an Apple keyboard these keys walk through a text word by word: there they indent only what is chosen. */
const WORD_BY_WORD = /Mac|iP/.test(navigator.platform);

export class Blocks {
  constructor(outline) {
    Object.assign(this, { outline, model: outline.model, t: outline.t });
    this.chosen = new Set();
    this.anchor = "";
    const command = (text, run) => h("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: run }, this.t(text));
    this.saving = new SaveBlock(this);
    this.count = h("span", { class: "block-count", role: "status" });
    this.bar = h(
      "div",
      { class: "block-bar", role: "toolbar", "aria-label": this.t("chosen steps"), hidden: true },
      this.count,
      command("copy", () => this.toClipboard("copy")),
      command("cut", () => this.toClipboard("cut")),
      command("double", () => this.double()),
      command("block up", () => this.shift(-1)),
      command("block down", () => this.shift(1)),
      command("make sub-process", () => this.askTitle()),
      command("save block", () => this.askName()),
      command("remove chosen", () => this.removeAll()),
      command("choose none", () => this.clear()),
      this.titleForm(),
      this.saving.form,
    );
    for (const name of ["copy", "cut"]) outline.addEventListener(name, (event) => this.carry(event));
    outline.addEventListener("keydown", (event) => this.key(event), { capture: true });
    this.dragging();
  }

  /** The chosen steps in the order of the text. */
  get keys() {
    return this.model.steps.map((step) => step.key).filter((key) => this.chosen.has(key));
  }

  /** The title of the sub-process that the chosen steps become. */
  titleForm() {
    this.title = h("input", { maxlength: "300", autocomplete: "off", required: true, "aria-label": this.t("sub-process title"), placeholder: this.t("sub-process title") });
    this.maker = h("button", { class: "btn btn-primary btn-sm" }, this.t("make it"));
    this.form = h("form", { class: "block-title", hidden: true, onsubmit: (event) => this.makeSubprocess(event) }, this.title, this.maker);
    return this.form;
  }

  askTitle() {
    this.saving.close();
    this.form.hidden = false;
    this.title.focus();
  }

  askName() {
    this.form.hidden = true;
    this.saving.open();
  }

  /** The title stays to be sent again where it was not taken. */
  async makeSubprocess(event) {
    event.preventDefault();
    this.maker.disabled = true;
    const standing = await this.outline.editor.divide(this.keys, this.title.value);
    this.maker.disabled = false;
    if (!standing) return this.title.focus();
    this.clear();
    this.outline.focusStep(standing);
  }

  // Choosing

  choose(key, { range = false } = {}) {
    if (range && this.anchor) this.upTo(key);
    else {
      this.chosen.has(key) ? this.chosen.delete(key) : this.chosen.add(key);
      this.anchor = key;
    }
    this.show();
  }

  upTo(key) {
    const order = this.model.steps.map((step) => step.key);
    const [low, high] = [order.indexOf(this.anchor), order.indexOf(key)].sort((a, b) => a - b);
    this.chosen = new Set(order.slice(Math.max(0, low), high + 1));
  }

  /** Everything from one step to another. */
  run(first, last) {
    this.anchor = first;
    this.upTo(last);
    this.show();
    this.outline.focusStep(first);
  }

  /** Nothing is chosen any more; who was in the bar that now goes is led back to the first step of the choice. */
  clear() {
    const [first] = this.keys;
    const within = this.bar.contains(document.activeElement);
    this.form.hidden = true;
    this.title.value = "";
    this.saving.close();
    this.chosen.clear();
    this.anchor = "";
    this.show();
    if (within) this.outline.focusStep(first);
  }

  /** After each change of the text too: what was removed is no longer chosen. */
  show() {
    const { keys } = this;
    this.chosen = new Set(keys);
    this.bar.hidden = !keys.length;
    this.count.textContent = keys.length ? this.t("chosen", { count: keys.length }) : "";
    for (const [key, line] of this.outline.lines) line.choose(this.chosen.has(key));
  }

  /** Shift+Alt+arrow stretches the choice, Escape ends it; Alt+→ indents: the chosen steps, or this one, become a sub-process. */
  key(event) {
    const line = this.outline.lines.get(event.target.closest(".line")?.dataset.key);
    if (event.key === "Escape" && this.chosen.size) {
      event.preventDefault();
      event.stopPropagation();
      return this.clear();
    }
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (way && event.shiftKey && event.altKey && line?.step) {
      event.preventDefault();
      event.stopPropagation();
      this.stretch(line, way);
    } else if (event.key === "ArrowRight" && event.altKey && !event.shiftKey && (this.chosen.size || (line?.step && !WORD_BY_WORD))) {
      event.preventDefault(); // the browser would leave the page
      event.stopPropagation();
      if (!this.chosen.size) this.choose(line.key);
      this.askTitle();
    } else if (["Delete", "Backspace"].includes(event.key) && this.chosen.size && event.target.matches(".line-number")) {
      event.preventDefault();
      this.removeAll();
    }
  }

  stretch(line, way) {
    if (!this.chosen.size) {
      this.anchor = line.key;
      this.chosen.add(line.key);
    } else {
      const next = this.model.steps[this.model.number(line.key) - 1 + way];
      if (!next) return;
      this.upTo(next.key);
      this.outline.focusStep(next.key);
    }
    this.show();
    this.outline.editor.tell(this.t("chosen", { count: this.chosen.size }));
  }

  // Carrying

  /** Copies what is chosen, unless a part of a text is marked. */
  carry(event) {
    const { target } = event;
    const marked = "selectionStart" in target && target.selectionStart !== target.selectionEnd;
    if (!this.chosen.size || marked) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", asText(this.model, this.keys));
    event.clipboardData.setData(MIME, packed(this.model, this.keys));
    this.outline.editor.tell(this.t(event.type === "cut" ? "cut away" : "copied", { count: this.chosen.size }));
    if (event.type === "cut") this.removeAll();
  }

  /** The buttons: the browser then asks for the data as with the keys. */
  toClipboard(name) {
    const first = this.outline.lines.get(this.keys[0]);
    first?.number.focus();
    document.execCommand(name);
  }

  /** Steps from the clipboard, put below a line. Whether there were any. */
  paste(data, after) {
    const carried = unpacked(data.getData(MIME));
    if (!carried) return false;
    this.insert(carried, after);
    return true;
  }

  double() {
    const { keys } = this;
    if (keys.length) this.insert(unpacked(packed(this.model, keys)), keys.at(-1));
  }

  insert(carried, after) {
    const { typing } = this.outline;
    this.model.together(() => {
      const roleOf = (title) => {
        const { key, operations } = typing.role(title);
        this.outline.edit(operations);
        return key;
      };
      const made = copies(carried, roleOf, (key) => Boolean(this.model.step(key)));
      made.forEach((step, n) => this.outline.edit([add("steps", step, n ? made[n - 1].key : after)]));
      this.chosen = new Set(made.map((step) => step.key));
      this.anchor = made[0].key;
    });
    this.show();
    this.outline.focusStep(this.keys.at(-1));
  }

  // Changing

  removeAll() {
    const { keys } = this;
    const next = this.model.steps.find((step, n) => n > this.model.number(keys.at(-1)) - 1 && !this.chosen.has(step.key));
    this.outline.edit(keys.map((key) => remove("steps", key)));
    this.clear();
    this.outline.editor.tell(this.t("chosen removed", { count: keys.length }));
    next ? this.outline.focusStep(next.key) : this.outline.ghost.name.focus();
  }

  shift(way) {
    const order = this.model.steps.map((step) => step.key);
    const { keys } = this;
    const place = way < 0 ? order.indexOf(keys[0]) - 1 : order.indexOf(keys.at(-1)) + 1;
    if (place < 0 || place >= order.length) return;
    this.moveBeside(keys, order[place], way > 0);
  }

  /** Moves these steps, in their order, above or below another one. */
  moveBeside(keys, beside, below) {
    const rest = this.model.steps.map((step) => step.key).filter((key) => !keys.includes(key));
    const place = rest.indexOf(beside);
    if (place < 0) return;
    let after = below ? beside : (rest[place - 1] ?? "");
    const operations = keys.map((key) => {
      const operation = move("steps", key, after);
      after = key;
      return operation;
    });
    this.outline.edit(operations);
    this.outline.editor.tell(this.t("moved to", { number: this.model.number(keys[0]) }));
  }

  // Dragging by the number

  dragging() {
    const { outline } = this;
    const lineAt = (event) => outline.lines.get(event.target.closest?.(".line")?.dataset.key);
    const unmark = () => outline.querySelectorAll(".drop-above, .drop-below").forEach((one) => one.classList.remove("drop-above", "drop-below"));
    const isBelow = (event, { element }) => {
      const { top, height } = element.getBoundingClientRect();
      return event.clientY > top + height / 2;
    };
    outline.addEventListener("dragstart", (event) => {
      const line = lineAt(event);
      if (!line?.step || !event.target.matches?.(".line-number")) return;
      this.dragged = this.chosen.has(line.key) ? this.keys : [line.key];
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", asText(this.model, this.dragged));
    });
    outline.addEventListener("dragover", (event) => {
      const line = this.dragged && lineAt(event);
      if (!line?.step || this.dragged.includes(line.key)) return;
      event.preventDefault();
      unmark();
      line.element.classList.add(isBelow(event, line) ? "drop-below" : "drop-above");
    });
    outline.addEventListener("drop", (event) => {
      const line = this.dragged && lineAt(event);
      if (!line?.step) return;
      event.preventDefault();
      this.moveBeside(this.dragged, line.key, isBelow(event, line));
    });
    outline.addEventListener("dragend", () => {
      this.dragged = null;
      unmark();
    });
  }
}
