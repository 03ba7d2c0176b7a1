// Acts on a case open as a dialog over the review: the form of the act's own page, which receives it and shows again what was refused.

const dialog = document.querySelector("#act-dialog");
const body = dialog?.querySelector("[data-act-body]");

async function open(link) {
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  const card = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-act-form]");
  if (!answer.ok || !card) throw new Error("no form");
  dialog.querySelector("h2").textContent = card.dataset.title;
  body.replaceChildren(...card.childNodes);
  window.htmx?.process(body);
  dialog.showModal();
  body.querySelector("select, textarea, input:not([type=hidden])")?.focus();
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-act]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.closest("[data-menu]")?.removeAttribute("open");
    open(link).catch(() => location.assign(link.href));
  });
  // What leads back to the review closes the dialog instead.
  body.addEventListener("click", (event) => {
    if (!event.target.closest(".form-actions a")) return;
    event.preventDefault();
    dialog.close();
  });
}
