// Sends what waits, one sending at a time, and tells the page how that stands.
//
// Events: "status" {state, message}, with state saved | saving | kept | signed-out | refused | closed; "conflict" when
// `conflicts` has grown; "refused" {sentences}.

const PAUSE = 600; // ms without typing before a sending
const LONGEST = 2000; // ms that somebody who does not pause waits for a sending
const BATCH = 200; // operations in one sending
const PATIENCE = 5000; // ms that a command waits until everything typed before it is on the server
const WAITS = [1000, 2000, 4000, 8000, 15000, 30000]; // ms between tries while the network is away

const SIGNED_OUT = new Set([401]);

export class Sync extends EventTarget {
  constructor(model, shelf, { url, page, person, token, conflicts = [] }) {
    super();
    Object.assign(this, { model, shelf, url, page, person, token, conflicts });
    this.busy = false;
    this.tries = 0;
    this.batch = BATCH;
    this.state = "saved";
    model.addEventListener("mine", () => {
      this.keep();
      this.say("saving");
      this.soon();
    });
    window.addEventListener("online", () => this.flush());
    window.addEventListener("focus", () => this.state === "signed-out" && this.comeBack());
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
  }

  say(state, message = "") {
    if (this.stuck && state !== "saved") return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("status", { detail: { state, message } }));
  }

  /** States that only a reload or a new sign-in ends. */
  get stuck() {
    return ["signed-out", "refused", "closed"].includes(this.state);
  }

  /** Whether the server has everything. */
  get idle() {
    return this.state === "saved" && !this.model.pending.length;
  }

  /** Sends what waits now; whether the server then has everything, before patience ends. */
  async settled(patience = PATIENCE) {
    const end = Date.now() + patience;
    while (!this.idle && !this.stuck && Date.now() < end) {
      clearTimeout(this.timer);
      await this.flush();
      if (!this.idle) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return this.idle;
  }

  keep() {
    if (!this.shelf.keep({ pending: this.model.pending, conflicts: this.conflicts })) this.say("full");
  }

  soon() {
    this.since ??= Date.now();
    this.later(Math.max(0, Math.min(PAUSE, this.since + LONGEST - Date.now())));
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  /** The operations at the front that were made in sight of the same version. */
  front() {
    const { pending } = this.model;
    const end = pending.findIndex((operation) => operation.seen !== pending[0].seen);
    return pending.slice(0, Math.min(end < 0 ? pending.length : end, this.batch));
  }

  async flush() {
    if (this.busy || this.stuck) return;
    if (!this.model.pending.length) return this.say("saved");
    this.busy = true;
    this.since = null;
    this.say("saving");
    const batch = this.front();
    batch.forEach((operation) => (operation.sent = true));
    this.keep();
    const answer = await this.post(this.url, { seen: batch[0].seen, operations: batch.map(bare) });
    this.busy = false;
    this.read(answer, batch);
  }

  /** {status, body} of a POST of JSON or of a form; status 0 where the network is away. Never throws. */
  async post(url, body) {
    const form = body instanceof FormData;
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "manual",
        headers: { ...(form ? {} : { "Content-Type": "application/json" }), "X-CSRFToken": this.token, Accept: "application/json" },
        body: form ? body : JSON.stringify(body),
      });
      const json = response.headers.get("Content-Type")?.startsWith("application/json");
      const signedOut = response.type === "opaqueredirect" || (response.status === 403 && !json);
      return { status: signedOut ? 401 : response.status, body: json ? await response.json() : {} };
    } catch {
      return { status: 0, body: {} };
    }
  }

  read({ status, body }, batch) {
    if (status === 200 || (status === 409 && body.conflicts)) return this.taken(body);
    if (SIGNED_OUT.has(status)) return this.say("signed-out");
    if (status === 400 || status === 413) return this.tooMuch(body.error, batch);
    if (status === 403) return this.say("refused", body.error);
    if (status === 404 || status === 409) return this.say("closed", body.error);
    this.say("kept");
    this.later(WAITS[Math.min(this.tries++, WAITS.length - 1)]);
  }

  taken(body) {
    const [conflicts, refused] = [body.conflicts ?? [], body.refused ?? []];
    this.tries = 0;
    this.batch = BATCH;
    for (const conflict of conflicts) this.note(conflict);
    this.model.confirm({ ...body, applied: [...body.applied, ...conflicts.map(({ id }) => id), ...refused.map(({ id }) => id)] });
    this.keep();
    if (conflicts.length) this.dispatchEvent(new Event("conflict"));
    if (refused.length) this.dispatchEvent(new CustomEvent("refused", { detail: { refused } }));
    this.model.pending.length ? this.soon() : this.say("saved");
  }

  /** Typing on while a conflict was on its way makes one conflict, with the latest text. */
  note(conflict) {
    const op = this.model.pending.find(({ id }) => id === conflict.id)?.op;
    this.conflicts = [...this.conflicts.filter(({ target }) => target !== conflict.target), { ...conflict, op }];
  }

  /** A sending that the server does not read is tried in halves, until the one that does not fit is alone. */
  tooMuch(sentence, batch) {
    if (batch.length > 1) {
      this.batch = Math.ceil(batch.length / 2);
    } else {
      const [{ id, target, value }] = batch;
      this.model.drop(new Set([id]));
      this.keep();
      this.dispatchEvent(new CustomEvent("refused", { detail: { refused: [{ id, target, value, reason: sentence }] } }));
    }
    this.flush();
  }

  /** After signing in again in another window: a fresh token from our own page, if it is the same person. */
  async comeBack() {
    try {
      const response = await fetch(this.page, { redirect: "manual" });
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      const about = JSON.parse(fresh.getElementById("editor-data")?.textContent ?? "{}");
      if (about.person !== this.person) return;
      this.token = fresh.querySelector("meta[name=csrf-token]").content;
      this.state = "saving";
      this.flush();
    } catch {
      // Still away; the next time the window is looked at it is tried again.
    }
  }

  settle(conflict) {
    this.conflicts = this.conflicts.filter((one) => one !== conflict);
    this.keep();
  }
}

const bare = ({ id, op, target, value, after }) => ({ id, op, target, value, after });
