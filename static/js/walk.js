/* One step on one screen: arrow keys and digits beside the links, and a screen that stays awake. Everything works without it. */

const typing = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(typing)) return;
  const nav = document.querySelector(".walk-nav");
  if (!nav) return;
  const ahead = getComputedStyle(document.documentElement).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const wanted = { [ahead]: "[rel=next]", [ahead === "ArrowRight" ? "ArrowLeft" : "ArrowRight"]: "[rel=prev]" }[event.key];
  const link = wanted ? nav.querySelector(wanted) : /^[1-9]$/.test(event.key) && nav.querySelectorAll(".walk-way")[event.key - 1];
  if (!link) return;
  event.preventDefault();
  link.click();
});

// Whoever works with both hands does not touch the screen: it stays on while the page is looked at, where the browser can do that.
async function stayAwake() {
  if (document.visibilityState !== "visible") return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // The battery is low, or it is not allowed: the screen goes off as always.
  }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
