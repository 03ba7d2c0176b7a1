// Forms: sent once, and typed text is not lost by leaving the page unawares.

const busyWords = document.body.dataset.busy;
const PATIENCE = 20000; // ms until a form without an answer can be sent again

// Double submit: a form by POST goes out once; its button says so until the answer or until the page comes back.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  clean(form);
  // After the browser has read the form: a disabled button would not be sent.
  setTimeout(() => hold(event.submitter ?? form.querySelector("[type=submit]")));
  // A download or a lost connection leaves the page standing.
  setTimeout(release, PATIENCE, form);
});

function hold(button) {
  if (!button || button.closest(".segments")) return;
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  if (button.childElementCount) return;
  button.dataset.words = button.textContent;
  button.textContent = busyWords;
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy=true]")) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
    if (button.dataset.words) button.textContent = button.dataset.words;
  }
}

function releaseAll() {
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
}

window.addEventListener("pageshow", releaseAll);

// Leaving: <form data-guard> asks before typed text is thrown away. Where the draft keeper keeps it, nothing is lost and
// nobody is asked; passwords do not count.
const dirty = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-guard]:not([data-keep])") && event.target.type !== "password") dirty.add(form);
});

function clean(form) {
  dirty.delete(form);
}

document.addEventListener("reset", (event) => clean(event.target));
document.addEventListener("portal:saved", (event) => clean(event.target));
window.addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (!form.isConnected) dirty.delete(form);
  if (dirty.size) event.preventDefault();
});

// A refused form: the summary of errors takes the focus, so that it is read first.
document.querySelector("[data-error-summary]")?.focus();
