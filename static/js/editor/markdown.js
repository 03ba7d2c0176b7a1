// Writing Markdown without knowing it: a bar of buttons, pictures and tables from the clipboard, a preview.

import { h } from "./dom.js";
import { tableIn } from "./tables.js";

const AROUND = { bold: "**", italic: "*" };
const BEFORE = { list: () => "- ", numbered: (n) => `${n + 1}. `, warning: () => "> " };
const MARKS = { list: /^- /, numbered: /^\d+\. /, warning: /^>/ };
const ANY = /^(?:- |\d+\. |> ?)/;
const CALLOUT = "> [!WARNING]";
const PICTURE = /!\[([^\]]*)\]\(picture:([0-9a-f]{64})\)/g;
const BUTTONS = ["bold", "italic", "list", "numbered", "table", "warning", "link", "picture"];
const KEYS = { b: "bold", i: "italic" };
const PICTURES = "image/png,image/jpeg,image/webp,image/gif";

/** Gives a textarea of the editor its bar and its preview. `box` is what holds the textarea; they are put around it. */
export function markdown(editor, input, box) {
  new Writer(editor, input, box);
}

class Writer {
  constructor(editor, input, box) {
    Object.assign(this, { editor, input, box, t: editor.t });
    this.status = h("span", { class: "detail-help", role: "status" });
    this.shown = h("div", { class: "preview prose", hidden: true });
    this.look = h("button", { type: "button", class: "btn btn-quiet btn-sm", "aria-pressed": "false", onclick: () => this.preview() }, this.t("preview"));
    this.file = h("input", { type: "file", accept: PICTURES, multiple: true, hidden: true, "aria-label": this.t("write picture"), onchange: () => this.chosen() });
    this.buttons = BUTTONS.map((name) => this.button(name));
    const bar = h("div", { class: "writing-bar", role: "toolbar", "aria-label": this.t("writing"), onkeydown: (event) => this.walk(event) }, ...this.buttons, this.look, this.file);
    this.stops = [...this.buttons, this.look];
    this.stop(this.stops[0]);
    box.before(bar);
    this.pictures = h("ul", { class: "written-pictures", "aria-label": this.t("pictures here"), hidden: true });
    box.after(this.shown, this.pictures, this.status);
    input.addEventListener("input", () => this.showPictures());
    this.showPictures();
    input.addEventListener("paste", (event) => this.paste(event));
    input.addEventListener("drop", (event) => this.take(event, event.dataTransfer));
    input.addEventListener("keydown", (event) => this.key(event));
  }

  button(name) {
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("class", "icon");
    drawing.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${this.editor.data.urls.icons}#${name}`);
    drawing.append(use);
    return h("button", { type: "button", class: "btn btn-quiet btn-sm", title: this.t(`write ${name}`), "aria-label": this.t(`write ${name}`), onclick: () => this.press(name) }, drawing);
  }

  /** One stop of the Tab key; the arrows walk through the bar. */
  stop(button) {
    for (const one of this.stops) one.tabIndex = one === button ? 0 : -1;
  }

  walk(event) {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const next = this.stops.at((this.stops.indexOf(document.activeElement) + way) % this.stops.length);
    this.stop(next);
    next.focus();
  }

  key(event) {
    if (event.key === "Enter" && !event.isComposing && !event.shiftKey && !event.ctrlKey && !event.altKey && this.goesOn()) return event.preventDefault();
    const name = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[event.key.toLowerCase()];
    if (!name) return;
    event.preventDefault();
    this.press(name);
  }

  press(name) {
    if (!this.shown.hidden) this.preview();
    if (name === "picture") this.file.click();
    else if (AROUND[name]) this.around(AROUND[name], AROUND[name]);
    else if (BEFORE[name]) this.lines(name);
    else if (name === "link") this.around("[", "](https://)");
    else this.block(table([[this.t("column"), this.t("column")], ["", ""]]));
  }

  /** Puts marks around what is chosen, or takes them away where they are. */
  around(open, close) {
    const { input } = this;
    const [start, end] = [input.selectionStart, input.selectionEnd];
    const chosen = input.value.slice(start, end);
    if (open === close && input.value.slice(start - open.length, start) === open && input.value.slice(end, end + close.length) === close) {
      return this.write(start - open.length, end + close.length, chosen, 0, chosen.length);
    }
    this.write(start, end, `${open}${chosen}${close}`, open.length, open.length + chosen.length);
  }

  /** Puts a mark before each chosen line, or takes it away where every line has one. */
  lines(name) {
    const { value } = this.input;
    const start = value.lastIndexOf("\n", this.input.selectionStart - 1) + 1;
    const stop = value.indexOf("\n", Math.max(this.input.selectionEnd, start));
    const end = stop < 0 ? value.length : stop;
    const lines = value.slice(start, end).split("\n");
    const marked = lines.every((line) => MARKS[name].test(line));
    const bare = lines.filter((line) => line.trim() !== CALLOUT).map((line) => line.replace(ANY, ""));
    const head = name === "warning" && !marked ? [CALLOUT] : [];
    const text = [...head, ...bare.map((line, n) => (marked ? line : BEFORE[name](n) + line))].join("\n");
    const gap = !marked && start > 0 && value[start - 2] !== "\n" ? "\n" : "";
    this.write(start, end, gap + text);
  }

  /** Enter in a list begins its next line; in a line that is still empty it ends the list. Whether it was one. */
  goesOn() {
    const { value, selectionStart: at, selectionEnd: end } = this.input;
    const start = value.lastIndexOf("\n", at - 1) + 1;
    const mark = ANY.exec(value.slice(start, at))?.[0];
    if (!mark) return false;
    const stop = value.indexOf("\n", end);
    if (start + mark.length === at && value.slice(end, stop < 0 ? value.length : stop).trim() === "") this.write(start, end, "");
    else this.write(at, end, `\n${mark.replace(/\d+/, (number) => String(Number(number) + 1))}`);
    return true;
  }

  /** Puts a text on lines of its own. */
  block(text) {
    const { value, selectionEnd: at } = this.input;
    const before = at === 0 || value.slice(0, at).endsWith("\n\n") ? "" : value[at - 1] === "\n" ? "\n" : "\n\n";
    const after = value.slice(at).startsWith("\n") ? "" : "\n\n";
    this.write(at, at, before + text + after);
  }

  /** Like typing it; then chooses from `first` to `last` of the written text, or stands behind it. */
  write(start, end, text, first = text.length, last = text.length) {
    this.input.focus();
    this.input.setRangeText(text, start, end);
    this.input.setSelectionRange(start + first, start + last);
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  paste(event) {
    const rows = tableIn(event.clipboardData);
    if (!rows) return this.take(event, event.clipboardData);
    event.preventDefault();
    this.block(table(rows));
  }

  take(event, { files }) {
    if (!files.length) return;
    event.preventDefault();
    this.send([...files]);
  }

  chosen() {
    this.send([...this.file.files]);
    this.file.value = "";
  }

  /** Pictures go to the server one after the other; what it does not take it says why. */
  async send(files) {
    for (const [n, file] of files.entries()) {
      this.status.textContent = this.t("sending picture", { number: n + 1, count: files.length });
      const form = new FormData();
      form.append("file", file);
      const { status, body } = await this.editor.sync.post(this.editor.data.urls.add_picture, form);
      if (status === 200) this.block(`![${words(file.name)}](${body.text})`);
      else this.editor.say(body.error ?? this.t("picture later"));
    }
    this.status.textContent = "";
  }

  /** The pictures of the text, small, with what it calls them: their long names in it are for the portal, not for people. */
  showPictures() {
    const named = [...this.input.value.matchAll(PICTURE)].map(([, text, sha256]) => ({ text, sha256 }));
    const now = JSON.stringify(named);
    if (now === this.pictured) return;
    this.pictured = now;
    this.pictures.hidden = !named.length;
    this.pictures.replaceChildren(
      ...named.map(({ text, sha256 }) => h("li", {}, h("img", { src: this.editor.data.urls.picture.replace("SHA256", sha256), alt: "", loading: "lazy" }), h("span", {}, text))),
    );
  }

  async preview() {
    const on = this.shown.hidden;
    this.look.setAttribute("aria-pressed", String(on));
    this.shown.hidden = !on;
    this.box.hidden = on;
    if (!on) return this.input.focus();
    this.shown.textContent = "…";
    const { status, body } = await this.editor.sync.post(this.editor.data.urls.preview, { text: this.input.value });
    if (status === 200) this.shown.replaceChildren(...new DOMParser().parseFromString(body.html, "text/html").body.childNodes);
    else this.shown.textContent = this.t("no preview");
  }
}

/** What a picture shows, to be written better: the name of its file. */
const words = (name) => name.replace(/\.[^.]*$/, "").replace(/[[\]\\\s]+/g, " ").trim().slice(0, 100);

const cell = (text) => text.replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|");

/** Rows of cells as a Markdown table. */
function table(rows) {
  const width = Math.max(...rows.map((row) => row.length));
  const line = (row) => `| ${Array.from({ length: width }, (_, n) => cell(row[n] ?? "")).join(" | ")} |`;
  return [line(rows[0]), `|${" --- |".repeat(width)}`, ...rows.slice(1).map(line)].join("\n");
}
