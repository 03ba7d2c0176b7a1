// What is typed and not yet confirmed, kept on this device until it is.
//
// Each open page has a shelf of its own, so that two windows do not overwrite each other; a page that opens takes over what
// earlier ones left behind. Taking over what a living window still holds does no harm: every operation has an identity, and
// the server takes it once.

import { newId } from "./model.js";

export class Shelf {
  constructor(prefix, storage = window.localStorage) {
    this.prefix = prefix;
    this.storage = storage;
    this.name = `${prefix}${Date.now()}-${newId()}`;
  }

  /** {pending, conflicts} of all earlier pages, the oldest first. */
  takeOver() {
    const found = { pending: [], conflicts: [] };
    for (const name of this.names()) {
      const left = this.read(name);
      found.pending.push(...left.pending);
      found.conflicts.push(...left.conflicts);
    }
    const kept = this.keep(found);
    if (kept) this.names().filter((name) => name !== this.name).forEach((name) => this.storage.removeItem(name));
    return found;
  }

  names() {
    return Object.keys(this.storage).filter((name) => name.startsWith(this.prefix)).sort();
  }

  read(name) {
    try {
      const { pending = [], conflicts = [] } = JSON.parse(this.storage.getItem(name));
      return { pending, conflicts };
    } catch {
      return { pending: [], conflicts: [] };
    }
  }

  /** Whether the device could keep it. */
  keep({ pending, conflicts }) {
    try {
      if (pending.length || conflicts.length) this.storage.setItem(this.name, JSON.stringify({ pending, conflicts }));
      else this.storage.removeItem(this.name);
      return true;
    } catch {
      return false;
    }
  }
}
