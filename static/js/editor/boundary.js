// The boundary asked for step by step: where the process begins and ends, what comes in and goes out, and who is on the other side.

import { Bindings } from "./bind.js";
import { h } from "./dom.js";
import { set } from "./model.js";
import { Rows } from "./rows.js";

const SIDES = [
  { side: "input", party: "supplier", own: "taker", page: "in" },
  { side: "output", party: "customer", own: "giver", page: "out" },
];

export class Boundary {
  constructor(editor, dialog) {
    Object.assign(this, { editor, dialog, t: editor.t, bindings: new Bindings(editor), tables: [], at: 0 });
    this.pages = [this.texts("begins", "trigger", "first_step"), this.texts("ends", "result", "last_step"), ...SIDES.map((side) => this.rows(side)), this.all()];
    this.title = h("h2", { id: "boundary-title", tabindex: "-1" });
    this.count = h("span", { class: "muted small num" });
    this.help = h("p", { class: "muted" });
    this.back = h("button", { type: "button", class: "btn", onclick: () => this.go(this.at - 1) }, this.t("boundary back"));
    this.next = h("button", { type: "button", class: "btn btn-primary", onclick: () => this.forth() });
    const close = h("button", { type: "button", class: "btn btn-quiet boundary-close", onclick: () => dialog.close() }, this.t("boundary close"));
    dialog.append(
      h("div", { class: "dialog-body" }, h("div", { class: "spread cluster" }, this.title, this.count), this.help, ...this.pages.map(({ element }) => element), h("div", { class: "boundary-foot" }, close, this.back, this.next)),
    );
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("close", () => this.named());
    editor.root.querySelector("[data-part=boundary]").addEventListener("click", () => this.open());
  }

  open() {
    this.dialog.showModal();
    this.go(0);
  }

  go(n) {
    this.at = n;
    const { name } = this.pages[n];
    this.pages.forEach((page, k) => (page.element.hidden = k !== n));
    this.title.textContent = this.t(`boundary ${name}`);
    this.help.textContent = this.t(`boundary ${name} help`);
    this.count.textContent = this.t("boundary page", { number: n + 1, count: this.pages.length });
    this.back.hidden = n === 0;
    this.next.textContent = this.t(n === this.pages.length - 1 ? "boundary done" : "boundary next");
    this.pages[n].shown?.();
    (this.pages[n].element.querySelector("input") ?? this.title).focus();
  }

  forth() {
    if (this.at === this.pages.length - 1) this.dialog.close();
    else this.go(this.at + 1);
  }

  /** Enter goes from field to field and on to the next page; in a table it goes down (see Rows), with Ctrl on. */
  key(event) {
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
    const inField = event.target.tagName === "INPUT" && !event.target.closest("table");
    if (!inField && !event.ctrlKey) return;
    event.preventDefault();
    const inputs = [...this.pages[this.at].element.querySelectorAll("input")];
    const next = event.ctrlKey ? null : inputs[inputs.indexOf(event.target) + 1];
    next ? next.focus() : this.forth();
  }

  texts(name, ...fields) {
    const labels = fields.map((field) => {
      const input = h("input", { maxlength: "300", autocomplete: "off" });
      this.bindings.bind(input, `boundary/${field}`);
      return h("label", { class: "detail is-wide" }, h("span", { class: "detail-name" }, this.t(`boundary ${field}`)), input);
    });
    return { name, element: h("div", { class: "boundary-page", hidden: true }, ...labels) };
  }

  rows({ side, party, page }) {
    const columns = this.editor.data.columns.sipoc.filter(({ field }) => [side, party].includes(field)).sort((one) => (one.field === side ? -1 : 1));
    const heads = columns.map(({ label }) => h("th", { scope: "col" }, label));
    const table = h("table", { class: "typed-rows", dataset: { rows: "sipoc" } }, h("thead", {}, h("tr", {}, ...heads, h("td", {}))), h("tbody"));
    this.tables.push(new Rows(this.editor, table, columns, { some: true }));
    return { name: page, element: h("div", { class: "boundary-page", hidden: true }, table) };
  }

  /** Everything at a glance, and for each input and output whether there is another side. */
  all() {
    const element = h("div", { class: "boundary-page", hidden: true });
    return { name: "all", element, shown: () => this.glance(element) };
  }

  async glance(element) {
    const { boundary, sipoc } = this.editor.model.definition;
    const said = (text) => text || this.t("boundary not said");
    const from = h("p", { class: "boundary-line" }, this.t("boundary from to", { trigger: said(boundary.trigger), result: said(boundary.result) }));
    const list = h("ul", { class: "boundary-ports" });
    element.replaceChildren(from, list);
    const items = [];
    for (const one of SIDES) {
      for (const row of sipoc.filter((item) => item[one.side])) items.push(this.port(row, one));
    }
    list.replaceChildren(...(items.length ? await Promise.all(items) : [h("li", { class: "muted" }, this.t("boundary nothing"))]));
  }

  async port(row, { side, party, own, page }) {
    const name = row[side];
    const others = await this.editor.namedByOthers(side, name.toLocaleLowerCase());
    const same = others.filter(({ text }) => text.toLocaleLowerCase() === name.toLocaleLowerCase());
    const other = same.find(({ note }) => note === row[party]) ?? same[0];
    const asked = new URLSearchParams({ side: own, name, ...(other ? { other: other.number } : {}) });
    const link = h("a", { class: "btn btn-small", href: `${this.editor.data.urls.propose_interface}?${asked}`, target: "_blank", rel: "noopener" }, this.t("boundary propose"));
    const who = other ? other.note : [row[party], this.t(`boundary alone ${page}`)].filter(Boolean).join(" · ");
    return h("li", {}, h("span", { class: "badge" }, this.editor.data.columns.sipoc.find(({ field }) => field === side).label), h("span", {}, h("strong", {}, name), h("small", { class: "muted" }, who)), link);
  }

  /** A start and an end that are called nothing else yet are called by the trigger and the result. */
  named() {
    const { model, data } = this.editor;
    const { trigger, result } = model.definition.boundary;
    const call = (kind, plain, text) => {
      const steps = model.steps.filter((step) => step.kind === kind);
      return text && steps.length === 1 && ["", plain].includes(steps[0].name) ? [set(`steps/${steps[0].key}/name`, text)] : [];
    };
    this.editor.edit([...call("start", data.words.start, trigger), ...call("end", data.words.end, result)]);
  }

  update() {
    this.bindings.update();
    this.tables.forEach((table) => table.update());
  }
}
