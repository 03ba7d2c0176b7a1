// The review page: the verdict opens its signing dialog; two charts scroll as one.

const form = document.querySelector("[data-decision]");
if (form) {
  const dialog = form.querySelector("dialog");
  const { reason, verdict, password, code } = form.elements;

  function ask(wanted) {
    verdict.value = wanted;
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== wanted;
    const sign = form.querySelector("[type=submit]");
    sign.classList.toggle("btn-danger", wanted === "reject");
    sign.classList.toggle("btn-primary", wanted !== "reject");
    dialog.showModal();
    (password ?? code ?? sign).focus();
  }

  // What is always substantive counts for less: approving that needs a reason too.
  const lowered = () => [...form.elements].some((mark) => "always" in mark.dataset && mark.value !== "3");

  form.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-verdict]")?.dataset.verdict;
    if (!wanted) return;
    if (wanted === "approve" && form.dataset.first) return document.getElementById(form.dataset.first).focus();
    const missing = wanted !== "approve" ? form.dataset.needsReason : lowered() ? form.dataset.needsMarksReason : "";
    reason.setCustomValidity(reason.value.trim() ? "" : missing);
    if (reason.reportValidity()) ask(wanted);
  });
  reason.addEventListener("input", () => reason.setCustomValidity(""));
  // In the reason, Enter is a new line; elsewhere outside the dialog nothing is to be sent by accident.
  form.addEventListener("submit", (event) => dialog.open || event.preventDefault());
  if ("again" in dialog.dataset) ask(verdict.value);
}

// Old and new are read side by side: the same part of both, and at first the part that changes.
const panes = [...document.querySelectorAll("[data-chart-pane]")];
let leader = null;
const besides = (pane) => panes.filter((other) => other.closest("section") === pane.closest("section"));

function showChange(pane) {
  const mark = pane.querySelector(".step:is(.mark-added, .mark-changed, .mark-moved)");
  if (!mark || !pane.clientWidth) return;
  const [place, view] = [mark.getBoundingClientRect(), pane.getBoundingClientRect()];
  if (place.right <= view.right && place.bottom <= view.bottom) return;
  const left = pane.scrollLeft + place.left - view.left - (pane.clientWidth - place.width) / 2;
  const top = pane.scrollTop + place.top - view.top - (pane.clientHeight - place.height) / 2;
  for (const other of besides(pane)) other.scrollTo(left, top);
}

const showChanges = () => panes.filter((pane) => pane === besides(pane).at(-1)).forEach(showChange);
showChanges();
document.querySelector(".whole-change")?.addEventListener("toggle", showChanges, { once: true });

for (const pane of panes) {
  for (const begins of ["pointerenter", "focus", "touchstart"]) pane.addEventListener(begins, () => (leader = pane), { passive: true });
  pane.addEventListener("scroll", () => {
    if (pane !== leader) return;
    for (const other of besides(pane)) if (other !== pane) other.scrollTo(pane.scrollLeft, pane.scrollTop);
  });
}

// At first the whole of each chart is seen in its box; by the button it is as large as it is drawn.
const fit = document.querySelector("[data-charts-fit]");
if (fit) {
  fit.hidden = false;
  fit.addEventListener("click", () => {
    const fitted = fit.getAttribute("aria-pressed") !== "true";
    fit.setAttribute("aria-pressed", String(fitted));
    for (const pane of besides(fit)) pane.classList.toggle("is-fitted", fitted);
    showChanges();
  });
}

const full = document.querySelector("[data-charts-full]");
if (full && document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : full.closest("section").requestFullscreen()));
}

document.querySelector("[data-refusal]")?.focus();
