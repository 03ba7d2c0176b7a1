// Undo and redo of what was typed in this window, also after it was loaded again. What others wrote in between is never taken back.

import { clone, newId, valueAt } from "./model.js";

const MOST = 200; // steps back that are kept
const PAUSE = 1500; // ms: typing on in one field within this time is one step back

export class Undo {
  /** `name`: under which the window keeps it. */
  constructor(model, name, storage = window.sessionStorage) {
    Object.assign(this, { model, name, storage, running: false });
    const { done = [], undone = [] } = this.left();
    Object.assign(this, { done, undone });
    model.addEventListener("mine", (event) => this.note(event.detail));
  }

  left() {
    try {
      return JSON.parse(this.storage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }

  /** Without room the older half is given up: better a shorter way back than none. */
  keep() {
    this.done = this.done.slice(-MOST);
    try {
      this.storage.setItem(this.name, JSON.stringify({ done: this.done, undone: this.undone }));
    } catch {
      this.storage.removeItem(this.name);
      if (this.done.length < 2) return;
      this.done = this.done.slice(Math.ceil(this.done.length / 2));
      this.keep();
    }
  }

  note(change) {
    if (this.running) return;
    this.remember(change);
    this.keep();
  }

  remember({ done, back }) {
    this.undone = [];
    const last = this.done.at(-1);
    if (last && Date.now() - last.at < PAUSE && this.goesOn(last, done)) {
      last.forth = done;
      last.at = Date.now();
      return;
    }
    this.done.push({ forth: done, back, at: Date.now() });
  }

  goesOn(last, done) {
    const [one, other] = [last.forth, done];
    return one.length === 1 && other.length === 1 && one[0].op === "set" && other[0].op === "set" && one[0].target === other[0].target;
  }

  /** The operations that do not overwrite what somebody else wrote since. */
  mine(operations, written) {
    return operations.filter(({ op, target }) => {
      const last = written.findLast((one) => one.op === "set" && one.target === target);
      return op !== "set" || !last || JSON.stringify(valueAt(this.model.definition, target)) === JSON.stringify(last.value);
    });
  }

  run(group, operations, written) {
    this.running = true;
    const fresh = this.mine(operations, written).map((operation) => ({ ...clone(operation), id: newId() }));
    const result = this.model.perform(fresh);
    this.running = false;
    this.keep();
    return result.done;
  }

  /** Takes the last change back; gives the operations, so that the page can show where. */
  undo() {
    const group = this.done.pop();
    if (!group) return [];
    this.undone.push(group);
    return this.run(group, group.back, group.forth);
  }

  redo() {
    const group = this.undone.pop();
    if (!group) return [];
    this.done.push(group);
    return this.run(group, group.forth, group.back);
  }
}
