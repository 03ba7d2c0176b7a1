/* Looking at a flowchart: zoom by buttons, keys and wheel, moving it with the mouse, fitting, full screen, and a map of large ones. */

const STEPS = [0.25, 0.35, 0.5, 0.65, 0.8, 1, 1.25, 1.5, 2];
const READABLE = 0.85; // below it letters are smaller than 11 px
const LARGE = 1.6; // times the view: then the map helps
const MAP = 150; // px, the longer side
const ROOM = 420; // px; on a phone the map would hide what it shows

export class ChartView {
  /** `box` scrolls and holds the drawing; `full` is what goes full screen. */
  constructor(box, full = null) {
    this.box = box;
    this.zoom = null; // chosen by nobody yet: as wide as there is room, but never so small that it cannot be read
    this.frame = document.createElement("div");
    this.frame.className = "chart-frame";
    box.replaceWith(this.frame);
    this.map = document.createElement("div");
    this.map.className = "chart-map";
    this.map.hidden = true;
    this.map.setAttribute("aria-hidden", "true"); // everything in it is in the chart itself
    this.frame.append(box, this.map);
    this.full = full ?? this.frame;
    box.addEventListener("scroll", () => this.showPlace(), { passive: true });
    box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    box.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.showPlace()).observe(box);
    document.addEventListener("fullscreenchange", () => this.refit());
    this.panning();
    this.mapping();
    this.refresh();
  }

  get svg() {
    return this.box.querySelector("svg.flowchart");
  }

  /** After a new drawing. */
  refresh() {
    this.map.replaceChildren();
    this.scale();
  }

  scale() {
    const { svg } = this;
    this.map.hidden = !svg;
    if (!svg) return;
    const { width, height } = svg.viewBox.baseVal;
    const zoom = this.zoom ?? Math.min(1, Math.max(READABLE, this.fitting()));
    svg.setAttribute("width", String(Math.round(width * zoom)));
    svg.setAttribute("height", String(Math.round(height * zoom)));
    this.shown = zoom;
    this.showPlace();
  }

  fitting(whole = false) {
    const { width, height } = this.svg?.viewBox.baseVal ?? { width: 1, height: 1 };
    const across = (this.box.clientWidth - 40) / width;
    return Math.min(1.5, whole ? Math.min(across, (this.box.clientHeight - 40) / height) : across);
  }

  /** in | out | fit | full */
  command(name) {
    if (name === "full") return document.fullscreenElement ? document.exitFullscreen() : this.full.requestFullscreen?.();
    // Fitting twice fits the height too.
    this.fitted = name === "fit" ? (this.fitted === "across" ? "whole" : "across") : "";
    if (this.fitted) this.zoom = this.fitting(this.fitted === "whole");
    else this.step(name === "in" ? 1 : -1);
    this.scale();
  }

  /** The whole screen is there to see more, and the place on the page after it: what nobody zoomed by hand is fitted again. */
  refit() {
    const here = document.fullscreenElement === this.full;
    if (here) this.before = { zoom: this.zoom, fitted: this.fitted };
    else if (!this.before) return;
    if (here) this.zoom = Math.max(READABLE, this.fitting(true));
    else Object.assign(this, this.before, { before: null });
    this.scale();
  }

  step(way) {
    const now = this.shown ?? 1;
    this.zoom = way > 0 ? (STEPS.find((one) => one > now * 1.01) ?? STEPS.at(-1)) : (STEPS.findLast((one) => one < now * 0.99) ?? STEPS[0]);
  }

  /** Ctrl and the wheel (or two fingers on a pad) zoom around the pointer. */
  wheel(event) {
    if (!event.ctrlKey || !this.svg) return;
    event.preventDefault();
    const view = this.box.getBoundingClientRect();
    const at = [event.clientX - view.left, event.clientY - view.top];
    const before = this.shown;
    this.zoom = Math.min(STEPS.at(-1), Math.max(STEPS[0], before * Math.exp(-event.deltaY / 300)));
    this.scale();
    const grown = this.shown / before;
    this.box.scrollTo((this.box.scrollLeft + at[0]) * grown - at[0], (this.box.scrollTop + at[1]) * grown - at[1]);
  }

  key(event) {
    const name = { "+": "in", "=": "in", "-": "out", 0: "fit", f: "full" }[event.key];
    if (!name || event.target !== this.box || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.command(name);
  }

  /** With the mouse the paper is taken hold of; fingers scroll by themselves. */
  panning() {
    let from = null;
    this.box.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("a, .flow, button, input")) return;
      from = { x: event.clientX + this.box.scrollLeft, y: event.clientY + this.box.scrollTop };
      this.box.setPointerCapture(event.pointerId);
      this.box.classList.add("is-panned");
    });
    this.box.addEventListener("pointermove", (event) => from && this.box.scrollTo(from.x - event.clientX, from.y - event.clientY));
    const end = () => {
      from = null;
      this.box.classList.remove("is-panned");
    };
    for (const name of ["pointerup", "pointercancel"]) this.box.addEventListener(name, end);
  }

  // The map

  /** The drawing small, without its texts, and where in it one is. */
  drawMap() {
    const small = this.svg.cloneNode(true);
    small.querySelectorAll("text, title, desc, a > title, marker").forEach((one) => one.remove());
    small.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
    small.querySelectorAll("a").forEach((one) => one.removeAttribute("href"));
    small.querySelectorAll("[tabindex]").forEach((one) => one.removeAttribute("tabindex")); // the Tab key stays in the drawing itself
    small.removeAttribute("id");
    small.removeAttribute("role");
    small.setAttribute("focusable", "false");
    const { width, height } = this.svg.viewBox.baseVal;
    this.mapScale = MAP / Math.max(width, height);
    small.setAttribute("width", String(Math.round(width * this.mapScale)));
    small.setAttribute("height", String(Math.round(height * this.mapScale)));
    this.here = document.createElement("div");
    this.here.className = "chart-map-here";
    this.map.replaceChildren(small, this.here);
  }

  showPlace() {
    const { box, svg } = this;
    if (!svg) return;
    const small = box.scrollWidth < box.clientWidth * LARGE && box.scrollHeight < box.clientHeight * LARGE;
    this.map.hidden = small || box.clientWidth < ROOM;
    if (this.map.hidden) return;
    if (!this.map.firstChild) this.drawMap();
    const zoom = this.mapScale / this.shown;
    const { left, top } = this.origin();
    const [width, height] = [svg.clientWidth || svg.width.baseVal.value, svg.clientHeight || svg.height.baseVal.value];
    const cut = (value, most) => Math.min(most, Math.max(0, value)) * zoom;
    const [x, y] = [cut(box.scrollLeft - left, width), cut(box.scrollTop - top, height)];
    const set = (name, value) => this.here.style.setProperty(name, `${value}px`);
    set("left", x);
    set("top", y);
    set("width", cut(box.scrollLeft - left + box.clientWidth, width) - x);
    set("height", cut(box.scrollTop - top + box.clientHeight, height) - y);
  }

  /** Where the drawing begins on the paper. */
  origin() {
    const [drawing, view] = [this.svg.getBoundingClientRect(), this.box.getBoundingClientRect()];
    return { left: drawing.left - view.left + this.box.scrollLeft, top: drawing.top - view.top + this.box.scrollTop };
  }

  mapping() {
    let held = false;
    const go = (event) => {
      const corner = this.map.firstChild.getBoundingClientRect();
      const zoom = this.shown / this.mapScale;
      const { left, top } = this.origin();
      this.box.scrollTo(
        left + (event.clientX - corner.left) * zoom - this.box.clientWidth / 2,
        top + (event.clientY - corner.top) * zoom - this.box.clientHeight / 2,
      );
    };
    this.map.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      held = true;
      this.map.setPointerCapture(event.pointerId);
      go(event);
    });
    this.map.addEventListener("pointermove", (event) => held && go(event));
    for (const name of ["pointerup", "pointercancel"]) this.map.addEventListener(name, () => (held = false));
  }
}
