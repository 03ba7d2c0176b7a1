// Dialogs, menus, toasts and appearance. Everything works without this file but dialogs; with it, faster.

// Dialogs: <button data-opens="id">, <button data-closes>; a click that begins and ends beside the dialog closes it, unless it `data-asks`.
let beside = null;
document.addEventListener("pointerdown", (event) => {
  const dialog = event.target;
  beside = dialog instanceof HTMLDialogElement && !("asks" in dialog.dataset) && outside(event, dialog) ? dialog : null;
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (beside && event.target === beside && outside(event, beside)) beside.close();
});

function outside(event, box) {
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
}

// Menus: <details data-menu>; one at a time; Escape closes and gives the focus back.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("toggle", ({ target }) => {
  const panel = target.open && target.matches("[data-menu]") && target.querySelector(".menu-panel");
  const page = target.closest?.("main");
  if (!panel || !page) return;
  panel.style.removeProperty("translate");
  const [box, room] = [panel.getBoundingClientRect(), page.getBoundingClientRect()];
  const shift = Math.max(room.left + 8 - box.left, Math.min(0, room.right - 8 - box.right));
  if (shift) panel.style.setProperty("translate", `${shift}px`); // it would hide the navigation or leave the screen
}, { capture: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Toasts: what went well leaves by itself, unless somebody is reading it; warnings and errors stay.
const READING_TIME = 8000;
for (const toast of document.querySelectorAll("[data-toast]")) arm(toast);

function arm(toast) {
  toast.addEventListener("click", (event) => event.target.closest("[data-dismiss]") && toast.remove());
  if (["error", "warning"].includes(toast.dataset.toast)) return;
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, READING_TIME / 2) : toast.remove());
  setTimeout(leave, READING_TIME);
}

// A fragment may bring further toasts: <template data-toast-source> in any swapped content.
document.addEventListener("portal:toast", (event) => {
  const source = event.detail?.element;
  if (!source) return;
  document.querySelector("[data-toasts]")?.append(source);
  arm(source);
});

// Appearance: applied at once; the server keeps it in a cookie, so that the next page is painted right the first time.
const preferences = document.querySelector("[data-preferences]");
preferences?.addEventListener("submit", (event) => {
  const { name, value } = event.submitter ?? {};
  if (name !== "theme" && name !== "contrast") return; // a language needs a new page
  event.preventDefault();
  const sent = new FormData(preferences, event.submitter);
  sent.set("stay", "1");
  fetch(preferences.action, { method: "POST", body: sent }).catch(() => {});
  for (const button of preferences.querySelectorAll(`[name="${name}"]`)) button.ariaPressed = String(button.value === value);
  if (name === "theme") paint(value);
  else sharpen(value);
});

function paint(theme) {
  if (theme === "system") delete document.documentElement.dataset.bsTheme;
  else document.documentElement.dataset.bsTheme = theme;
}

function sharpen(contrast) {
  document.documentElement.dataset.contrast = contrast;
  const media = { more: "all", standard: "not all", system: "(prefers-contrast: more)" };
  document.querySelector("[data-contrast-sheet]").media = media[contrast];
}
