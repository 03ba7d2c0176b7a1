// Drawing by hand: a step is edited where it stands in the chart, followed by another, branched, and joined by dragging to another.
// Every gesture is an operation on the one document, so that the text changes with it and undo takes it back.

import { focusAt, h } from "./dom.js";
import { blankFlow, newKey, remove, set } from "./model.js";

const FAR = 6; // px before a press becomes a drag
const NS = "http://www.w3.org/2000/svg";

export class ByHand {
  constructor(editor, view) {
    Object.assign(this, { editor, model: editor.model, typing: editor.typing, t: editor.t, frame: view.frame, canvas: view.box });
    this.card = h("div", { class: "node-card", role: "group", hidden: true, onkeydown: (event) => this.key(event) });
    this.hint = h("p", { class: "connect-hint", role: "status", hidden: true });
    this.frame.append(this.card, this.hint);
    this.canvas.addEventListener("dragstart", (event) => event.preventDefault());
    this.dragging();
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.from && this.stop());
    document.addEventListener("pointerdown", (event) => !this.frame.contains(event.target) && this.close());
    this.canvas.addEventListener("scroll", () => this.place(), { passive: true });
  }

  // What was clicked

  /** A click or Enter in the chart; whether something was done. */
  click(event) {
    const node = event.target.closest(".step");
    if (this.dragged) return true;
    if (this.from) return node ? this.connect(this.from, node.dataset.step) : this.stop(), true;
    const flow = event.target.closest(".flow");
    if (node) return this.open(node.dataset.step), true;
    if (flow) return this.openFlow(flow), true;
    this.close();
    return false;
  }

  open(key) {
    const step = this.model.step(key);
    if (!step) return;
    this.anchor = `node-${key}`;
    const number = this.model.number(key);
    const name = h("textarea", { rows: "2", maxlength: "300", "aria-label": this.t("step number", { number }), oninput: () => this.editor.edit([set(`steps/${key}/name`, name.value)]) });
    name.value = step.name;
    name.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.editor.edit(this.typing.read(this.model.step(key), name.value));
      this.close(true);
    });
    const actions = step.kind === "end" ? [] : [["add after", () => this.addAfter(key)], ["branch here", () => this.branch(key)], ["connect", () => this.start(key)]];
    this.show(this.t("step number", { number }), name, [...actions, ["details", () => this.inText(key, { details: true })], ["in the text", () => this.inText(key)], ["remove step", () => this.removeStep(key)]]);
    focusAt(name);
    this.card.scrollIntoView({ block: "nearest" });
  }

  /** An arrow: its text, and taking it away. */
  openFlow(element) {
    const { source, target } = element.dataset;
    const key = element.id.slice("flow-".length).replace(/\.\d+$/, "");
    const flow = this.model.step(source)?.flows.find((one) => one.key === key);
    this.anchor = element.id;
    const numbers = { source: this.model.number(source), target: this.model.number(target) };
    const label = h("input", { maxlength: "300", autocomplete: "off", "aria-label": this.t("text of arrow"), placeholder: this.t("condition") });
    label.value = flow?.label ?? "";
    const write = () => this.label(source, target, key, label.value.trim());
    label.addEventListener("change", write);
    label.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && (write(), this.close()));
    this.show(this.t("arrow from to", numbers), label, [["remove arrow", () => this.removeFlow(source, key)]]);
    focusAt(label);
  }

  // The card

  show(title, field, actions) {
    const button = ([text, run]) => h("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: run }, this.t(text));
    const close = h("button", { type: "button", class: "node-card-close", "aria-label": this.t("close details"), onclick: () => this.close(true) }, "×");
    this.card.replaceChildren(close, field, h("div", { class: "node-card-actions" }, ...actions.map(button)));
    this.card.setAttribute("aria-label", title);
    this.card.hidden = false;
    this.place();
  }

  /** Below what it belongs to, or above where there is no room; gone with it. */
  place() {
    if (this.card.hidden) return;
    const target = document.getElementById(this.anchor);
    if (!target) return this.close();
    const [at, frame] = [target.getBoundingClientRect(), this.frame.getBoundingClientRect()];
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const left = Math.min(Math.max(4, at.left - frame.left + at.width / 2 - width / 2), Math.max(4, frame.width - width - 4));
    const below = at.bottom - frame.top + 6;
    const top = below + height > frame.height ? Math.max(4, at.top - frame.top - height - 6) : below;
    this.card.style.setProperty("left", `${left}px`);
    this.card.style.setProperty("top", `${Math.max(4, top)}px`);
  }

  close(back = false) {
    if (this.card.hidden) return;
    this.card.hidden = true;
    if (back) document.getElementById(this.anchor)?.focus?.();
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.close(true);
  }

  /** After a new drawing: the card stays with its step. */
  redrawn() {
    if (this.after && document.getElementById(this.after)) {
      const key = this.after.slice("node-".length);
      this.after = "";
      this.open(key);
    } else this.place();
  }

  // What is done

  inText(key, how) {
    this.close();
    this.editor.openStep(key, how);
  }

  /** A new step between this one and what follows; its card opens when it is drawn. */
  addAfter(key) {
    const step = this.model.step(key);
    const fresh = newKey();
    const { flows, kind } = step;
    const moves = flows.length > 0 && kind !== "decision" && kind !== "parallel";
    this.model.together(() => {
      this.editor.edit(this.typing.insert("", { after: key, role: step.role, key: fresh }));
      if (!moves && flows.length) return;
      if (moves) this.editor.edit([set(`steps/${fresh}/flows`, flows), set(`steps/${key}/flows`, [])]);
      if (!step.goes_on) this.editor.edit([set(`steps/${fresh}/goes_on`, false), set(`steps/${key}/goes_on`, true)]);
    });
    this.close();
    this.after = `node-${fresh}`;
  }

  /** A decision gets one more way; another step gets a decision below it. Where the new way leads is shown next. */
  branch(key) {
    const step = this.model.step(key);
    if (step.kind === "decision" || step.kind === "parallel") return this.start(key);
    const fresh = newKey();
    const { yes, question } = this.editor.data.words;
    this.model.together(() => {
      this.editor.edit(this.typing.insert(question, { after: key, role: step.role, key: fresh }));
      const onward = step.flows.length ? step.flows : [blankFlow({ label: yes })];
      this.editor.edit([set(`steps/${fresh}/flows`, onward.map((flow) => ({ ...flow, label: flow.label || yes }))), set(`steps/${key}/flows`, []), set(`steps/${key}/goes_on`, true)]);
    });
    this.start(fresh);
  }

  start(key) {
    this.close();
    (document.getElementById(`node-${key}`) ?? this.canvas).focus(); // the keys go on in the chart
    this.from = key;
    this.frame.classList.add("is-connecting");
    this.hint.textContent = this.t("connect to what", { number: this.model.number(key) });
    this.hint.hidden = false;
  }

  stop() {
    this.from = "";
    this.frame.classList.remove("is-connecting");
    this.hint.hidden = true;
  }

  /** An arrow. A step with one plain way on goes there instead; a decision gets one more way, whose case is asked. */
  connect(source, target) {
    this.stop();
    const step = this.model.step(source);
    if (!step || !this.model.step(target)) return;
    if (step.kind === "end") return this.editor.say(this.t("ends lead nowhere"));
    const several = step.kind === "decision" || step.kind === "parallel";
    if (!several && source === target) return;
    const below = this.model.steps[this.model.number(source)]?.key;
    if (!several && target === below) return this.editor.edit([set(`steps/${source}/flows`, []), set(`steps/${source}/goes_on`, true)]);
    const unsaid = several && step.flows.find((flow) => flow.to.startsWith("n") && !this.model.step(flow.to));
    const flow = unsaid ? { ...unsaid, to: target } : blankFlow({ to: target });
    const spelt = several && !step.flows.length && below ? [blankFlow({ label: this.editor.data.words.yes })] : step.flows;
    const flows = !several ? [flow] : unsaid ? spelt.map((one) => (one === unsaid ? flow : one)) : [...spelt, flow];
    this.editor.edit([set(`steps/${source}/flows`, flows)]);
    this.editor.tell(this.t("connected", { source: this.model.number(source), target: this.model.number(target) }));
    if (several && step.kind === "decision" && !flow.label) this.askLabel(source, flow.key);
  }

  askLabel(source, key) {
    this.editor.outline.focusStep(source);
    this.editor.openStep(source);
    this.editor.outline.lines.get(source)?.branches.rows.get(key)?.label.focus();
  }

  label(source, target, key, text) {
    const step = this.model.step(source);
    if (!step) return;
    const known = step.flows.some((flow) => flow.key === key);
    const flows = known ? step.flows.map((flow) => (flow.key === key ? { ...flow, label: text } : flow)) : [...step.flows, blankFlow({ label: text, to: this.model.steps[this.model.number(source)]?.key === target ? "" : target })];
    if (known || text) this.editor.edit([set(`steps/${source}/flows`, flows)]);
  }

  removeFlow(source, key) {
    const step = this.model.step(source);
    this.close();
    if (!step) return;
    const left = step.flows.filter((flow) => flow.key !== key);
    const goesOn = left.some((flow) => !flow.message) || step.kind === "end" ? [] : [set(`steps/${source}/goes_on`, false)];
    this.editor.edit([set(`steps/${source}/flows`, left), ...goesOn]);
    this.editor.tell(this.t("arrow removed"));
  }

  removeStep(key) {
    this.close();
    this.editor.edit([remove("steps", key)]);
    this.canvas.focus();
    this.editor.tell(this.t("step removed"));
  }

  // Dragging from one step to another

  dragging() {
    let press = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      this.dragged = false;
      const node = event.target.closest(".step");
      if (node && event.button === 0 && event.pointerType === "mouse") press = { key: node.dataset.step, x: event.clientX, y: event.clientY };
    });
    window.addEventListener("pointermove", (event) => {
      if (!press || (!this.line && Math.hypot(event.clientX - press.x, event.clientY - press.y) < FAR)) return;
      if (!this.line) this.drawLine();
      this.dragged = true;
      this.moveLine(press, event);
    });
    window.addEventListener("pointerup", (event) => {
      const begun = press;
      press = null;
      this.line?.parentElement.remove();
      this.line = null;
      if (!begun || !this.dragged) return;
      const target = document.elementFromPoint(event.clientX, event.clientY)?.closest(".step");
      if (target) this.connect(begun.key, target.dataset.step);
      setTimeout(() => (this.dragged = false)); // the click that follows a drag opens nothing
    });
  }

  drawLine() {
    this.close();
    const paper = document.createElementNS(NS, "svg");
    paper.setAttribute("class", "connect-line");
    this.line = document.createElementNS(NS, "line");
    paper.append(this.line);
    this.frame.append(paper);
  }

  moveLine(press, event) {
    const frame = this.frame.getBoundingClientRect();
    const ends = { x1: press.x - frame.left, y1: press.y - frame.top, x2: event.clientX - frame.left, y2: event.clientY - frame.top };
    for (const [name, value] of Object.entries(ends)) this.line.setAttribute(name, String(value));
  }
}
