// People who may see what is talked about are suggested as one types @ and the beginning of a name.

const NAMING = /(?:^|[\s(，。：])@([\p{L}\p{N}.+-]{1,40})$/u;
const source = document.querySelector("[data-people]");
let count = 0;

function suggestAt(area) {
  const list = Object.assign(document.createElement("ul"), { className: "named", id: `named-${(count += 1)}`, role: "listbox", hidden: true });
  list.setAttribute("aria-label", source.dataset.suggestions);
  area.after(list);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  let active = -1;
  let asked = "";

  const typed = () => NAMING.exec(area.value.slice(0, area.selectionStart))?.[1] ?? "";
  const close = () => {
    list.hidden = true;
    active = -1;
    area.removeAttribute("aria-activedescendant");
  };
  const choose = (option) => {
    area.setRangeText(`${option.dataset.login} `, area.selectionStart - typed().length, area.selectionStart, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  };
  const mark = (n) => {
    active = (n + list.children.length) % list.children.length;
    [...list.children].forEach((option, k) => option.setAttribute("aria-selected", String(k === active)));
    area.setAttribute("aria-activedescendant", list.children[active].id);
  };
  const offer = (people) => {
    list.replaceChildren(
      ...people.map(({ login, name }, n) => {
        const option = Object.assign(document.createElement("li"), { id: `${list.id}-${n}`, role: "option", textContent: `${name} (@${login})` });
        option.dataset.login = login;
        option.addEventListener("pointerdown", (event) => (event.preventDefault(), choose(option)));
        return option;
      }),
    );
    list.hidden = !people.length;
    if (people.length) mark(0);
  };

  area.addEventListener("input", async () => {
    const wanted = typed();
    asked = wanted;
    if (!wanted) return close();
    try {
      const answer = await fetch(`${source.dataset.people}?q=${encodeURIComponent(wanted)}`);
      const { people } = answer.ok ? await answer.json() : { people: [] };
      if (asked === wanted && wanted === typed()) offer(people); // typed on meanwhile
    } catch {
      close(); // the name is typed in full as well
    }
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const does = {
      ArrowDown: () => mark(active + 1),
      ArrowUp: () => mark(active - 1),
      Enter: () => choose(list.children[active]),
      Tab: () => choose(list.children[active]),
      Escape: close,
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
  area.addEventListener("blur", close);
}

if (source) for (const area of document.querySelectorAll("[data-mentions]")) suggestAt(area);
