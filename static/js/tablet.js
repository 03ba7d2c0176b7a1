// A shared tablet: whoever walks away leaves nothing behind. After a while without a touch the visit ends; a page that the
// browser kept is not shown again; links in a text lead nowhere.

import { ChartView } from "./chart-view.js";

const main = document.querySelector("[data-idle]");
const seconds = Number(main.dataset.idle);
const end = document.querySelector("form[data-end]");
let timer;

function leave() {
  if (end) end.requestSubmit();
  else location.replace(main.dataset.home);
}

function awake() {
  clearTimeout(timer);
  if (seconds) timer = setTimeout(leave, seconds * 1000);
}

for (const event of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(event, awake, { passive: true, capture: true });
addEventListener("pageshow", (event) => event.persisted && location.replace(main.dataset.home));
for (const link of document.querySelectorAll("[data-text] a[href]")) link.removeAttribute("href");

const pane = document.querySelector("[data-chart-pane]");
if (pane) {
  const view = new ChartView(pane);
  const tools = document.querySelector("[data-chart-tools]");
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const name = event.target.closest("[data-chart]")?.dataset.chart;
    if (name) view.command(name);
  });
}
document.querySelector("[data-said]")?.focus();
awake();
