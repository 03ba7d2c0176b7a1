// The flowchart beside the text: fetched after each confirmed change; line and node point at each other.

const PAUSE = 150; // ms
const READABLE = 0.85; // below it letters are smaller than 11 px
const ZOOMS = [0.5, 0.65, 0.8, 1, 1.25, 1.5, 2];

export class Chart {
  constructor(editor, url, place) {
    Object.assign(this, { editor, url, place });
    this.canvas = place.querySelector("[data-part=chart]");
    this.zoom = null; // chosen by nobody yet: as wide as there is room, but never so small that it cannot be read
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
      place.replaceChildren(...fresh.querySelector(`[data-part=${part}]`).childNodes);
      place.scrollTo(left, top);
    }
    this.changed();
  }

  /** After a new drawing: the zoom again, and who waits for the counts. */
  changed() {
    this.scale();
    const counts = document.querySelector("[data-part=findings] [data-errors]")?.dataset ?? {};
    this.editor.counted(Number(counts.errors ?? 0), Number(counts.count ?? 0));
    this.link(this.editor.outline?.current, true);
  }

  scale() {
    const svg = this.canvas.querySelector("svg.flowchart");
    if (!svg) return;
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const zoom = this.zoom ?? Math.min(1, Math.max(READABLE, this.fitting()));
    svg.setAttribute("width", String(Math.round(width * zoom)));
    svg.setAttribute("height", String(Math.round(height * zoom)));
  }

  click(event) {
    const command = event.target.closest("[data-chart]")?.dataset.chart;
    if (command) return this.command(command);
    const key = event.target.closest("[data-step]")?.dataset.step;
    if (!key) return;
    event.preventDefault();
    this.editor.openStep(key);
  }

  command(name) {
    const step = { in: 1, out: -1 }[name];
    if (step) this.zoom = ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, this.nearest() + step))];
    if (name === "fit") this.zoom = this.fitting();
    if (name === "turn") {
      this.orientation = this.orientation === "TB" ? "LR" : "TB";
      return this.refresh();
    }
    if (name === "full") return document.fullscreenElement ? document.exitFullscreen() : this.place.requestFullscreen?.();
    this.scale();
  }

  nearest() {
    const distance = (one) => Math.abs(one - (this.zoom ?? 1));
    return ZOOMS.reduce((best, one, n) => (distance(one) < distance(ZOOMS[best]) ? n : best), 0);
  }

  fitting() {
    const width = Number(this.canvas.querySelector("svg.flowchart")?.getAttribute("viewBox").split(" ")[2] ?? 1);
    return Math.min(1.5, (this.canvas.clientWidth - 24) / width);
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
