// Two people changed the same place: both texts side by side, and the choice between mine, theirs and both.

import { h } from "./dom.js";
import { add, blankStep, newId, remove, set } from "./model.js";

export class Conflicts {
  constructor(editor, dialog) {
    this.editor = editor;
    this.dialog = dialog;
    dialog.addEventListener("cancel", (event) => event.preventDefault()); // a choice is asked for; the text stays until then
    editor.sync.addEventListener("conflict", () => this.next());
    this.next();
  }

  next() {
    if (this.dialog.open) return;
    const conflict = this.editor.sync.conflicts[0];
    if (!conflict) return;
    if (conflict.op === "move") return this.settle(conflict, []);
    this.ask(conflict);
    this.dialog.showModal();
  }

  ask(conflict) {
    const { t } = this.editor;
    const what = this.place(conflict.target);
    const head = h("h2", { id: "conflict-title" }, t("conflict title", { what }));
    const said = h("p", {}, this.sentence(conflict));
    const side = (title, value) => h("section", { class: "conflict-side" }, h("h3", {}, title), h("div", { class: "conflict-text" }, this.readable(value)));
    const sides = conflict.op === "remove" ? [] : [side(t("your text"), conflict.mine), side(t("text of", { name: conflict.by }), conflict.theirs)];
    this.dialog.replaceChildren(head, said, h("div", { class: "conflict-sides" }, ...sides), h("div", { class: "dialog-foot" }, ...this.choices(conflict)));
  }

  sentence({ op, theirs, by }) {
    const { t } = this.editor;
    if (op === "remove") return t("conflict remove", { name: by });
    return t(theirs === null ? "conflict gone" : "conflict both", { name: by });
  }

  choices(conflict) {
    const { t } = this.editor;
    const { target, mine, theirs, op } = conflict;
    const choice = (text, operations, first = false) =>
      h("button", { type: "button", class: first ? "btn btn-primary" : "btn", onclick: () => this.settle(conflict, operations) }, text);
    if (op === "remove") return [choice(t("keep it"), [], true), choice(t("remove anyway"), [remove(...target.split("/"))])];
    if (theirs === null) {
      const text = this.readable(mine);
      const again = target.startsWith("steps/") ? [add("steps", blankStep({ name: text.slice(0, 300), description: text.length > 300 ? text : "" }), null)] : [];
      return [...(again.length ? [choice(t("as a new step"), again, true)] : []), choice(t("let it go"), [])];
    }
    const joined = typeof mine === "string" && typeof theirs === "string" ? [choice(t("keep both"), [set(target, this.join(target, mine, theirs))])] : [];
    return [choice(t("keep mine"), [set(target, mine)], true), choice(t("keep theirs"), []), ...joined];
  }

  join(target, mine, theirs) {
    const long = /^(purpose|scope|notes)$|\/description$/.test(target);
    return `${theirs}${long ? "\n\n" : " / "}${mine}`.slice(0, long ? 20000 : 300);
  }

  settle(conflict, operations) {
    this.editor.sync.settle(conflict);
    this.dialog.close();
    this.editor.edit(operations.map((operation) => ({ ...operation, id: newId() })));
    this.next();
  }

  /** "step 3, name" */
  place(target) {
    const { t, model } = this.editor;
    const [head, key, field] = target.split("/");
    if (head === "steps") return t("place step", { number: model.number(key) || "–", field: field ? t(field) : "" });
    return t(field ?? (head === "boundary" ? key : head));
  }

  readable(value) {
    const { t, typing } = this.editor;
    if (value === null || value === undefined || value === "") return t("empty");
    if (typeof value === "string") return value;
    if (!Array.isArray(value)) return value.value?.name ?? String(value);
    return value.map((one) => (typeof one === "string" ? one : `${one.label} → ${typing.shown(one) || t("next")}`)).join("\n");
  }
}
