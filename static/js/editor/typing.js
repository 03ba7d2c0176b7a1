// From what was typed in a line to operations on the document.

import { add, blankFlow, blankStep, newKey, remove, set } from "./model.js";
import { NAME_LIMIT, asks, meaning, roleIn } from "./reading.js";

const FUTURE = /^n(\d+)$/; // an arrow to a step that is not written yet; n0: not said yet
const NEXT = /^(?:next|below|下一步)$/i;
const END = /^(?:end|结束|結束)\s*["“”'「]?(.*?)["“”'」]?$/i;

export class Typing {
  /** `words`: yes, no and end in the document's language. */
  constructor(model, words) {
    this.model = model;
    this.words = words;
    this.born = new Set(); // roles first typed here; they go again when nothing uses them
  }

  get steps() {
    return this.model.steps;
  }

  /** How many steps lie before the ends that close the text: the next step is typed there. */
  get body() {
    const last = this.steps.findLastIndex((step) => step.kind !== "end");
    return last + 1;
  }

  /** {key, operations} of the role with this title; a new title becomes a role of the document. */
  role(title) {
    const wanted = title.trim().replace(/\s+/g, " ").slice(0, 160);
    if (!wanted) return { key: "", operations: [] };
    const known = this.model.roleNamed(wanted);
    if (known) return { key: known.key, operations: [] };
    const key = newKey();
    this.born.add(key);
    return { key, operations: [add("roles", { key, title: wanted, external: false }, null)] };
  }

  setRole(step, title) {
    const { key, operations } = this.role(title);
    if (key === step.role) return [];
    const unused = this.born.has(step.role) && !this.steps.some((one) => one !== step && one.role === step.role);
    const edges = this.edges(step, key, step.role);
    return [...operations, set(`steps/${step.key}/role`, key), ...edges, ...(unused ? [remove("roles", step.role)] : [])];
  }

  /** The start goes with the first step, the end with the last one, as long as they are in its lane or in none. */
  edges(step, role, before) {
    const place = this.steps.findIndex((one) => one.key === step.key);
    const [first, last] = [this.steps[0], this.steps[this.body]];
    const follows = (one, kind) => one?.kind === kind && one.key !== step.key && (!one.role || one.role === before);
    const operations = [];
    if (role && (place === 1 || (place < 0 && this.body === 1)) && follows(first, "start")) operations.push(set(`steps/${first.key}/role`, role));
    if (role && (place < 0 || place === this.body - 1) && follows(last, "end")) operations.push(set(`steps/${last.key}/role`, role));
    return operations;
  }

  /** A new step with this text, read at once. */
  insert(text, { after, role = "", key = newKey() }) {
    const said = roleIn(text);
    const { key: roleKey, operations } = said ? this.role(said.role) : { key: role, operations: [] };
    const { name, branches = [], notes, ...rest } = meaning(said ? said.rest : text);
    const before = this.steps[this.body - 1];
    const atEnd = !before || before.key === after;
    const step = blankStep({ key, role: roleKey, ...rest, ...notes, ...tooLong(name) });
    const flows = this.flows(step, branches);
    step.flows = flows.flows;
    const edges = atEnd ? this.edges(step, roleKey, before?.role ?? "") : [];
    return [...operations, ...flows.operations, ...edges, add("steps", step, after)];
  }

  /** What a finished line says besides its words. */
  read(step, text) {
    const said = roleIn(text);
    const { name, branches = [], kind, duration, link, notes = {} } = meaning(said ? said.rest : text);
    const at = (field) => `steps/${step.key}/${field}`;
    const kept = tooLong(name);
    const operations = said ? this.setRole(step, said.role) : [];
    operations.push(set(at("name"), kept.name));
    if (kept.description) operations.push(set(at("description"), `${kept.description}\n\n${step.description}`.trim()));
    if (kind) operations.push(set(at("kind"), kind));
    if (duration && !step.duration) operations.push(set(at("duration"), duration));
    if (link) operations.push(set(at("link"), link));
    for (const [field, value] of Object.entries(notes)) operations.push(set(at(field), Array.isArray(value) ? [...new Set([...step[field], ...value])] : value));
    if (branches.length || kind === "decision") operations.push(...this.setFlows({ ...step, kind: kind ?? step.kind }, branches));
    return operations;
  }

  setFlows(step, branches) {
    const { flows, operations } = this.flows(step, branches);
    return [...operations, set(`steps/${step.key}/flows`, flows)];
  }

  /** The arrows of a step: what was typed; else what it had; else yes and no for a question. */
  flows(step, branches) {
    const operations = [];
    const flows = branches.map(({ label, to }) => {
      const found = this.target(to, step);
      operations.push(...(found?.operations ?? []));
      return blankFlow({ label: label.slice(0, NAME_LIMIT), to: found?.to ?? "n0" });
    });
    if (flows.length || step.flows.length || step.kind !== "decision") return { flows: flows.length ? flows : step.flows, operations };
    const { yes, no } = this.words;
    return { flows: [blankFlow({ label: yes }), blankFlow({ label: no, to: "n0" })], operations };
  }

  /** Where "5", "end", "end “Rejected”", "next" or a step's name leads: {to, operations}, or null where it says nothing. */
  target(typed, step) {
    const text = typed.replace(/^(?:→|->|=>)\s*/, "").trim();
    if (!text || NEXT.test(text)) return { to: "", operations: [] };
    if (/^\d{1,4}$/.test(text)) return { to: this.numbered(Number(text), step), operations: [] };
    const end = END.exec(text);
    if (end) return this.end(end[1].trim());
    const wanted = text.toLocaleLowerCase();
    const found = this.steps.find((one) => one.name.toLocaleLowerCase().startsWith(wanted));
    return found ? { to: found.key, operations: [] } : null;
  }

  /** While the last step is being typed, a number beyond it is one still to come, not the end that waits below. */
  numbered(number, step) {
    const place = this.steps.findIndex((one) => one.key === step.key);
    const typingOn = place < 0 || place === this.body - 1;
    const written = typingOn && number > this.body ? null : this.steps[number - 1];
    return written?.key ?? `n${number}`;
  }

  end(name) {
    const ends = this.steps.filter((step) => step.kind === "end");
    const found = name ? ends.find((step) => step.name.toLocaleLowerCase() === name.toLocaleLowerCase()) : ends.at(-1);
    if (found) return { to: found.key, operations: [] };
    const step = blankStep({ kind: "end", name: name || this.words.end, role: this.steps.at(-1)?.role ?? "" });
    return { to: step.key, operations: [add("steps", step, null)] };
  }

  /** Arrows to numbers that have been written meanwhile now lead there. */
  arrived() {
    const operations = [];
    const body = this.body;
    for (const step of this.steps) {
      const flows = step.flows.map((flow) => {
        const number = Number(FUTURE.exec(flow.to)?.[1] ?? 0);
        return number && number <= body && !this.model.step(flow.to) ? { ...flow, to: this.steps[number - 1].key } : flow;
      });
      if (flows.some((flow, n) => flow !== step.flows[n])) operations.push(set(`steps/${step.key}/flows`, flows));
    }
    return operations;
  }

  /** An arrow's aim as it is typed: a number, "" for the step below or for nothing said. */
  shown(flow) {
    if (!flow.to) return "";
    const number = this.model.number(flow.to);
    if (number) return String(number);
    const future = FUTURE.exec(flow.to)?.[1] ?? "?";
    return future === "0" ? "" : future;
  }

  /** next | step | future | unsaid | gone */
  standing(flow) {
    if (!flow.to) return "next";
    if (this.model.step(flow.to)) return "step";
    const future = FUTURE.exec(flow.to)?.[1];
    return future === undefined ? "gone" : future === "0" ? "unsaid" : "future";
  }
}

export const isQuestion = asks;

/** A name that is too long keeps its beginning; the whole of it goes to the description, so that nothing is lost. */
export function tooLong(text) {
  if (text.length <= NAME_LIMIT) return { name: text };
  return { name: `${text.slice(0, NAME_LIMIT - 1).trimEnd()}…`, description: text };
}
