// Who else is here and at which step, and what they have written since: asked every 15 seconds while the page is looked at.

import { h } from "./dom.js";

const EVERY = 15000; // ms

export class Presence {
  constructor(editor, url, place) {
    Object.assign(this, { editor, url, place });
    setInterval(() => this.ask(), EVERY);
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    this.ask();
  }

  async ask() {
    const { sync, model } = this.editor;
    if (document.hidden || sync.busy || sync.stuck) return;
    sync.busy = true;
    const { status, body } = await sync.post(this.url, { step: this.editor.outline.current, version: model.version });
    sync.busy = false;
    if (status === 200) {
      if (body.operations.length) model.confirm(body);
      this.show(body.people);
    } else if (status === 401) sync.say("signed-out");
    if (model.pending.length) sync.flush();
  }

  show(people) {
    const { t, model, outline } = this.editor;
    this.place.replaceChildren(
      ...people.map(({ name, initials, step }) => {
        const number = model.number(step);
        const text = number ? t("here at step", { name, number }) : t("here", { name });
        return h("li", { class: "here" }, h("span", { class: "here-mark", "aria-hidden": "true" }, initials), h("span", {}, text));
      }),
    );
    outline.others = new Map(people.filter(({ step }) => step).map(({ step, name, initials }) => [step, { name, initials }]));
    outline.render();
  }
}
