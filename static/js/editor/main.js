// The editor of a draft: puts the document, the outline, the chart, the saving and the others together.

import { Boundary } from "./boundary.js";
import { Chart } from "./chart.js";
import { Conflicts } from "./conflict.js";
import { carried, h, translator } from "./dom.js";
import { Model, newId } from "./model.js";
import "./outline.js";
import { Presence } from "./presence.js";
import { Rows, texts } from "./rows.js";
import { Shelf } from "./shelf.js";
import { Sync } from "./sync.js";
import { Typing } from "./typing.js";
import { Undo } from "./undo.js";

class Editor {
  constructor(root) {
    this.root = root;
    this.data = carried("editor-data");
    this.drawn = this.data.version; // the page came with its chart
    this.t = translator(carried("editor-texts"));
    const shelf = new Shelf(`draft/${this.data.person}/${this.data.revision}/`);
    const left = shelf.takeOver();
    this.model = new Model(carried("editor-document"), this.data.version, left.pending);
    this.typing = new Typing(this.model, this.data.words);
    this.undo = new Undo(this.model, `undo/${this.data.person}/${this.data.revision}`);
    this.sync = this.saving(shelf, left.conflicts);
    this.outline = root.querySelector("process-outline");
    this.outline.start(this, { kinds: this.data.kinds, roles: this.data.roles });
    this.fields();
    this.chart = new Chart(this, this.data.urls.chart, root.querySelector("[data-part=chart-panel]"));
    this.tabs();
    this.keys();
    this.dialogs();
    this.sync.flush();
    this.presence = new Presence(this, this.data.urls.presence, root.querySelector("[data-part=people]"));
    root.classList.add("is-ready");
    const wanted = /^#step-(.+)$/.exec(location.hash)?.[1];
    if (wanted) this.openStep(wanted);
    else if (this.typing.body <= 1) this.outline.ghost.name.focus({ preventScroll: true }); // there is nothing to read yet
  }

  /** The one way in for everything that is typed here. */
  edit(operations) {
    if (operations.length) this.model.perform(operations);
  }

  saving(shelf, conflicts) {
    const { operations, page } = this.data.urls;
    const token = document.querySelector("meta[name=csrf-token]").content;
    const sync = new Sync(this.model, shelf, { url: operations, page, person: this.data.person, token, conflicts });
    sync.addEventListener("status", ({ detail }) => this.status(detail));
    sync.addEventListener("refused", ({ detail }) => this.refused(detail.refused));
    return sync;
  }

  status({ state, message }) {
    const line = this.root.querySelector("[data-part=status]");
    const version = this.model.version;
    line.dataset.state = state;
    if (line.textContent !== this.t(`state ${state}`)) line.textContent = this.t(`state ${state}`);
    if (["signed-out", "refused", "closed", "full"].includes(state)) this.banner(state, message);
    else this.root.querySelector("[data-part=banner]").replaceChildren();
    if (state === "saved" && version !== this.drawn) {
      this.drawn = version;
      this.chart?.soon();
    }
  }

  banner(state, message) {
    const link = state === "signed-out" ? h("a", { class: "btn btn-primary", href: this.data.urls.login }, this.t("sign in again")) : null;
    const text = message || this.t(`banner ${state}`);
    this.root.querySelector("[data-part=banner]").replaceChildren(h("div", { class: "editor-banner", role: "alert" }, h("p", {}, text), link));
  }

  /** What the server would not take: the sentence, and the text itself to copy. */
  refused(list) {
    const place = this.root.querySelector("[data-part=refused]");
    for (const { target, reason, value } of list) {
      const kept = typeof value === "string" && value ? h("textarea", { class: "refused-text", readonly: true, "aria-label": target }, value) : null;
      const close = h("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: (event) => event.target.closest("div").remove() }, this.t("understood"));
      place.append(h("div", { class: "editor-banner", role: "alert" }, h("p", {}, reason), kept, close));
    }
  }

  fields() {
    const bindings = texts(this, this.root);
    this.boundary = new Boundary(this, document.getElementById("boundary"));
    const tables = [...this.root.querySelectorAll("[data-rows]")].map((place) => new Rows(this, place, this.data.columns[place.dataset.rows]));
    this.model.addEventListener("change", () => {
      bindings.update();
      tables.forEach((table) => table.update());
      this.boundary.update();
    });
  }

  /** What other processes name on the other side of an input or output: [{text, note: who}]. */
  async namedByOthers(side, typed) {
    this.others ??= {};
    const asked = `${this.data.urls.port_names}?side=${side}&q=${encodeURIComponent(typed)}`;
    this.others[asked] ??= fetch(asked, { headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : { names: [] }))
      .catch(() => ({ names: [] }));
    const { names } = await this.others[asked];
    return names.map(({ name, number, title }) => ({ text: name, note: `${number} ${title}`, number }));
  }

  tabs() {
    const tabs = [...this.root.querySelectorAll("[role=tab]")];
    const choose = (tab, focus = false) => {
      tabs.forEach((one) => {
        one.setAttribute("aria-selected", String(one === tab));
        one.tabIndex = one === tab ? 0 : -1;
      });
      this.root.dataset.view = tab.dataset.view;
      if (focus) tab.focus();
      if (tab.dataset.view === "chart") this.chart.scale();
    };
    const shown = () => tabs.filter((tab) => tab.offsetParent !== null);
    tabs.forEach((tab) => tab.addEventListener("click", () => choose(tab)));
    this.root.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!way) return;
      const list = shown();
      choose(list.at((list.indexOf(event.target) + way) % list.length), true);
    });
    this.choose = (view) => choose(tabs.find((tab) => tab.dataset.view === view));
    window.matchMedia("(min-width: 68.75rem)").addEventListener("change", ({ matches }) => {
      if (matches && ["chart", "findings"].includes(this.root.dataset.view)) this.choose("steps");
    });
    choose(tabs[0]);
  }

  openStep(key, { details = false } = {}) {
    this.choose("steps");
    this.outline.focusStep(key);
    if (details) this.outline.lines.get(key)?.toggle(true);
  }

  keys() {
    this.root.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const back = key === "z" && !event.shiftKey;
      const forth = key === "y" || (key === "z" && event.shiftKey);
      if (back || forth) this.step(event, back);
    });
    for (const button of this.root.querySelectorAll("[data-undo]")) button.addEventListener("click", (event) => this.step(event, button.dataset.undo === "back"));
  }

  step(event, back) {
    event.preventDefault();
    const done = back ? this.undo.undo() : this.undo.redo();
    this.tell(this.t(done.length ? (back ? "undone" : "redone") : "nothing to undo"));
    const key = done.map(({ target, value }) => target.split("/")[1] ?? value?.key).find((one) => this.model.step(one));
    if (key && this.outline.contains(document.activeElement)) this.outline.focusStep(key);
  }

  dialogs() {
    this.conflicts = new Conflicts(this, document.getElementById("conflict"));
    const discard = document.getElementById("discard");
    this.root.querySelector("[data-part=discard]")?.addEventListener("click", () => discard.showModal());
    discard?.querySelector("[data-close]")?.addEventListener("click", () => discard.close());
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-fix]");
      if (button) this.mend(button);
      const part = event.target.closest("[data-choose]")?.dataset;
      if (part) this.choosePart(part.choose, part.to);
    });
    this.root.querySelector("[data-part=submit]")?.addEventListener("click", (event) => this.errorsFirst(event));
    this.root.querySelector("[data-part=findings]").addEventListener("click", (event) => {
      const key = event.target.closest("[data-step]")?.dataset.step;
      if (key) (event.preventDefault(), this.openStep(key));
    });
  }

  choosePart(first, last) {
    this.choose("steps");
    this.outline.blocks.run(first, last);
  }

  /**
   * Chosen steps become a process of their own; the server does it, and what it changed here comes back like others' typing.
   * Gives the key of the step that stands for them, or "".
   */
  async divide(steps, title) {
    const saved = await this.sync.settled();
    const asked = { steps, title, version: this.model.version };
    const { status, body } = saved ? await this.sync.post(this.data.urls.divide, asked) : { status: 0 };
    if (status !== 200) {
      this.say(body?.error ?? this.t("divide later"));
      return "";
    }
    this.model.confirm(body);
    this.chart.soon();
    this.said(h("p", {}, this.t("divided", { number: body.number, count: steps.length })), h("a", { class: "btn btn-sm", href: body.url }, this.t("open it", { number: body.number })));
    return this.model.steps.find((step) => step.link === body.number)?.key ?? "";
  }

  /** A fix of a finding: the server says what it does to what was drawn, and it is done like typing. */
  async mend(button) {
    const { fix, finding, code } = button.dataset;
    const version = Number(button.closest("[data-version]").dataset.version);
    button.disabled = true;
    const asked = { fix, code, finding: Number(finding), version };
    const { status, body } = (await this.sync.settled()) ? await this.sync.post(this.data.urls.fix, asked) : { status: 0 };
    button.disabled = false;
    if (status !== 200) return this.say(body?.error ?? this.t("fix later"));
    this.edit(body.operations.map((operation) => ({ ...operation, id: newId() })));
    this.tell(this.t("mended"));
    const key = body.operations.map(({ target, value }) => target.split("/")[1] ?? value?.key).find((one) => this.model.step(one));
    key ? this.openStep(key) : this.chart.canvas.focus();
  }

  /** After each drawing: how many findings there are; errors close the way to submitting. */
  counted(errors, count) {
    const submit = this.root.querySelector("[data-part=submit]");
    const badge = this.root.querySelector("[data-part=finding-count]");
    if (badge) badge.textContent = count ? String(count) : "";
    if (!submit || submit.dataset.refused) return;
    const why = this.root.querySelector("[data-part=why]");
    why.hidden = !errors;
    why.textContent = errors ? this.t(errors > 1 ? "errors first" : "error first", { count: errors }) : "";
    errors ? submit.setAttribute("aria-disabled", "true") : submit.removeAttribute("aria-disabled");
  }

  /** Who wants to submit a draft with errors is led to the first of them. */
  errorsFirst(event) {
    if (!event.currentTarget.hasAttribute("aria-disabled")) return;
    event.preventDefault();
    const error = this.root.querySelector(".finding-error");
    if (!error) return;
    if (!error.offsetParent) this.choose("chart");
    error.scrollIntoView({ block: "nearest" });
    error.querySelector("a, button")?.focus();
  }

  /** To people who listen to the page. */
  tell(text) {
    this.root.querySelector("[data-part=told]").textContent = text;
  }

  /** To everybody: something that was done, with where to go on. */
  said(...parts) {
    const place = this.root.querySelector("[data-part=refused]");
    const close = h("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: (event) => event.target.closest("div").remove() }, this.t("understood"));
    place.append(h("div", { class: "editor-banner", role: "status" }, ...parts, close));
  }

  /** To everybody: something that was not done, and why. */
  say(text) {
    this.refused([{ target: "", reason: text }]);
  }
}

const root = document.querySelector("[data-editor]");
if (root) root.editor = new Editor(root);

export { Editor };
