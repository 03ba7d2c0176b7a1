// A shared tablet: whoever walks away leaves nothing behind. After a while without a touch the visit ends; a page that the
// browser kept is not shown again; links in a text lead nowhere.

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
document.querySelector("[data-said]")?.focus();
awake();
