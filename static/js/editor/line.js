// One line of the outline: number, role, name, kind; its branches and details below it.

import { Branches } from "./branches.js";
import { combobox } from "./combobox.js";
import { Details } from "./details.js";
import { grow, h, show } from "./dom.js";
import { set } from "./model.js";
import { NAME_LIMIT } from "./reading.js";

export class StepLine {
  constructor(key, outline) {
    this.key = key;
    this.outline = outline;
    this.build(outline.t);
  }

  build(t) {
    const { outline } = this;
    const choose = (event) => this.step && outline.blocks.choose(this.key, { range: event.shiftKey });
    this.number = h("button", { type: "button", class: "line-number num", tabindex: "-1", draggable: "true", "aria-pressed": "false", onclick: choose });
    this.role = h("input", { class: "line-role", maxlength: "160", autocomplete: "off", spellcheck: "false", placeholder: t("role"), dataset: { field: "role" } });
    this.name = h("textarea", { class: "line-name", rows: "1", maxlength: String(NAME_LIMIT * 4), autocomplete: "off", dataset: { field: "name" }, "aria-keyshortcuts": "Alt+Enter Alt+ArrowUp Alt+ArrowDown Alt+ArrowRight" });
    this.grown = grow(this.name);
    this.here = h("span", { class: "line-here", hidden: true });
    this.facts = h("span", { class: "line-facts" });
    this.kind = h("select", { class: "line-kind", tabindex: "-1" }, ...Object.entries(this.outline.kinds).map(([value, text]) => h("option", { value }, text)));
    this.more = h("button", { type: "button", class: "line-more", tabindex: "-1", "aria-expanded": "false", title: t("details by key") }, h("span", { class: "line-dots", "aria-hidden": "true" }, "⋯"), h("span", { class: "line-more-word" }, t("details")));
    this.branches = new Branches(this);
    const role = combobox(this.role, { options: () => this.outline.roleTitles(), pick: (text) => this.outline.pickRole(this, text) });
    this.element = h(
      "li",
      { class: "line", id: `step-${this.key}`, dataset: { key: this.key } },
      h("div", { class: "line-row" }, this.number, role, this.grown.box, this.here, this.facts, this.kind, this.more),
      this.branches.element,
    );
    this.listen();
  }

  listen() {
    const { outline } = this;
    this.name.addEventListener("focus", () => (this.textAtFocus = this.name.value));
    this.name.addEventListener("input", (event) => outline.typed(this, event));
    this.name.addEventListener("blur", () => outline.finish(this));
    this.name.addEventListener("paste", (event) => outline.pasting.paste(this, event));
    this.name.addEventListener("keydown", (event) => outline.nameKey(this, event));
    this.role.addEventListener("keydown", (event) => outline.roleKey(this, event));
    this.kind.addEventListener("change", () => outline.setKind(this, this.kind.value));
    this.more.addEventListener("click", () => this.toggle());
    this.element.addEventListener("focusin", () => outline.enter(this));
    this.element.addEventListener("pointerenter", () => outline.point(this.key, true));
    this.element.addEventListener("pointerleave", () => outline.point(this.key, false));
  }

  get step() {
    return this.outline.model.step(this.key);
  }

  get isGhost() {
    return !this.step;
  }

  update(number) {
    const { step, outline } = this;
    const { t } = outline;
    this.element.classList.toggle("is-ghost", !step);
    this.element.dataset.kind = step?.kind ?? "activity";
    this.number.textContent = step ? String(number) : "+";
    this.number.disabled = !step;
    this.number.setAttribute("aria-label", step ? t("choose step", { number }) : t("next step"));
    this.role.setAttribute("aria-label", step ? t("role of step", { number }) : t("role of the next step"));
    this.name.setAttribute("aria-label", step ? t("step number", { number }) : t("next step"));
    this.name.placeholder = step ? "" : t(outline.typing.body > 1 ? "type the next step" : "type the first step");
    this.more.setAttribute("aria-label", t("details of step", { number }));
    this.kind.setAttribute("aria-label", t("kind of step", { number }));
    const typing = document.activeElement === this.role;
    if (!typing) this.role.value = outline.roleOf(this);
    this.role.classList.toggle("is-empty", !this.role.value);
    if (step) show(this.name, step.name);
    this.grown.copy();
    this.kind.value = step?.kind ?? "activity";
    this.facts.replaceChildren(...(step?.shared ? [this.link(number)] : []), ...this.factsOf(step).map((fact) => this.chip(fact)));
    this.showOther();
    this.branches.update(step);
    this.details?.update();
  }

  factsOf(step) {
    if (!step) return [];
    const { t } = this.outline;
    const counts = [["outputs", "out"], ["records", "rec"]].filter(([field]) => step[field].length);
    const plain = step.kind === "subprocess" ? { kind: "activity" } : {};
    return [
      { text: step.link, clear: { link: "", ...plain } },
      { text: step.duration, clear: { duration: "" } },
      { text: step.system, clear: { system: "" } },
      { text: step.form, clear: { form: "" } },
      ...counts.map(([field, word]) => ({ text: step[field].length > 1 ? t(word, { count: step[field].length }) : step[field][0], title: `${t(field)}: ${step[field].join("; ")}`, clear: { [field]: [] } })),
    ].filter(({ text }) => text);
  }

  clear(fields, told) {
    const { outline } = this;
    outline.edit(Object.entries(fields).map(([field, value]) => set(`steps/${this.key}/${field}`, value)));
    outline.editor.tell(outline.t(told));
    this.name.focus();
  }

  /** The sign of a copy of a shared step; a click unlinks it. */
  link(number) {
    const { t } = this.outline;
    const unlink = () => this.clear({ shared: "" }, "unlinked");
    return h("button", { type: "button", class: "fact fact-link", tabindex: "-1", "aria-label": t("unlink", { number }), title: t("shared title"), onclick: unlink }, "⇆");
  }

  /** What was understood, with a cross that takes it back. */
  chip({ text, title = "", clear }) {
    const { outline } = this;
    const undo = () => this.clear(clear, "taken back");
    const label = outline.t("take back", { what: text });
    return h("span", { class: "fact", title }, h("span", {}, text), h("button", { type: "button", class: "fact-undo", tabindex: "-1", "aria-label": label, title: label, onclick: undo }, "×"));
  }

  showOther() {
    const other = this.outline.others.get(this.key);
    this.here.hidden = !other;
    this.here.textContent = other?.initials ?? "";
    this.here.title = other?.name ?? "";
  }

  /** Whether it is one of the chosen lines. */
  choose(on) {
    this.element.classList.toggle("is-chosen", on);
    this.number.setAttribute("aria-pressed", String(on));
  }

  toggle(open = !this.details) {
    if (!this.step) return;
    if (open && !this.details) {
      this.details = new Details(this);
      this.element.append(this.details.element);
      this.details.focus();
    } else if (!open && this.details) {
      this.details.element.remove();
      this.details = null;
    }
    this.more.setAttribute("aria-expanded", String(Boolean(this.details)));
    this.element.classList.toggle("is-open", Boolean(this.details));
  }
}
