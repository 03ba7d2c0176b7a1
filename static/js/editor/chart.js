// The flowchart beside the text: fetched after each confirmed change; line and node point at each other.

import { ChartView } from "../chart-view.js";
import { ByHand } from "./byhand.js";

const PAUSE = 150; // ms

export class Chart {
  constructor(editor, url, place) {
    Object.assign(this, { editor, url, place });
    this.canvas = place.querySelector("[data-part=chart]");
    this.view = new ChartView(this.canvas, place);
    this.byHand = new ByHand(editor, this.view);
    this.orientation = "TB";
    this.shown = -1;
    place.addEventListener("click", (event) => this.click(event));
    for (const name of ["pointerover", "focusin"]) this.canvas.addEventListener(name, (event) => this.point(event, true));
    for (const name of ["pointerout", "focusout"]) this.canvas.addEventListener(name, (event) => this.point(event, false));
    this.changed();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), PAUSE);
  }

  async refresh() {
    this.asked?.abort();
    this.asked = new AbortController();
    this.place.setAttribute("aria-busy", "true");
    try {
      const address = `${this.url}?orientation=${this.orientation}&version=${this.editor.model.version}`;
      const response = await fetch(address, { signal: this.asked.signal, redirect: "manual" });
      if (response.ok) this.show(await response.text());
    } catch {
      // The old chart stays until the network is back; the status line says so.
    }
    this.place.removeAttribute("aria-busy");
  }

  show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const part of ["chart", "findings"]) {
      const place = document.querySelector(`[data-part=${part}]`);
      const [left, top] = [place.scrollLeft, place.scrollTop];
      const focused = place.contains(document.activeElement) ? document.activeElement : null;
      place.replaceChildren(...fresh.querySelector(`[data-part=${part}]`).childNodes);
      place.scrollTo(left, top);
      if (focused && !focused.isConnected) (document.getElementById(focused.id) ?? this.canvas).focus({ preventScroll: true });
    }
    this.changed();
  }

  /** After a new drawing: the zoom again, and who waits for the counts. */
  changed() {
    this.view.refresh();
    this.byHand.redrawn();
    const counts = document.querySelector("[data-part=findings] [data-errors]")?.dataset ?? {};
    this.editor.counted(Number(counts.errors ?? 0), Number(counts.count ?? 0));
    this.link(this.editor.outline?.current, true);
  }

  click(event) {
    const command = event.target.closest("[data-chart]")?.dataset.chart;
    if (command) return this.command(command);
    if (!this.canvas.contains(event.target)) return;
    if (this.byHand.click(event) || event.target.closest("[data-step]")) event.preventDefault();
  }

  command(name) {
    if (name !== "turn") return this.view.command(name);
    this.orientation = this.orientation === "TB" ? "LR" : "TB";
    this.refresh();
  }

  scale() {
    this.view.scale();
  }

  point(event, on) {
    const key = event.target.closest?.(".step")?.dataset.step;
    if (key) this.editor.outline.link(key, on);
  }

  /** Marks the node of a step, and brings it into view. */
  link(key, on) {
    for (const old of this.canvas.querySelectorAll(".step.is-linked")) old.classList.remove("is-linked");
    const node = on && key ? this.canvas.querySelector(`#node-${CSS.escape(key)}`) : null;
    if (!node) return;
    node.classList.add("is-linked");
    const [box, view] = [node.getBoundingClientRect(), this.canvas.getBoundingClientRect()];
    const out = (from, to, low, high) => (from < low ? from - low - 40 : to > high ? to - high + 40 : 0);
    this.canvas.scrollBy(out(box.left, box.right, view.left, view.right), out(box.top, box.bottom, view.top, view.bottom));
  }
}
