// A conversation beside the text that it is about: threads stand at their place, words that are chosen are quoted, and whoever is
// named with @ is suggested. Without this script the threads stand below the text, and a place is chosen from a list.

const CJK = "\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff";
const WORD = new RegExp(`[${CJK}]|(?:(?![${CJK}])[\\p{L}\\p{N}])+`, "gu"); // as approvals/quoting.py divides
const LONGEST_QUOTE = 600;
const UNREAD = ".place-talk, .place-comment, .visually-hidden, #comment-form"; // inside a place, but not its text

const whole = document.querySelector("#whole");
const form = document.querySelector("#comment-form");
const label = whole?.dataset.commentLabel;
const placeOf = (node) => node.closest("[data-place], [data-step]");
const anchorOf = (place) => place.dataset.place ?? place.dataset.step;
const placeNamed = (anchor) => whole.querySelector(`[data-place="${CSS.escape(anchor)}"], [data-step="${CSS.escape(anchor)}"]`);

/** The words of the text below `place`, each with the text node and the offsets where it stands; what the script added is left out. */
function wordsIn(place) {
  const nodes = document.createTreeWalker(place, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(UNREAD) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const found = [];
  while (nodes.nextNode()) {
    for (const word of nodes.currentNode.data.matchAll(WORD)) {
      found.push({ node: nodes.currentNode, from: word.index, to: word.index + word[0].length, word: word[0].toLowerCase() });
    }
  }
  return found;
}

/** The range of the quoted words at this place, nearest to where they stood; undefined where they are not there. */
function rangeOf(place, quote, at) {
  const there = wordsIn(place);
  const wanted = [...quote.matchAll(WORD)].map(([word]) => word.toLowerCase());
  const starts = there.map((_word, n) => n).filter((n) => wanted.every((word, k) => there[n + k]?.word === word));
  if (!wanted.length || !starts.length) return undefined;
  const start = starts.reduce((best, n) => (Math.abs(n - at) < Math.abs(best - at) ? n : best));
  const range = document.createRange();
  range.setStart(there[start].node, there[start].from);
  const end = there[start + wanted.length - 1];
  range.setEnd(end.node, end.to);
  return range;
}

// Threads at their places

function talkAt(place) {
  const body = place.querySelector(":scope > .step-what") ?? place;
  let talk = body.querySelector(":scope > .place-talk");
  if (!talk) {
    talk = document.createElement("details");
    talk.className = "place-talk";
    talk.append(document.createElement("summary"), Object.assign(document.createElement("ol"), { className: "remarks" }));
    body.append(talk);
  }
  return talk;
}

const list = document.querySelector("[data-threads]");
if (whole && list) {
  const quoted = [];
  for (const thread of [...list.children]) {
    const place = thread.dataset.at && placeNamed(thread.dataset.at);
    if (!place) continue;
    const range = thread.dataset.quote && rangeOf(place, thread.dataset.quote, Number(thread.dataset.quoteAt));
    if (range && !thread.matches(".is-resolved")) quoted.push(range);
    talkAt(place).lastElementChild.append(thread);
  }
  for (const talk of whole.querySelectorAll(".place-talk")) {
    const threads = talk.lastElementChild.children;
    const { countOne, countMany } = list.dataset;
    talk.firstElementChild.textContent = threads.length === 1 ? countOne : countMany.replace("#", threads.length);
    talk.open = [...threads].some((thread) => !thread.matches(".is-resolved"));
    document.querySelector("[data-placed]").hidden = false;
  }
  list.hidden = !list.children.length;
  if (quoted.length && CSS.highlights) CSS.highlights.set("quoted", new Highlight(...quoted));
  const target = location.hash.startsWith("#comment-") && document.getElementById(location.hash.slice(1));
  if (target) {
    const closed = target.closest("details:not([open])");
    if (closed) closed.open = true;
    target.scrollIntoView({ block: "center" });
  }
}

// Saying something about a place

const chosen = form?.querySelector("[data-chosen]");

function begin(place, quote = "", at = "", option = "") {
  const { anchor, text } = form.elements;
  const value = option || anchorOf(place);
  if ([...anchor.options].some((one) => one.value === value)) anchor.value = value;
  show(quote, at);
  (place.querySelector(":scope > .step-what") ?? place).append(form);
  text.focus();
}

function show(quote, at = "") {
  form.elements.quote.value = quote;
  form.elements.quote_at.value = at;
  chosen.hidden = !quote;
  chosen.querySelector("[data-chosen-words]").textContent = quote;
}

function buttonFor(words, act, className = "") {
  const button = Object.assign(document.createElement("button"), { type: "button", className: `btn btn-quiet place-comment ${className}` });
  button.textContent = label;
  button.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: `: ${words}` }));
  button.addEventListener("click", act);
  return button;
}

if (form && chosen) {
  form.querySelector("[data-chosen-drop]").addEventListener("click", () => (show(""), form.elements.text.focus()));
  form.elements.anchor.addEventListener("change", () => show(""));
}

if (whole && form) {
  const { options } = form.elements.anchor;
  const named = (value) => [...options].find((option) => option.value === value)?.textContent ?? "";
  for (const place of whole.querySelectorAll("[data-place], [data-step]")) {
    const anchor = anchorOf(place);
    const body = place.querySelector(":scope > .step-what") ?? place;
    const paragraphs = [...place.querySelectorAll(".prose > *")];
    if (paragraphs.length > 1) {
      paragraphs.forEach((paragraph, n) => {
        const words = paragraph.textContent.trim().slice(0, LONGEST_QUOTE);
        const option = `${anchor}#${n + 1}`;
        const said = named(option) || words.slice(0, 40);
        paragraph.after(buttonFor(said, () => begin(place, words, "", named(option) ? option : ""), "is-paragraph"));
      });
    }
    const talk = body.querySelector(":scope > .place-talk");
    const button = buttonFor(named(anchor), () => begin(place));
    if (talk) talk.before(button);
    else body.append(button);
  }

  // Words that are chosen are quoted: the button comes to them.
  const quote = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-primary quote-comment", hidden: true });
  quote.textContent = label;
  document.body.append(quote);
  let range = null;
  let place = null;
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const inText = selection.rangeCount && !selection.isCollapsed && whole.contains(selection.anchorNode) && selection.toString().trim();
    range = inText ? wholeWords(selection.getRangeAt(0)) : null;
    const node = range?.commonAncestorContainer;
    place = node ? placeOf(node.nodeType === Node.TEXT_NODE ? node.parentElement : node) : null;
    quote.hidden = !place || Boolean(node.parentElement?.closest(".place-talk, #comment-form"));
    if (quote.hidden) return;
    const box = range.getBoundingClientRect();
    quote.style.top = `${box.bottom + scrollY + 6}px`;
    quote.style.left = `${Math.min(box.left + scrollX, document.documentElement.clientWidth - 140)}px`;
  });
  quote.addEventListener("pointerdown", (event) => event.preventDefault()); // the choice stays
  quote.addEventListener("click", () => {
    const before = wordsIn(place).findIndex(({ node, from }) => node === range.startContainer && from >= range.startOffset);
    const copy = range.cloneContents();
    for (const other of copy.querySelectorAll(UNREAD)) other.remove();
    const words = copy.textContent.replace(/\s+/g, " ").trim().slice(0, LONGEST_QUOTE);
    getSelection().removeAllRanges();
    quote.hidden = true;
    begin(place, words, Math.max(before, 0));
  });
}

/** A choice that begins or ends inside a word takes the whole word. */
function wholeWords(given) {
  const range = given.cloneRange();
  const spaced = new RegExp(`(?![${CJK}])[\\p{L}\\p{N}]`, "u");
  const inside = (node, at) => node.nodeType === Node.TEXT_NODE && spaced.test(node.data[at - 1] ?? " ") && spaced.test(node.data[at] ?? " ");
  while (inside(range.startContainer, range.startOffset)) range.setStart(range.startContainer, range.startOffset - 1);
  while (inside(range.endContainer, range.endOffset)) range.setEnd(range.endContainer, range.endOffset + 1);
  return range;
}
