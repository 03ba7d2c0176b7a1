// The steps as lines of text: typing, keys, and the line that waits for the next step.

import { Blocks } from "./blocks.js";
import { focusAt, h } from "./dom.js";
import { StepLine } from "./line.js";
import { move, newKey, remove, set } from "./model.js";
import { Pasting } from "./pasting.js";
import { asks, roleIn } from "./reading.js";
import { InsertBlock } from "./step-blocks.js";
import { tooLong } from "./typing.js";

export class ProcessOutline extends HTMLElement {
  /** `editor` gives model, typing, texts; `data` the roles of the catalogue and the names of kinds. */
  start(editor, { kinds, roles }) {
    Object.assign(this, { editor, model: editor.model, typing: editor.typing, t: editor.t, kinds, catalogue: roles });
    this.others = new Map();
    this.lines = new Map();
    this.ghostKey = newKey();
    this.ghostRole = this.model.steps[this.typing.body - 1]?.role ?? "";
    this.current = "";
    this.list = h("ol", { class: "lines" });
    this.blocks = new Blocks(this);
    this.pasting = new Pasting(this);
    this.inserting = new InsertBlock(this, document.getElementById("step-blocks"));
    this.replaceChildren(this.list, this.blocks.bar);
    this.model.addEventListener("change", () => this.render());
    this.render();
  }

  /** All lines anew, keeping elements, focus and caret. */
  render() {
    this.rendering = true;
    const focused = this.contains(document.activeElement) ? document.activeElement : null;
    if (this.model.step(this.ghostKey)) this.ghostKey = newKey();
    const keys = this.model.steps.map((step) => step.key);
    keys.splice(this.typing.body, 0, this.ghostKey);
    for (const [key, line] of this.lines) if (!keys.includes(key)) (line.element.remove(), this.lines.delete(key));
    keys.forEach((key, n) => {
      const line = this.line(key);
      if (this.list.children[n] !== line.element) this.list.insertBefore(line.element, this.list.children[n] ?? null);
      line.update(this.model.number(key));
    });
    if (focused && focused !== document.activeElement && this.contains(focused)) focused.focus();
    this.blocks.show();
    this.rendering = false;
  }

  line(key) {
    if (!this.lines.has(key)) this.lines.set(key, new StepLine(key, this));
    return this.lines.get(key);
  }

  get ghost() {
    return this.line(this.ghostKey);
  }

  edit(operations) {
    return this.editor.edit(operations);
  }

  // Roles

  roleTitles() {
    const own = this.model.definition.roles.map((role) => role.title).filter(Boolean);
    return [...new Set([...own, ...this.catalogue])];
  }

  roleOf(line) {
    return this.model.roleTitle(line.step ? line.step.role : this.ghostRole);
  }

  pickRole(line, text) {
    if (this.rendering) return;
    if (line.step) return void this.edit(this.typing.setRole(line.step, text));
    if (text.trim() === this.model.roleTitle(this.ghostRole)) return;
    const { key, operations } = this.typing.role(text);
    this.ghostRole = key;
    if (operations.length) this.edit(operations);
  }

  // Typing

  typed(line, event) {
    const text = line.name.value;
    if (!line.step) return text.trim() && this.written(line, text);
    const kept = tooLong(text);
    if (kept.description) return this.edit(this.typing.read(line.step, text));
    this.edit([set(`steps/${line.key}/name`, text)]);
    if (event.isComposing) return;
    this.readOn(line, text);
  }

  /** What can be understood before the line is finished: a known role with its colon, and a question mark. */
  readOn(line, text) {
    const said = roleIn(text);
    if (said && this.roleTitles().some((title) => title.toLocaleLowerCase() === said.role.toLocaleLowerCase())) {
      this.edit([...this.typing.setRole(line.step, said.role), set(`steps/${line.key}/name`, said.rest)]);
      focusAt(line.name);
    } else if (asks(text) && line.step.kind === "activity") {
      this.edit([set(`steps/${line.key}/kind`, "decision"), ...this.typing.setFlows({ ...line.step, kind: "decision" }, [])]);
    }
  }

  /** The waiting line becomes a step with its first letter. */
  written(line, text) {
    const before = this.model.steps[this.typing.body - 1]?.key ?? "";
    const said = tooLong(text);
    const operations = this.typing.insert("", { after: before, role: this.ghostRole, key: line.key });
    Object.assign(operations.at(-1).value, { name: said.name, description: said.description ?? "" });
    line.textAtFocus = "";
    this.edit([...operations]);
    this.edit(this.typing.arrived());
  }

  /** The line is left: role, kind, branches, waiting time and link are read out of its text. */
  finish(line) {
    const text = line.name.value;
    if (this.rendering || !line.step || text === line.textAtFocus) return;
    line.textAtFocus = text;
    this.edit(this.typing.read(line.step, text));
    line.textAtFocus = line.name.value;
  }

  setKind(line, kind) {
    if (!line.step) return;
    const step = { ...line.step, kind };
    this.edit([set(`steps/${line.key}/kind`, kind), ...(kind === "decision" ? this.typing.setFlows(step, []) : [])]);
  }

  // Keys

  nameKey(line, event) {
    if (event.isComposing || event.keyCode === 229) return;
    const { key, altKey } = event;
    const caret = line.name.selectionStart;
    const done = () => event.preventDefault();
    if (key === "Enter") return done(), altKey ? line.toggle() : this.enterKey(line, caret);
    if (altKey && (key === "ArrowUp" || key === "ArrowDown")) return done(), this.shift(line, key === "ArrowUp" ? -1 : 1);
    if (key === "Backspace" && !line.name.value && line.step) return done(), this.removeEmpty(line);
    if (key === "ArrowUp" && caret === line.name.selectionEnd && this.beside(line, -1)) return done(), focusAt(this.beside(line, -1).name);
    if (key === "ArrowDown" && this.beside(line, 1)) return done(), focusAt(this.beside(line, 1).name);
    if (key === "Escape" && line.details) return done(), line.toggle(false);
  }

  roleKey(line, event) {
    if (event.isComposing || event.key !== "Enter") return;
    event.preventDefault();
    this.pickRole(line, line.role.value);
    focusAt(line.name);
  }

  beside(line, way) {
    const keys = [...this.list.children].map((element) => element.dataset.key);
    return this.lines.get(keys[keys.indexOf(line.key) + way]);
  }

  /** Enter: the rest of the line goes below; at the end of the last line the waiting line is next. */
  enterKey(line, caret) {
    if (!line.step) return;
    const rest = line.name.value.slice(caret).trim();
    if (rest) this.edit([set(`steps/${line.key}/name`, line.name.value.slice(0, caret).trim())]);
    this.finish(line);
    const unsaid = line.step.flows.find((flow) => this.typing.standing(flow) === "unsaid");
    if (!rest && line.step.kind === "decision" && unsaid && line.name.value !== line.read) {
      line.read = line.name.value;
      return line.branches.rows.get(unsaid.key)?.target.select();
    }
    this.below(line, rest);
  }

  /** A whole step below a line, with what its text says, and the caret in the line after it. */
  stepBelow(line, text) {
    const key = newKey();
    this.edit(this.typing.insert(text, { after: line.key, role: line.step.role, key }));
    this.edit(this.typing.arrived());
    this.below(this.line(key));
  }

  /** A line below with the same role, ready to type. */
  below(line, text = "") {
    const { step } = line;
    const next = this.beside(line, 1);
    if (!text && next?.isGhost) {
      this.ghostRole = step.role;
      next.update(0);
      return focusAt(next.name);
    }
    const key = newKey();
    this.edit(this.typing.insert(text, { after: line.key, role: step.role, key }));
    this.edit(this.typing.arrived());
    this.focusStep(key, 0);
  }

  /** The line below, ready to type; a new one only where none is. */
  onward(line) {
    const next = this.beside(line, 1);
    next?.step ? focusAt(next.name) : this.below(line);
  }

  removeEmpty(line) {
    const before = this.beside(line, -1) ?? this.beside(line, 1);
    line.toggle(false);
    this.edit([remove("steps", line.key)]);
    if (before) focusAt(before.name);
  }

  drop(line) {
    const next = this.beside(line, 1) ?? this.beside(line, -1);
    line.toggle(false);
    this.edit([remove("steps", line.key)]);
    if (next) focusAt(next.name);
    this.editor.tell(this.t("step removed"));
  }

  shift(line, way) {
    const place = this.model.number(line.key) - 1;
    const wanted = place + way;
    if (!line.step || wanted < 0 || wanted >= this.model.steps.length) return;
    const after = way < 0 ? (this.model.steps[wanted - 1]?.key ?? "") : this.model.steps[wanted].key;
    this.edit([move("steps", line.key, after)]);
    this.editor.tell(this.t("moved to", { number: wanted + 1 }));
  }

  // Where one is

  enter(line) {
    this.current = line.step ? line.key : "";
    for (const one of this.lines.values()) one.element.classList.toggle("is-current", one === line);
    this.editor.chart?.link(line.key, true);
  }

  point(key, on) {
    this.editor.chart?.link(on ? key : this.current, on || Boolean(this.current));
  }

  /** The chart points at a line. */
  link(key, on) {
    this.lines.get(key)?.element.classList.toggle("is-linked", on);
  }

  focusStep(key, caret) {
    const line = this.lines.get(key);
    if (!line) return;
    focusAt(line.name, caret ?? line.name.value.length);
    line.element.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("process-outline", ProcessOutline);
