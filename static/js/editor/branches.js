// The branches under a line: a label and where it leads, "yes → 5".

import { h, show } from "./dom.js";
import { blankFlow, set } from "./model.js";
import { branchesIn, roleIn } from "./reading.js";

export class Branches {
  constructor(line) {
    this.line = line;
    this.outline = line.outline;
    this.rows = new Map();
    const { t } = this.outline;
    this.more = h("button", { type: "button", class: "branch-add", tabindex: "-1", onclick: () => this.append() }, t("add a branch"));
    this.list = h("ul", { class: "branch-list" });
    this.element = h("div", { class: "branches", hidden: true }, this.list, this.more);
  }

  get flows() {
    return this.line.step?.flows ?? [];
  }

  update(step) {
    const shown = step && (step.flows.length > 0 || step.kind === "decision" || step.kind === "parallel");
    this.element.hidden = !shown;
    if (!shown) return this.list.replaceChildren();
    for (const [key, row] of this.rows) if (!step.flows.some((flow) => flow.key === key)) (row.element.remove(), this.rows.delete(key));
    step.flows.forEach((flow, n) => this.show(flow, n));
  }

  show(flow, n) {
    if (!this.rows.has(flow.key)) this.rows.set(flow.key, this.row(flow.key));
    const row = this.rows.get(flow.key);
    if (this.list.children[n] !== row.element) this.list.insertBefore(row.element, this.list.children[n] ?? null);
    const { t, typing, model } = this.outline;
    const number = model.number(this.line.key);
    row.label.setAttribute("aria-label", t("label of branch", { number, branch: n + 1 }));
    row.target.setAttribute("aria-label", t("target of branch", { number, branch: n + 1 }));
    row.remove.setAttribute("aria-label", t("remove branch", { number, branch: n + 1 }));
    if (document.activeElement !== row.label) show(row.label, flow.label);
    if (row.target.hasAttribute("aria-invalid")) return; // what was not understood stays to be mended
    if (document.activeElement !== row.target) show(row.target, typing.shown(flow));
    const standing = typing.standing(flow);
    row.element.dataset.standing = standing;
    row.target.placeholder = standing === "unsaid" ? "?" : t("next");
    row.aim.textContent = standing === "step" ? model.step(flow.to).name : t(`aim ${standing}`);
  }

  row(key) {
    const { t } = this.outline;
    const label = h("input", { class: "branch-label", maxlength: "300", placeholder: t("condition"), autocomplete: "off" });
    const target = h("input", { class: "branch-target", maxlength: "300", autocomplete: "off" });
    const remove = h("button", { type: "button", class: "branch-remove", tabindex: "-1", onclick: () => this.change((flows) => flows.filter((one) => one.key !== key)) }, "×");
    const aim = h("span", { class: "branch-aim" });
    const element = h("li", { class: "branch" }, label, h("span", { class: "branch-arrow", "aria-hidden": "true" }, "→"), target, aim, remove);
    label.addEventListener("change", () => this.label(key, label.value));
    target.addEventListener("change", () => this.aim(key, target.value));
    for (const input of [label, target]) input.addEventListener("keydown", (event) => this.key(event, key, input));
    return { element, label, target, remove, aim };
  }

  change(how) {
    if (this.outline.rendering || !this.line.step) return;
    this.outline.edit([set(`steps/${this.line.key}/flows`, how(this.flows))]);
  }

  append() {
    this.change((flows) => [...flows, blankFlow({ to: "n0" })]);
    this.rows.get(this.flows.at(-1)?.key)?.label.focus();
  }

  /** A label; "yes → 5 / no → 3" typed into one sets them all. */
  label(key, text) {
    const branches = branchesIn(text);
    if (branches.length && this.line.step) return this.outline.edit(this.outline.typing.setFlows(this.line.step, branches));
    this.change((flows) => flows.map((flow) => (flow.key === key ? { ...flow, label: text.trim() } : flow)));
  }

  aim(key, text) {
    const flow = this.flows.find((one) => one.key === key);
    const row = this.rows.get(key);
    if (this.outline.rendering || !flow || (text === this.outline.typing.shown(flow) && !row.target.hasAttribute("aria-invalid"))) return;
    const found = this.outline.typing.target(text, this.line.step);
    row.target.toggleAttribute("aria-invalid", !found);
    if (!found) {
      row.aim.textContent = this.outline.t("aim unknown");
      return;
    }
    const flows = this.flows.map((one) => (one === flow ? { ...one, to: found.to } : one));
    this.outline.edit([...found.operations, set(`steps/${this.line.key}/flows`, flows)]);
    row.target.value = this.outline.typing.shown(this.flows.find((one) => one.key === key));
  }

  /** Who did not notice that a branch is asked for types the next step into it: "Buyer: place order" is no aim. */
  stepBelow(key, target) {
    const text = target.value;
    target.value = this.outline.typing.shown(this.flows.find((flow) => flow.key === key));
    target.removeAttribute("aria-invalid");
    this.outline.stepBelow(this.line, text);
  }

  key(event, key, input) {
    if (event.isComposing) return;
    const place = this.flows.findIndex((flow) => flow.key === key);
    if (event.key === "Enter") {
      event.preventDefault();
      const { target } = this.rows.get(key);
      if (input === target && roleIn(target.value)) return this.stepBelow(key, target);
      input.dispatchEvent(new Event("change"));
      if (target.hasAttribute("aria-invalid")) return target.select();
      const next = this.flows[place + 1];
      if (input === this.rows.get(key)?.label) this.rows.get(key).target.focus();
      else if (next) this.rows.get(next.key).label.focus();
      else this.outline.onward(this.line);
    } else if (event.key === "Backspace" && input.classList.contains("branch-label") && !input.value && place === this.flows.length - 1) {
      event.preventDefault();
      this.change((flows) => flows.filter((flow) => flow.key !== key));
      (this.rows.get(this.flows.at(-1)?.key)?.target ?? this.line.name).focus();
    }
  }
}
