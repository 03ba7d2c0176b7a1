// The details of a step, opened below its line.

import { Bindings } from "./bind.js";
import { accountable, risks, roles, time } from "./details-more.js";
import { grow, h } from "./dom.js";
import { markdown } from "./markdown.js";

const SHORT = ["duration", "system", "form", "form_address", "link", "instruction"];
const LISTS = ["inputs", "outputs", "records"];

export class Details {
  constructor(line) {
    this.line = line;
    this.outline = line.outline;
    this.editor = this.outline.editor;
    this.bindings = new Bindings(this.editor);
    this.element = h("div", { class: "details", role: "group", onkeydown: (event) => this.key(event) });
    this.element.append(this.description(), ...LISTS.map((name) => this.list(name)), this.kind(), this.trigger(), this.more(), this.foot());
    this.update();
  }

  get target() {
    return (name) => `steps/${this.line.key}/${name}`;
  }

  field(name, control, wide = false) {
    return h("label", { class: wide ? "detail is-wide" : "detail" }, h("span", { class: "detail-name" }, this.outline.t(name)), control);
  }

  list(name) {
    const input = h("textarea", { rows: "2", placeholder: this.outline.t("one per line") });
    const { box, copy } = grow(input);
    this.bindings.bind(input, this.target(name), { lines: true, copy });
    return this.field(name, box);
  }

  short(name) {
    const input = h("input", { maxlength: "300", autocomplete: "off", ...(name === "link" ? { list: "known-processes" } : {}) });
    return this.field(name, this.bindings.bind(input, this.target(name)));
  }

  /** What most steps do without, folded in; open where something of it is said. */
  more() {
    this.extras = [time(this, "work_time"), time(this, "waiting_time"), accountable(this), roles(this, "consulted"), roles(this, "informed"), risks(this)];
    const said = (name) => String(this.line.step?.[name] || "");
    const open = [...SHORT, "work_time", "waiting_time", "accountable", "consulted", "informed", "risks"].some((name) => said(name));
    const fields = h("div", { class: "details-more" }, ...SHORT.map((name) => this.short(name)), ...this.extras.map((extra) => extra.element));
    return h("details", { class: "detail is-wide", open }, h("summary", {}, this.outline.t("more details")), fields);
  }

  kind() {
    const input = h("select", {}, ...Object.entries(this.outline.kinds).map(([value, text]) => h("option", { value }, text)));
    input.addEventListener("change", () => this.outline.setKind(this.line, input.value));
    this.kindField = input;
    return this.field("kind", input);
  }

  trigger() {
    const input = h("select", {}, ...Object.entries(this.editor.data.triggers).map(([value, text]) => h("option", { value }, text)));
    this.triggerField = this.field("trigger", this.bindings.bind(input, this.target("trigger")));
    return this.triggerField;
  }

  description() {
    const input = h("textarea", { rows: "3", maxlength: "20000", "aria-label": this.outline.t("description") });
    const { box, copy } = grow(input);
    this.first = this.bindings.bind(input, this.target("description"), { copy });
    const place = h("div", { class: "detail is-wide" }, h("span", { class: "detail-name", "aria-hidden": "true" }, this.outline.t("description")), box);
    markdown(this.editor, input, box);
    return place;
  }

  foot() {
    const { t } = this.outline;
    const drop = h("button", { type: "button", class: "btn btn-quiet btn-sm is-danger", onclick: () => this.outline.drop(this.line) }, t("remove step"));
    const close = h("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: () => this.close() }, t("close details"));
    const shift = (way, text) => h("button", { type: "button", class: "btn btn-quiet btn-sm", "aria-label": text, title: text, onclick: () => this.outline.shift(this.line, way) }, way < 0 ? "↑" : "↓");
    return h("div", { class: "detail-foot" }, shift(-1, t("move up")), shift(1, t("move down")), drop, close);
  }

  key(event) {
    if (event.key === "Escape" || (event.key === "Enter" && event.altKey)) {
      event.preventDefault();
      this.close();
    }
  }

  close() {
    this.line.toggle(false);
    this.line.name.focus();
  }

  focus() {
    this.first.focus();
  }

  update() {
    const { step } = this.line;
    if (!step) return;
    this.element.setAttribute("aria-label", this.outline.t("details of step", { number: this.outline.model.number(step.key) }));
    this.kindField.value = step.kind;
    this.triggerField.hidden = !["start", "end", "event", "wait"].includes(step.kind);
    this.bindings.update();
    this.extras.forEach((extra) => extra.update());
  }
}
