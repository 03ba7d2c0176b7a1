// The command palette: Ctrl K or a click opens a dialog; arrows choose, Enter opens, Esc closes. The server answers with a list.

const dialog = document.querySelector("dialog[data-palette]");
const input = dialog.querySelector("input");
const results = dialog.querySelector(".palette-results");
const status = dialog.querySelector("[data-palette-status]");
const opener = document.querySelector("[data-palette-open]");
const PAUSE = 120; // ms after the last key before the server is asked

let asked = 0;
let timer = 0;

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  open();
});
document.addEventListener("click", (event) => {
  // A click with a modifier key still opens the search page in a new tab.
  if (!event.target.closest("[data-palette-open]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open();
});

function open() {
  if (dialog.open) return;
  dialog.showModal();
  input.select();
  ask();
}

input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
});

async function ask() {
  const mine = ++asked;
  const address = new URL(dialog.dataset.palette, location.href);
  address.searchParams.set("q", input.value);
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "palette" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const html = await answer.text();
    if (mine === asked) show(html);
  } catch {
    if (mine === asked) say(status.dataset.failed);
  }
}

// The fragment is rendered by the portal itself, which escapes what people wrote; the policy forbids scripts in it anyway.
function show(html) {
  results.innerHTML = html;
  options().forEach((option, n) => {
    option.id ||= `palette-option-${n}`;
    option.setAttribute("role", "option");
    option.tabIndex = -1;
  });
  for (const list of results.querySelectorAll("ul, li")) list.setAttribute("role", "presentation");
  if (options().length) {
    results.role = "listbox";
    status.textContent = "";
    choose(0);
  } else say(results.textContent.trim() || status.dataset.none);
}

function say(words) {
  const line = document.createElement("p");
  line.className = "muted";
  line.textContent = words;
  results.replaceChildren(line);
  results.role = "group"; // a list box without options is none
  status.textContent = words;
  input.removeAttribute("aria-activedescendant");
}

function options() {
  return [...results.querySelectorAll("a[href], button")];
}

function chosen() {
  return options().findIndex((option) => option.ariaSelected === "true");
}

function choose(index) {
  const all = options();
  if (!all.length) return;
  const next = (index + all.length) % all.length;
  all.forEach((option, n) => option.setAttribute("aria-selected", String(n === next)));
  input.setAttribute("aria-activedescendant", all[next].id);
  all[next].scrollIntoView({ block: "nearest" });
}

// Nothing to choose: the search page looks inside the procedures too.
function enter() {
  const option = options()[chosen()];
  if (option) option.click();
  else if (input.value.trim()) location.assign(`${opener.href}?${new URLSearchParams({ q: input.value.trim() })}`);
}

input.addEventListener("keydown", (event) => {
  if (event.isComposing) return; // the keys belong to the input method of Chinese and Japanese
  if (event.key === "ArrowDown") choose(chosen() + 1);
  else if (event.key === "ArrowUp") choose(chosen() - 1);
  else if (event.key === "Enter") enter();
  else return;
  event.preventDefault();
});
