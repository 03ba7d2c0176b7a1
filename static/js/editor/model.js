// The document and its operations, without any page.
//
// `base` is what the server has confirmed at `version`; `definition` is the same with the operations that wait in
// `pending` applied. An operation is {id, op: set | add | remove | move, target, value, after}: a target is "purpose",
// "boundary/trigger", "steps" (add), "steps/<key>" (remove, move) or "steps/<key>/name" (set); `after` is the key of the
// item before it, "" for the top, null for the end.

const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

function random(length) {
  return [...crypto.getRandomValues(new Uint8Array(length))].map((n) => ALPHABET[n % ALPHABET.length]).join("");
}

/** A new key of an item, as processes/definition.py makes them. */
export const newKey = () => `k${random(8)}`;

/** The id that makes sending an operation twice harmless. */
export const newId = () => random(20);

export const set = (target, value) => ({ id: newId(), op: "set", target, value });
export const add = (list, value, after) => ({ id: newId(), op: "add", target: list, value, after });
export const remove = (list, key) => ({ id: newId(), op: "remove", target: `${list}/${key}` });
export const move = (list, key, after) => ({ id: newId(), op: "move", target: `${list}/${key}`, after });

/** A whole step; every field is written, so that old and new documents look alike. */
export function blankStep(fields = {}) {
  return {
    key: newKey(), kind: "activity", name: "", role: "", description: "", inputs: [], outputs: [], records: [],
    flows: [], goes_on: true, trigger: "", task_type: "", link: "", system: "", duration: "", form: "", form_address: "",
    instruction: "", work_time: 0, waiting_time: 0, accountable: "", consulted: [], informed: [], risks: [], shared: "", ...fields,
  };
}

export const blankFlow = (fields = {}) => ({ key: newKey(), to: "", label: "", default: false, message: false, ...fields });

export const clone = (value) => structuredClone(value);

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What lies at a target, or undefined. A link to a shared step is written only where there is one. */
export function valueAt(definition, target) {
  const [head, key, field] = target.split("/");
  if (!Array.isArray(definition[head])) return key ? definition[head]?.[key] : definition[head];
  const item = definition[head].find((one) => one.key === key);
  if (field === "shared" && item) return item.shared ?? "";
  return field ? item?.[field] : item;
}

function place(list, item, after) {
  const index = list.findIndex((one) => one.key === after);
  list.splice(after === "" ? 0 : index < 0 ? list.length : index + 1, 0, item);
}

const keyBefore = (list, key) => list[list.findIndex((one) => one.key === key) - 1]?.key ?? "";

const WAYS = {
  set(definition, { target, value }) {
    const [head, key, field] = target.split("/");
    const before = valueAt(definition, target);
    if (before === undefined) return null;
    if (!key) definition[head] = clone(value);
    else if (!field) definition[head][key] = clone(value);
    else definition[head].find((one) => one.key === key)[field] = clone(value);
    return set(target, clone(before));
  },
  add(definition, { target, value, after }) {
    const list = definition[target];
    if (list.some((one) => one.key === value.key)) return null;
    place(list, clone(value), after);
    return remove(target, value.key);
  },
  remove(definition, { target }) {
    const [head, key] = target.split("/");
    const list = definition[head];
    const item = list.find((one) => one.key === key);
    if (!item) return null;
    const back = add(head, clone(item), keyBefore(list, key));
    list.splice(list.indexOf(item), 1);
    return back;
  },
  move(definition, { target, after }) {
    const [head, key] = target.split("/");
    const list = definition[head];
    const item = list.find((one) => one.key === key);
    if (!item) return null;
    const back = move(head, key, keyBefore(list, key));
    list.splice(list.indexOf(item), 1);
    place(list, item, after);
    return back;
  },
};

/** Applies one operation to a definition and gives the one that takes it back, or null where there was nothing to do. */
export const apply = (definition, operation) => WAYS[operation.op](definition, operation);

// The server names an added item ("steps/<key>"), the editor its list.
const received = (operation) => (operation.op === "add" ? { ...operation, target: operation.target.split("/")[0] } : operation);

/** The document with what waits to be saved. Tells listeners of "change" (everything) and "mine" (typed here). */
export class Model extends EventTarget {
  constructor(definition, version, pending = []) {
    super();
    this.base = definition;
    this.version = version;
    this.pending = pending;
    this.replay();
  }

  replay() {
    this.definition = clone(this.base);
    for (const operation of this.pending) apply(this.definition, operation);
  }

  /** Applies operations typed here; gives those that took effect with what takes them back, newest first. */
  perform(operations) {
    const done = [];
    const back = [];
    for (const operation of operations) {
      if (operation.op === "set" && same(valueAt(this.definition, operation.target), operation.value)) continue;
      const inverse = apply(this.definition, operation);
      if (!inverse) continue;
      done.push(operation);
      back.unshift(inverse);
      this.wait(operation);
    }
    if (this.group) {
      this.group.done.push(...done);
      this.group.back.unshift(...back);
    } else this.say(done, back);
    return { done, back };
  }

  /** Whatever is performed inside is told, drawn and taken back as one. */
  together(write) {
    if (this.group) return write();
    this.group = { done: [], back: [] };
    try {
      write();
    } finally {
      const { done, back } = this.group;
      this.group = null;
      this.say(done, back);
    }
  }

  say(done, back) {
    if (!done.length) return;
    this.dispatchEvent(new CustomEvent("change", { detail: { mine: true } }));
    this.dispatchEvent(new CustomEvent("mine", { detail: { done, back } }));
  }

  /** Typing on in one field is one operation, unless it is on its way already. */
  wait(operation) {
    const last = this.pending.at(-1);
    const goesOn = last && !last.sent && last.op === "set" && operation.op === "set" && last.target === operation.target;
    if (goesOn) last.value = clone(operation.value);
    else this.pending.push({ ...clone(operation), seen: this.version });
  }

  /** The server's word: every operation since our version, in its order, ours among them; and which of ours are done with. */
  confirm({ version, operations = [], applied = [] }) {
    const ids = new Set(applied);
    for (const operation of operations.filter((one) => one.version > this.version)) {
      apply(this.base, received(operation));
      ids.add(operation.id);
    }
    this.version = Math.max(this.version, version);
    this.drop(ids);
  }

  /** Takes operations out of what waits, whatever became of them. */
  drop(ids) {
    this.pending = this.pending.filter((operation) => !ids.has(operation.id));
    this.replay();
    this.dispatchEvent(new CustomEvent("change", { detail: { mine: false } }));
  }

  get steps() {
    return this.definition.steps;
  }

  step(key) {
    return this.steps.find((step) => step.key === key);
  }

  number(key) {
    return this.steps.findIndex((step) => step.key === key) + 1;
  }

  roleTitle(key) {
    return this.definition.roles.find((role) => role.key === key)?.title ?? "";
  }

  /** The role with this title, whatever its case. */
  roleNamed(title) {
    const wanted = title.trim().toLocaleLowerCase();
    return this.definition.roles.find((role) => role.title.toLocaleLowerCase() === wanted);
  }
}
