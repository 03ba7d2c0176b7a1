// The review page: the verdict opens its signing dialog; comments start at a step; two charts scroll as one.

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

  form.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-verdict]")?.dataset.verdict;
    if (!wanted) return;
    reason.setCustomValidity(wanted === "approve" || reason.value.trim() ? "" : form.dataset.needsReason);
    if (reason.reportValidity()) ask(wanted);
  });
  reason.addEventListener("input", () => reason.setCustomValidity(""));
  // In the reason, Enter is a new line; elsewhere outside the dialog nothing is to be sent by accident.
  form.addEventListener("submit", (event) => dialog.open || event.preventDefault());
  if ("again" in dialog.dataset) ask(verdict.value);
}

const comment = document.querySelector("#comment-form");
const whole = document.querySelector("[data-comment-label]");
if (comment && whole) {
  for (const step of whole.querySelectorAll("[data-step]")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet step-comment" });
    button.textContent = whole.dataset.commentLabel;
    button.addEventListener("click", () => {
      comment.elements.anchor.value = step.dataset.step;
      comment.elements.text.focus();
    });
    step.append(button);
  }
}

// Old and new are read side by side: the same part of both.
const panes = [...document.querySelectorAll("[data-chart-pane]")];
let leader = null;
for (const pane of panes) {
  for (const begins of ["pointerenter", "focus", "touchstart"]) pane.addEventListener(begins, () => (leader = pane), { passive: true });
  pane.addEventListener("scroll", () => {
    if (pane !== leader) return;
    for (const other of panes) if (other !== pane) other.scrollTo(pane.scrollLeft, pane.scrollTop);
  });
}

const full = document.querySelector("[data-charts-full]");
if (full && document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : full.closest("section").requestFullscreen()));
}

document.querySelector("[data-refusal]")?.focus();
