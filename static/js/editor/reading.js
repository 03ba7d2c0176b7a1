// What a typed line means: "Buyer: check offer", "Approved?", "yes → 5 / no → 3", "wait 2 days", "see PUR-014". Pure.

export const NAME_LIMIT = 300;
export const TEXT_LIMIT = 20000;

const ROLE = /^([^:：\n]{1,60}?)\s*(?::(?=\s)|：)\s*(\S.*)$/s;
const START = /^(?:start|begin|开始|開始)(?:\s*[:：]\s*|\s*$)(.*)$/is;
const END = /^(?:end|结束|結束)(?:\s*[:：]\s*|\s*$)(.*)$/is;
const WAIT = /^(?:wait(?:ing)?(?: for)?\b|等待|等候)\s*(.*)$/is;
const TIME = /\d+\s*(?:min\w*|hours?|h|(?:working )?days?|d|weeks?|months?|分钟|小时|个?工作日|天|周|个?月)/i;
const LINK = /^(.*?)\(?（?(?:\bsee|参见|參見|见)\s+([A-Za-z][A-Za-z0-9]{0,11}(?:-[A-Za-z0-9]+)+)\)?）?\s*(.*)$/is;
const ARROW = "(?:→|->|=>|－>)";
const GOES = new RegExp(`^(.*\\S)\\s*${ARROW}\\s*(\\d+|end|结束)\\s*$`, "is");
const BRANCH = new RegExp(`^(.*?)\\s*${ARROW}\\s*(.*)$`, "s");
// Without brackets only words that no sentence ends in before a colon.
const NOTE = /(?:\s+(docs?|records?|文件|文档|记录)|\s*[\[(（](docs?|out|in|records?|form|system|文件|文档|输出|输入|记录|表单|系统))\s*[:：]\s*([^\])）]+)[\])）]?\s*$/i;
const NOTES = {
  doc: "outputs", docs: "outputs", out: "outputs", 文件: "outputs", 文档: "outputs", 输出: "outputs", in: "inputs", 输入: "inputs",
  record: "records", records: "records", 记录: "records", form: "form", 表单: "form", system: "system", 系统: "system",
};
const BULLET = /^\s*(?:[-*•·–—▪◦○●]\s+|[(（]?\d{1,3}(?:\.\d{1,3})*[.)）、．]\s*|[a-z][.)]\s+|[①-⑳]\s*)/i;

/** Whether this text asks something. */
export const asks = (text) => /[?？]\s*$/.test(text);

/** {role, rest} where the text begins with a role and a colon, else null. A time or an address is no role. */
export function roleIn(text) {
  if (START.test(text) || END.test(text)) return null;
  const found = ROLE.exec(notesIn(text).rest) && ROLE.exec(text);
  return found && !/[?？]/.test(found[1]) ? { role: found[1].trim(), rest: found[2].trim() } : null;
}

/** "yes → 5 / no → 3" → [{label, to}], else []. `to` is as typed: a number, "end", a name in quotes or "". */
export function branchesIn(text) {
  const parts = text.split(/\s*[/／;；\n]\s*/).filter((part) => part.trim());
  const found = parts.map((part) => BRANCH.exec(part.trim()));
  if (!parts.length || found.some((one) => !one)) return [];
  return found.map((one) => ({ label: one[1].trim(), to: one[2].trim() }));
}

function decision(text) {
  const cut = Math.max(text.lastIndexOf("?"), text.lastIndexOf("？")) + 1;
  if (!cut) return null;
  const rest = text.slice(cut).trim();
  if (!rest) return { kind: "decision", name: text };
  const branches = branchesIn(rest);
  return branches.length ? { kind: "decision", name: text.slice(0, cut).trim(), branches } : null;
}

function event(text) {
  const start = START.exec(text);
  if (start) return { kind: "start", name: start[1].trim() || text };
  const end = END.exec(text);
  if (end) return { kind: "end", name: end[1].trim() || text };
  const wait = WAIT.exec(text);
  return wait ? { kind: "wait", name: text, duration: TIME.exec(wait[1])?.[0] ?? "" } : null;
}

function link(text) {
  const found = LINK.exec(text);
  if (!found) return null;
  const name = `${found[1].trim()} ${found[3].trim()}`.trim();
  return { kind: "subprocess", name: name || found[2].toUpperCase(), link: found[2].toUpperCase() };
}

function goesOn(text) {
  const found = GOES.exec(text);
  return found ? { name: found[1].trim(), branches: [{ label: "", to: found[2] }] } : null;
}

/** "place order doc: Purchase order" → {rest, notes: {outputs: ["Purchase order"]}}; several may follow each other. */
export function notesIn(text) {
  const notes = {};
  let rest = text;
  for (let found = NOTE.exec(rest); found && found.index > 0; found = NOTE.exec(rest)) {
    const field = NOTES[(found[1] ?? found[2]).toLowerCase()];
    const values = found[3].trim().split(/\s*[;；]\s*/).filter(Boolean);
    notes[field] = ["form", "system"].includes(field) ? found[3].trim() : [...values, ...(notes[field] ?? [])];
    rest = rest.slice(0, found.index);
  }
  return { rest: rest.trim(), notes };
}

/** What the text says besides its words: {name, kind?, duration?, link?, branches?, notes?}. */
export function meaning(text) {
  const { rest, notes } = notesIn(text.trim());
  const found = decision(rest) ?? event(rest) ?? link(rest) ?? goesOn(rest) ?? { name: rest };
  return Object.keys(notes).length ? { ...found, notes } : found;
}

/** Pasted text as lines, without their numbers and bullets. */
export function pastedLines(text) {
  return text.replace(/\r\n?/g, "\n").split("\n").map((line) => line.replace(BULLET, "").trim()).filter(Boolean);
}
