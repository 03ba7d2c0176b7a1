// Step blocks: chosen steps are saved as one, and one is found, looked at and inserted, with the mouse or the keyboard alone.

import { h } from "./dom.js";

const PAUSE = 200; // ms after the last key of a search

/** The form in the bar of the chosen steps. */
export class SaveBlock {
  constructor(blocks) {
    Object.assign(this, { blocks, editor: blocks.outline.editor, t: blocks.t });
    this.name = h("input", { maxlength: "120", autocomplete: "off", required: true, "aria-label": this.t("block name"), placeholder: this.t("block name") });
    this.where = h("select", { "aria-label": this.t("block reach"), onchange: () => this.shape() });
    this.form = h("form", { class: "block-title", hidden: true, onsubmit: (event) => this.save(event) }, this.name, this.where, h("button", { class: "btn btn-primary btn-sm" }, this.t("block save")));
  }

  open() {
    const { reaches, known } = this.editor.data.blocks;
    const options = (some, kind) => some.map(({ value, label }) => h("option", { value, dataset: { kind } }, label));
    this.where.replaceChildren(
      h("optgroup", { label: this.t("block new") }, ...options(reaches, "reach")),
      ...(known.length ? [h("optgroup", { label: this.t("block again") }, ...options(known, "block"))] : []),
    );
    this.form.hidden = false;
    this.shape();
    this.name.focus();
  }

  close() {
    this.form.hidden = true;
    this.name.value = "";
  }

  /** A new version keeps the name of its block. */
  shape() {
    this.name.hidden = this.name.disabled = this.where.selectedOptions[0].dataset.kind === "block";
  }

  async save(event) {
    event.preventDefault();
    const { editor, where } = this;
    const kind = where.selectedOptions[0].dataset.kind;
    const asked = { steps: this.blocks.keys, version: editor.model.version, [kind]: where.value, name: kind === "block" ? "" : this.name.value };
    const { status, body } = editor.sync.idle ? await editor.sync.post(editor.data.urls.save_block, asked) : { status: 0 };
    if (status !== 200) return editor.say(body?.error ?? this.t("block later"));
    const { known } = editor.data.blocks;
    if (!known.some(({ value }) => value === body.key)) known.push({ value: body.key, label: body.name });
    this.blocks.clear();
    editor.said(h("p", {}, this.t("block saved", body)));
  }
}

/** The dialog: a search, the list of what was found, and what the marked block says. */
export class InsertBlock {
  constructor(outline, dialog) {
    Object.assign(this, { outline, dialog, editor: outline.editor, t: outline.t, found: [], marked: -1 });
    this.build();
    this.editor.root.querySelector("[data-part=insert-block]").addEventListener("click", () => this.open());
    outline.addEventListener("keydown", (event) => {
      if (!event.shiftKey || !event.altKey || event.code !== "KeyB") return;
      event.preventDefault();
      this.open();
    });
  }

  build() {
    const { t } = this;
    const list = "step-blocks-list";
    this.place = h("p", { class: "muted small step-blocks-place" });
    this.input = h("input", { class: "form-control", role: "combobox", "aria-expanded": "false", "aria-controls": list, "aria-autocomplete": "list", autocomplete: "off", maxlength: "200", "aria-label": t("find block"), placeholder: t("find block") });
    this.list = h("ul", { class: "step-blocks-list", id: list, role: "listbox", "aria-label": t("block list"), hidden: true });
    this.status = h("p", { class: "muted", role: "status" });
    this.preview = h("div", { class: "step-blocks-preview", role: "region", "aria-label": t("block preview"), tabindex: "0" });
    this.link = h("input", { type: "checkbox", id: "step-blocks-link" });
    this.linking = h("label", { class: "step-blocks-link", for: "step-blocks-link" }, this.link, h("span", {}, t("block link"), h("small", {}, t("block link help"))));
    this.button = h("button", { type: "button", class: "btn btn-primary", onclick: () => this.insert() }, t("block insert"));
    this.dialog.replaceChildren(
      h("div", { class: "dialog-head" }, h("h2", { id: "step-blocks-title" }, t("insert block")), h("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: () => this.dialog.close() }, t("close"))),
      h("div", { class: "dialog-body" }, this.place, this.input, this.status, h("div", { class: "step-blocks-columns" }, this.list, this.preview), h("div", { class: "step-blocks-foot" }, this.linking, this.button)),
    );
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), PAUSE);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  open() {
    const { model, typing, current } = this.outline;
    const body = model.steps[typing.body - 1]?.key ?? "";
    this.after = model.step(current) ? current : body;
    const number = model.number(this.after);
    this.place.textContent = number ? this.t("block place", { number }) : this.t("block place top");
    this.input.value = "";
    this.dialog.showModal();
    this.input.focus();
    this.search();
  }

  key(event) {
    if (event.isComposing) return;
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (way && this.found.length) {
      event.preventDefault();
      this.mark((this.marked + way + this.found.length) % this.found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.insert();
    }
  }

  /** The latest question counts, whichever answer comes last. */
  async search() {
    const asked = (this.asked = this.input.value);
    const { status, body } = await this.editor.sync.post(this.editor.data.urls.offered_blocks, { q: asked });
    if (asked !== this.asked) return;
    this.found = status === 200 ? body.blocks : [];
    const none = asked.trim() ? "block none" : "block none yet";
    this.status.textContent = status === 200 ? (this.found.length ? "" : this.t(none)) : this.t("block unreachable");
    this.list.replaceChildren(...this.found.map((block, n) => this.option(block, n)));
    this.list.hidden = !this.found.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark(this.list.hidden ? -1 : 0);
  }

  option({ name, reach, steps }, n) {
    const facts = h("small", {}, [reach, this.t("block steps", { count: steps.length })].join(" · "));
    return h("li", { role: "option", id: `step-block-${n}`, onclick: () => this.mark(n), ondblclick: () => this.insert() }, name, facts);
  }

  mark(n) {
    this.marked = n;
    [...this.list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === n)));
    this.list.children[n]?.scrollIntoView({ block: "nearest" });
    n < 0 ? this.input.removeAttribute("aria-activedescendant") : this.input.setAttribute("aria-activedescendant", `step-block-${n}`);
    this.button.disabled = n < 0;
    this.preview.hidden = n < 0;
    this.linking.hidden = !this.found[n]?.shared;
    if (n >= 0) this.preview.replaceChildren(...this.said(this.found[n]));
  }

  /** The steps as they will stand in the text, with where they branch to. */
  said({ name, steps, roles }) {
    const title = (key) => roles.find((role) => role.key === key)?.title;
    const number = (key) => steps.findIndex((step) => step.key === key) + 1;
    const line = (step) => {
      const role = title(step.role) ? h("span", { class: "chip" }, title(step.role)) : null;
      const ways = step.flows.filter(({ to, label }) => label || number(to)).map(({ to, label }) => h("li", {}, [label, number(to) ? `→ ${number(to)}` : "→ …"].filter(Boolean).join(" ")));
      return h("li", {}, role, " ", step.name || "–", ways.length ? h("ul", {}, ...ways) : null);
    };
    return [h("h3", {}, name), h("ol", {}, ...steps.map(line))];
  }

  insert() {
    const block = this.found[this.marked];
    if (!block) return;
    const linked = block.shared && this.link.checked;
    const steps = linked ? block.steps : block.steps.map((step) => ({ ...step, shared: "" }));
    this.dialog.close();
    this.outline.blocks.insert({ ...block, steps }, this.after);
    this.editor.tell(this.t("block inserted", { name: block.name, count: block.steps.length }));
  }
}
