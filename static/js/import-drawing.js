/* A drawing before it is brought in: the original, ours and the list of what is lost are tied together. */

import { ChartView } from "./chart-view.js";

const SMALLEST = 0.5; // at first; whoever wants to read enlarges
const DWELL = 250; // ms the pointer rests before the other side moves

const root = document.querySelector("[data-drawings]");
const views = new Map();
for (const box of root.querySelectorAll("[data-drawing]")) views.set(box, viewOf(box));

function viewOf(box) {
  const view = new ChartView(box);
  view.zoom = Math.min(1, Math.max(SMALLEST, view.fitting()));
  view.scale();
  return view;
}

// Tools work on the drawing of their side that is looked at: the first one, or the last one touched.
for (const side of root.querySelectorAll("[data-side]")) {
  const tools = side.querySelector("[data-chart-tools]");
  const boxes = side.querySelectorAll("[data-drawing]");
  tools.hidden = !boxes.length;
  let touched = boxes[0];
  for (const name of ["pointerdown", "focusin"]) side.addEventListener(name, (event) => (touched = event.target.closest("[data-drawing]") ?? touched));
  tools.addEventListener("click", (event) => {
    const name = event.target.closest("[data-chart]")?.dataset.chart;
    if (name) views.get(touched).command(name);
  });
  // A sub-process that is opened is as wide as the side only now.
  for (const inner of side.querySelectorAll("details")) {
    inner.addEventListener("toggle", () => {
      const view = views.get(inner.querySelector("[data-drawing]"));
      if (!view || !inner.open) return;
      view.zoom = Math.min(1, Math.max(SMALLEST, view.fitting()));
      view.scale();
    });
  }
}

// Ties: data-tie in the original and the list, data-step and the ids of arrows in ours.
const parts = new Map();
const keyOf = (part) => part.dataset.tie ?? part.dataset.step ?? part.id.replace(/^flow-/, "");
const found = [...document.querySelectorAll("[data-tie], [data-drawings] [data-step], [data-side='ours'] .flow[id]")].filter((part) => !part.closest(".chart-map"));
for (const part of found) {
  const key = keyOf(part);
  parts.set(key, [...(parts.get(key) ?? []), part]);
}

let waiting = 0;
function tie(part, on) {
  clearTimeout(waiting);
  for (const other of parts.get(keyOf(part)) ?? []) other.classList.toggle("is-linked", on);
  if (on) waiting = setTimeout(() => show(part), DWELL);
}

/** Brings the counterparts into the view of their own boxes; the page stays where it is. */
function show(part) {
  for (const other of parts.get(keyOf(part)) ?? []) {
    const box = other.closest("[data-drawing], [data-steps], .told ul");
    if (!box || box.contains(part)) continue;
    const [there, view] = [other.getBoundingClientRect(), box.getBoundingClientRect()];
    const inside = there.top >= view.top && there.bottom <= view.bottom && there.left >= view.left && there.right <= view.right;
    if (inside || !view.width) continue;
    const across = there.left + there.width / 2 - view.left - view.width / 2;
    const down = there.top + there.height / 2 - view.top - view.height / 2;
    box.scrollBy({ left: across, top: down, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }
}

for (const part of found) {
  part.addEventListener("mouseenter", () => tie(part, true));
  part.addEventListener("mouseleave", () => tie(part, false));
  part.addEventListener("focusin", () => tie(part, true));
  part.addEventListener("focusout", () => tie(part, false));
}

// Links of the original lead to ours or to the list; on a phone the other side is shown first. Ours lead back.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-tie], .told button[data-tie], [data-drawings] a[data-step]");
  if (!link) return;
  event.preventDefault();
  const mine = link.closest("[data-side]") ?? link;
  const others = (parts.get(keyOf(link)) ?? []).filter((part) => !mine.contains(part));
  const target = others.find((part) => part.closest("[data-side]")) ?? others[0];
  if (target) go(target);
});

function go(target) {
  const side = target.closest("[data-side]");
  if (side) shown(side.dataset.side);
  const folded = target.closest("details");
  if (folded) folded.open = true;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// Tabs on a phone.
const tabs = root.querySelector("[data-drawings-tabs]");
tabs.hidden = false;
tabs.addEventListener("click", (event) => {
  const name = event.target.closest("[data-show]")?.dataset.show;
  if (name) shown(name);
});

function shown(name) {
  root.dataset.shown = name;
  for (const button of tabs.querySelectorAll("[data-show]")) button.ariaPressed = String(button.dataset.show === name);
  for (const [box, view] of views) if (box.closest("[data-side]").dataset.side === name) view.refresh();
}
