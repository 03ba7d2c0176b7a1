// One box that ticks all boxes of its form with the name in data-ticks; hidden until this script is there.
for (const all of document.querySelectorAll("[data-ticks]")) {
  const boxes = () => all.form.querySelectorAll(`input[type=checkbox][name="${all.dataset.ticks}"]`);
  const follow = () => {
    const ticked = [...boxes()].filter((box) => box.checked).length;
    all.checked = ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
  all.form.addEventListener("change", (event) => event.target.name === all.dataset.ticks && follow());
  follow();
}
