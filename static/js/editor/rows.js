// Tables that are typed in: SIPOC, roles, records, references. The last row is always empty and becomes a row when typed in.

import { Bindings } from "./bind.js";
import { combobox } from "./combobox.js";
import { h, show } from "./dom.js";
import { markdown } from "./markdown.js";
import { add, newKey, remove, set } from "./model.js";

const PARTIES = { input: "supplier", output: "customer" };

export class Rows {
  /**
   * `place` carries data-rows (the list's name) and has a tbody; `columns`: [{field, label, check, matches}]. A column that
   * `matches` ("input", "output") offers what other processes name on the other side. `some`: only rows that say something here.
   */
  constructor(editor, place, columns, { some = false } = {}) {
    Object.assign(this, { editor, place, columns, some, list: place.dataset.rows });
    this.body = place.querySelector("tbody");
    this.rows = new Map();
    this.next = newKey();
    this.update();
  }

  get items() {
    const all = this.editor.model.definition[this.list];
    return this.some ? all.filter((item) => this.rows.has(item.key) || this.columns.some(({ field }) => item[field])) : all;
  }

  update() {
    if (this.items.some((item) => item.key === this.next)) this.next = newKey();
    const keys = [...this.items.map((item) => item.key), this.next];
    for (const [key, row] of this.rows) if (!keys.includes(key)) (row.element.remove(), this.rows.delete(key));
    keys.forEach((key, n) => this.showRow(key, n));
  }

  showRow(key, n) {
    if (!this.rows.has(key)) this.rows.set(key, this.row(key));
    const row = this.rows.get(key);
    if (this.body.children[n] !== row.element) this.body.insertBefore(row.element, this.body.children[n] ?? null);
    const item = this.items.find((one) => one.key === key);
    row.element.classList.toggle("is-ghost", !item);
    row.remove.hidden = !item;
    row.inputs.forEach((input, k) => {
      const { field, label, check } = this.columns[k];
      input.setAttribute("aria-label", this.editor.t("cell", { column: label, number: n + 1 }));
      input.placeholder = item ? "" : label;
      if (check) input.checked = item?.[field] ?? false;
      else show(input, item?.[field] ?? "");
    });
  }

  row(key) {
    const inputs = this.columns.map(({ field, check }) =>
      h("input", {
        type: check ? "checkbox" : "text",
        maxlength: check ? null : "300",
        autocomplete: "off",
        oninput: (event) => this.typed(key, field, check ? event.target.checked : event.target.value),
        onkeydown: (event) => this.key(event, key),
      }),
    );
    const cells = inputs.map((input, k) => h("td", { dataset: { label: this.columns[k].label } }, this.cell(key, input, this.columns[k])));
    const drop = h("button", { type: "button", class: "row-remove", "aria-label": this.editor.t("remove row"), onclick: () => this.drop(key) }, "×");
    return { element: h("tr", {}, ...cells, h("td", { class: "row-end" }, drop)), inputs, remove: drop };
  }

  /** What others hand over or take is offered as one types; choosing it names them on the other side. */
  cell(key, input, { field, matches }) {
    if (!matches) return input;
    const pick = (text, option) => {
      if (!option) return;
      const party = PARTIES[matches];
      this.typed(key, field, text);
      const item = this.editor.model.definition[this.list].find((one) => one.key === key);
      if (item && !item[party]) this.typed(key, party, option.note);
    };
    return combobox(input, { options: (typed) => this.editor.namedByOthers(matches, typed), pick });
  }

  typed(key, field, value) {
    if (this.editor.model.definition[this.list].some((item) => item.key === key)) return this.editor.edit([set(`${this.list}/${key}/${field}`, value)]);
    if (value === "") return;
    const blank = Object.fromEntries(this.editor.data.columns[this.list].map((column) => [column.field, column.check ? false : ""]));
    this.editor.edit([add(this.list, { ...blank, key, [field]: value }, null)]);
  }

  /** Enter goes to the row below. */
  key(event, key) {
    if (event.key !== "Enter" || event.ctrlKey || event.isComposing || event.target.hasAttribute("aria-activedescendant")) return;
    event.preventDefault();
    const keys = [...this.items.map((item) => item.key), this.next];
    this.rows.get(keys[keys.indexOf(key) + 1])?.inputs[0].focus();
  }

  drop(key) {
    const freed = this.list === "roles" ? freeing(this.editor.model.steps, key) : [];
    this.editor.edit([...freed, remove(this.list, key)]);
    this.rows.get(this.next).inputs[0].focus();
  }
}

/** What takes a role out of every step that names it, as the one who does it or beside that. */
function freeing(steps, role) {
  const single = (step, field) => (step[field] === role ? [set(`steps/${step.key}/${field}`, "")] : []);
  const several = (step, field) => (step[field]?.includes(role) ? [set(`steps/${step.key}/${field}`, step[field].filter((one) => one !== role))] : []);
  return steps.flatMap((step) => [...["role", "accountable"].flatMap((field) => single(step, field)), ...["consulted", "informed"].flatMap((field) => several(step, field))]);
}

/** Purpose, scope, boundary: fields that carry data-target. */
export function texts(editor, root) {
  const bindings = new Bindings(editor);
  for (const input of root.querySelectorAll("[data-target]")) {
    const box = input.parentElement;
    const copy = () => {
      if (box.classList.contains("grow")) box.dataset.text = input.value;
    };
    input.addEventListener("input", copy);
    input.readOnly = false;
    bindings.bind(input, input.dataset.target, { copy });
    if (input.tagName === "TEXTAREA") markdown(editor, input, box);
  }
  return bindings;
}
