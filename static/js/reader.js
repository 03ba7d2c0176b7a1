/* The procedure page: print, chart zoom and full screen, chart and text tied together, confirming at the end of the text. */

const MIN_SCALE = 0.25;
const MAX_SCALE = 2;

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

function zoomable(box, tools) {
  const svg = box.querySelector("svg");
  if (!svg) return;
  const width = svg.viewBox.baseVal.width;
  const height = svg.viewBox.baseVal.height;
  let scale = 1;
  const show = (next) => {
    scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, next));
    svg.setAttribute("width", Math.round(width * scale));
    svg.setAttribute("height", Math.round(height * scale));
  };
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.zoom === "in") show(scale * 1.25);
    if (button.dataset.zoom === "out") show(scale / 1.25);
    if (button.dataset.zoom === "fit") show((box.clientWidth - 8) / width);
    if ("fullscreen" in button.dataset) (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen?.());
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
  zoomable(box, document.querySelector("[data-chart-tools]"));
}
for (const form of document.querySelectorAll("[data-acknowledge]")) confirmAtEnd(form);
