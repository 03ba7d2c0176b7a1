// Keeps what was typed in <form data-keep="key"> in this browser until the server has it, and gives it back after an
// expired session, a refused form or a closed window.
//
// The server has it when the sent form is answered by a page of the signed-in portal that neither shows errors in that form
// nor carries data-not-saved (error pages do). A script that saves by itself says so with the event "portal:saved" on the form.

const PREFIX = "kept:";
const PAUSE = 400; // ms after the last key
const LASTS = 14 * 24 * 3600 * 1000; // ms
const KEPT_TYPES = new Set(["text", "textarea", "number", "date", "url", "email", "tel", "select-one", "checkbox", "radio"]);
const ERRORS = "[aria-invalid=true], [data-error-summary], .field-error, .errorlist";

const words = document.body.dataset;
// A key belongs to a person, so that the next one at this browser does not get the text.
const keyOf = (form) => `${PREFIX}${words.person}:${form.dataset.keep}`;
const here = location.href.split("#")[0];

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: the form works as it does without this module.
  }
}

const choice = (field) => field.type === "checkbox" || field.type === "radio";

function fields(form) {
  return [...form.elements].filter((field) => field.name && KEPT_TYPES.has(field.type) && !field.readOnly);
}

function remember(form, sent = false) {
  const values = fields(form).map((field) => [field.name, choice(field) ? field.checked : field.value]);
  write(keyOf(form), { at: Date.now(), sent, page: here, values });
}

function fill(form, kept) {
  const changed = [];
  const rest = fields(form);
  for (const [name, value] of kept.values) {
    const at = rest.findIndex((field) => field.name === name);
    if (at < 0) continue;
    const [field] = rest.splice(at, 1);
    const property = choice(field) ? "checked" : "value";
    if (field[property] === value) continue;
    field[property] = value;
    changed.push(field);
  }
  for (const field of changed) field.dispatchEvent(new Event("input", { bubbles: true }));
  return changed.length > 0;
}

function note(form, key) {
  const line = Object.assign(document.createElement("div"), { className: "kept cluster spread" });
  const said = Object.assign(document.createElement("span"), { textContent: words.kept });
  const forget = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: words.forget });
  line.setAttribute("role", "status");
  line.append(said, forget);
  forget.addEventListener("click", () => {
    form.reset();
    localStorage.removeItem(key);
    line.remove();
  });
  form.prepend(line);
}

function watch(form) {
  const key = keyOf(form);
  const kept = read(key);
  if (kept && fill(form, kept)) note(form, key);
  let timer = 0;
  const settled = () => {
    clearTimeout(timer);
    timer = 0;
  };
  form.addEventListener("input", () => {
    settled();
    timer = setTimeout(remember, PAUSE, form);
  });
  form.addEventListener("submit", () => {
    settled();
    remember(form, true);
  });
  form.addEventListener("portal:saved", () => {
    settled();
    localStorage.removeItem(key);
  });
  // The last keys before a page is closed.
  window.addEventListener("pagehide", () => timer && remember(form));
}

// Whether this page is the answer to the form that was sent from `page`: not a reload, not the way back.
function answers(page) {
  return performance.getEntriesByType("navigation")[0]?.type === "navigate" && document.referrer === page;
}

function settle(key, kept) {
  const form = [...document.querySelectorAll("form[data-keep]")].find((one) => keyOf(one) === key);
  const refused = !words.person || document.querySelector("[data-not-saved]") || form?.querySelector(ERRORS);
  if (refused) write(key, { ...kept, sent: false });
  else if (answers(kept.page)) localStorage.removeItem(key);
}

for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
  const kept = read(key);
  if (!kept || kept.at < Date.now() - LASTS) localStorage.removeItem(key);
  else if (kept.sent) settle(key, kept);
}

if (words.person) for (const form of document.querySelectorAll("form[data-keep]")) watch(form);
