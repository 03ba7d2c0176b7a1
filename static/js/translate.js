// The translator's page: every pause saves, text by text, with the version that was seen; nothing typed is lost.
//
// What is not saved yet lies in this browser until the server has it, each text with its own version: after an expired
// session or a closed window it is sent as if it had just been typed, and what somebody else wrote meanwhile is asked about.

const PAUSE = 700; // ms after the last key
const WAITS = [1000, 2000, 4000, 8000, 15000, 30000]; // ms between tries while the network is away
const BATCH = 100; // texts in one sending
const PATIENCE = 15000; // ms that another form waits for the last texts

const form = document.querySelector("[data-translate]");
const words = form.dataset;
const shelf = `${words.shelf}:${document.body.dataset.person}`;
const token = document.querySelector("meta[name=csrf-token]").content;
const status = form.querySelector("[data-status]");
const fields = [...form.querySelectorAll("textarea")];
const waiting = new Map(); // key → {text, seen}, and `asked` where the person has to do something first
const seen = new Map(fields.map((field) => [field.name, Number(words.version)]));
const saved = new Map(fields.map((field) => [field.name, field.value]));
let timer = 0;
let busy = false;
let tries = 0;

const unitOf = (field) => field.closest("[data-unit]");
const saidOf = (field) => unitOf(field).querySelector("[data-said]");
const field = (key) => fields.find((one) => one.name === key);

function say(text, bad = false) {
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("is-bad", bad);
}

function keep() {
  try {
    if (waiting.size) localStorage.setItem(shelf, JSON.stringify([...waiting]));
    else localStorage.removeItem(shelf);
  } catch {
    // Full or forbidden: what is typed is sent all the same.
  }
}

function typed(one) {
  if (one.value === saved.get(one.name)) waiting.delete(one.name);
  else waiting.set(one.name, { text: one.value, seen: seen.get(one.name) });
  keep();
  if (!waiting.size) return;
  say(words.saving);
  later(PAUSE);
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
}

async function send() {
  clearTimeout(timer);
  if (busy || !waiting.size) return;
  busy = true;
  const batch = [...waiting].filter(([, one]) => !one.asked).slice(0, BATCH);
  if (batch.length) await sendBatch(batch);
  busy = false;
  if ([...waiting.values()].some((one) => !one.asked) && !tries) later(0);
}

async function sendBatch(batch) {
  let answer;
  try {
    answer = await fetch(words.translate, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ texts: Object.fromEntries(batch.map(([key, one]) => [key, [one.text, one.seen]])) }),
    });
  } catch {
    say(words.offline, true);
    later(WAITS[Math.min(tries++, WAITS.length - 1)]);
    return;
  }
  const body = await answer.json().catch(() => ({}));
  if (body.kept) {
    tries = 0;
    take(new Map(batch), body);
    return;
  }
  say(body.error ?? words.offline, true);
  later(WAITS[Math.min(tries++, WAITS.length - 1)]);
}

function take(batch, body) {
  for (const [key, text] of Object.entries(body.kept)) {
    seen.set(key, body.version);
    const one = field(key);
    if (one) saved.set(key, one.value === batch.get(key).text ? one.value : text);
    settle(key, batch);
    if (one) quiet(one);
  }
  for (const [key, { theirs, by }] of Object.entries(body.conflicts)) ask(key, theirs, by, body.version);
  for (const [key, reason] of Object.entries(body.refused)) refuse(key, reason);
  keep();
  progress(body.done);
  tell();
}

function stuck() {
  return [...waiting.values()].some((one) => one.asked);
}

function tell() {
  say(stuck() ? words.open : waiting.size ? words.saving : words.saved, stuck());
}

// A text is settled unless somebody typed on while it was under way.
function settle(key, batch) {
  if (waiting.get(key)?.text === batch.get(key).text) waiting.delete(key);
  else if (waiting.has(key)) waiting.get(key).seen = seen.get(key);
}

function quiet(one) {
  saidOf(one).replaceChildren();
  saidOf(one).classList.remove("is-bad");
}

function refuse(key, reason) {
  const one = field(key);
  if (!one) {
    waiting.delete(key);
    return;
  }
  waiting.get(key).asked = true;
  saidOf(one).textContent = reason;
  saidOf(one).classList.add("is-bad");
}

function ask(key, theirs, by, version) {
  const one = field(key);
  if (!one) {
    waiting.delete(key); // its row is on another page, which shows what the other person wrote
    return;
  }
  waiting.get(key).asked = true;
  const box = Object.assign(document.createElement("div"), { className: "unit-theirs" });
  const who = Object.assign(document.createElement("strong"), { textContent: words.conflict.replace("{name}", by) });
  const text = Object.assign(document.createElement("p"), { className: "unit-text", textContent: theirs || "–", lang: form.lang });
  const choose = document.createElement("div");
  choose.className = "cluster";
  const answer = (label, value) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: label });
    button.addEventListener("click", () => {
      seen.set(key, version);
      saved.set(key, theirs);
      one.value = value();
      waiting.delete(key);
      quiet(one);
      typed(one);
      tell();
      one.focus();
    });
    choose.append(button);
  };
  answer(words.takeTheirs, () => theirs);
  answer(words.keepMine, () => one.value);
  box.append(who, text, choose);
  saidOf(one).replaceChildren(box);
}

function progress(done) {
  const total = Number(words.total);
  form.querySelector(".tongue-progress strong").textContent = words.count.replace("{done}", done).replace("{total}", total);
  form.querySelector(".tongue-progress .bar-value").setAttribute("width", done);
  form.querySelector("[data-finished]").hidden = done < total;
  for (const button of form.querySelectorAll("[data-next]")) button.hidden = done >= total;
}

// Whoever hands it in hands in what stands on the screen: the other forms of this page wait for what is under way.
async function hold(event) {
  if (event.target === form || !(busy || waiting.size)) return;
  event.preventDefault();
  event.stopPropagation();
  for (const end = Date.now() + PATIENCE; (busy || waiting.size) && Date.now() < end && !stuck(); ) {
    send();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (!busy && !waiting.size) event.target.requestSubmit(event.submitter);
  else status.scrollIntoView({ block: "center" });
}

function next(after) {
  const from = fields.indexOf(after) + 1;
  const order = [...fields.slice(from), ...fields.slice(0, from)];
  const empty = order.find((one) => !one.value.trim());
  if (empty) empty.focus();
  else say(words.left);
  empty?.scrollIntoView({ block: "center" });
}

// Pasted text of one line stays in one line; the browser's own undo keeps working.
function paste(event) {
  const text = event.clipboardData?.getData("text/plain");
  if (!text || !/[\r\n\t]/.test(text) || !event.target.matches("[data-line]")) return;
  event.preventDefault();
  const line = text.trim().replace(/\s+/g, " ");
  if (!document.execCommand("insertText", false, line)) {
    event.target.setRangeText(line, event.target.selectionStart, event.target.selectionEnd, "end");
    typed(event.target);
  }
}

function press(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return; // the Enter of an input method is its own
  const jumps = event.ctrlKey || event.metaKey;
  if (!jumps && !event.target.matches("[data-line]")) return;
  event.preventDefault();
  send();
  if (jumps) next(event.target);
  else fields[fields.indexOf(event.target) + 1]?.focus();
}

form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("submit", hold, true);
form.addEventListener("input", (event) => typed(event.target));
form.addEventListener("paste", paste);
form.addEventListener("keydown", (event) => event.target.matches("textarea") && press(event));
form.addEventListener("focusout", () => waiting.size && send());
form.addEventListener("click", (event) => {
  const offer = event.target.closest("[data-offer]");
  if (offer) {
    const one = unitOf(offer).querySelector("textarea");
    one.value = offer.dataset.offer;
    one.focus();
    typed(one);
  } else if (event.target.closest("[data-next]")) next(fields.find((one) => one === document.activeElement));
});
window.addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.hidden && send());

// What an earlier visit could not send.
try {
  for (const [key, one] of JSON.parse(localStorage.getItem(shelf)) ?? []) {
    const here = field(key);
    delete one.asked;
    waiting.set(key, one);
    if (here) here.value = one.text;
  }
} catch {
  localStorage.removeItem(shelf);
}
send();
