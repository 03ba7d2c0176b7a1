// What comes from the clipboard into a line: carried steps, a table, or lines of text. Each is taken back as one.

import { newKey, remove, set } from "./model.js";
import { TEXT_LIMIT, pastedLines } from "./reading.js";
import { stepsIn, tableIn } from "./tables.js";

const PASTED_LINES = 400; // at once; more belong into several documents
const PASTED_TEXT = 400_000; // characters

export class Pasting {
  constructor(outline) {
    Object.assign(this, { outline, model: outline.model, typing: outline.typing, t: outline.t });
  }

  /** Takes over where there is more than one line of plain text; else the browser pastes. */
  paste(line, event) {
    const data = event.clipboardData;
    const last = this.model.steps[this.typing.body - 1]?.key ?? "";
    if (this.outline.blocks.paste(data, line.step ? line.key : last)) return event.preventDefault();
    const text = data.getData("text/plain");
    if (text.length > PASTED_TEXT) {
      event.preventDefault();
      return this.outline.editor.say(this.t("pasted too much", { count: text.length, limit: PASTED_TEXT }));
    }
    const table = tableIn(data);
    const steps = table && stepsIn(table);
    const lines = steps ?? pastedLines(text);
    if (lines.length < 2 && !steps) return;
    event.preventDefault();
    if (lines.length > PASTED_LINES) return this.outline.editor.say(this.t("pasted too many lines", { count: lines.length, limit: PASTED_LINES }));
    if (steps) return this.insertTable(line, steps);
    this.insertLines(line, lines.map((one) => one.slice(0, TEXT_LIMIT)));
  }

  /** Rows of a table: each is a step, its name read like a typed line. */
  insertTable(line, rows) {
    let after = line.step ? line.key : (this.model.steps[this.typing.body - 1]?.key ?? "");
    const empty = line.step && !line.name.value.trim() ? line.key : "";
    this.model.together(() => {
      for (const { name, role = "", ...fields } of rows) {
        const key = newKey();
        const { key: roleKey, operations } = this.typing.role(role);
        const wanted = role ? roleKey : (this.model.step(after)?.role ?? this.outline.ghostRole);
        this.outline.edit([...operations, ...this.typing.insert(name, { after, role: wanted, key })]);
        const step = this.model.step(key);
        for (const [field, value] of Object.entries(fields)) {
          const whole = field === "description" && step.description ? `${step.description}\n\n${value}` : value;
          this.outline.edit([set(`steps/${key}/${field}`, whole)]);
        }
        after = key;
      }
      if (empty) this.outline.edit([remove("steps", empty)]);
      this.outline.edit(this.typing.arrived());
    });
    this.outline.focusStep(after);
  }

  insertLines(line, lines) {
    const empty = !line.step || !line.name.value.trim();
    let after = line.step ? line.key : (this.model.steps[this.typing.body - 1]?.key ?? "");
    this.model.together(() => {
      lines.forEach((text, n) => {
        if (n === 0 && line.step && empty) return void this.outline.edit(this.typing.read(line.step, text));
        const key = newKey();
        const role = n === 0 && !line.step ? this.outline.ghostRole : (this.model.step(after)?.role ?? "");
        this.outline.edit(this.typing.insert(text, { after, role, key }));
        after = key;
      });
      this.outline.edit(this.typing.arrived());
    });
    this.outline.focusStep(after);
  }
}
