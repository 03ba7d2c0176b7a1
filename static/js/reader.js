/* The procedure page: print, chart zoom and full screen, chart and text tied together, confirming at the end of the text. */

import { ChartView } from "./chart-view.js";

function tieChart(box) {
  const highlight = (key, on) => {
    for (const node of document.querySelectorAll(`[data-step="${CSS.escape(key)}"]`)) node.classList.toggle("is-hot", on);
  };
  for (const part of document.querySelectorAll("[data-step]")) {
    const key = part.dataset.step;
    part.addEventListener("mouseenter", () => highlight(key, true));
    part.addEventListener("mouseleave", () => highlight(key, false));
    part.addEventListener("focusin", () => highlight(key, true));
    part.addEventListener("focusout", () => highlight(key, false));
  }
  box.addEventListener("click", (event) => {
    const node = event.target.closest("[data-step]");
    const line = node && document.getElementById(`step-${node.dataset.step}`);
    if (!line) return;
    event.preventDefault();
    line.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    line.focus({ preventScroll: true });
  });
}

function confirmAtEnd(form) {
  const button = form.querySelector("button");
  const hint = form.querySelector("[data-acknowledge-hint]");
  const end = document.createElement("div");
  form.before(end);
  button.disabled = true;
  hint.hidden = false;
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    button.disabled = false;
    hint.hidden = true;
    observer.disconnect();
  }).observe(end);
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
const box = document.querySelector(".chart-box");
if (box) {
  tieChart(box);
  const view = new ChartView(box);
  const tools = document.querySelector("[data-chart-tools]");
  tools.hidden = !view.svg;
  tools.addEventListener("click", (event) => {
    const name = event.target.closest("[data-chart]")?.dataset.chart;
    if (name) view.command(name);
  });
}
for (const form of document.querySelectorAll("[data-acknowledge]")) confirmAtEnd(form);
