// Steps out of a table that was copied from Word, Excel or a web page. Pure but for reading the HTML of the clipboard.

const HEADS = {
  number: /^(?:#|no\.?|nr\.?|step no\.?|number|序号|编号|步骤号)$/i,
  role: /^(?:role|roles|responsible|responsibility|who|position|department|owner|actor|负责人|责任人|职责|岗位|角色|部门|执行人|责任部门|责任岗位)$/i,
  name: /^(?:step|steps|activity|activities|task|action|process step|what|name|description of (?:step|activity)|步骤|活动|作业|工作内容|流程步骤|任务|内容)$/i,
  description: /^(?:description|details?|how|notes?|remarks?|comments?|instruction|说明|描述|备注|要求|作业要求|工作要求)$/i,
  inputs: /^(?:inputs?|needs|输入|输入文件)$/i,
  outputs: /^(?:outputs?|result|results|deliverables?|documents?|输出|输出文件|结果|成果)$/i,
  records: /^(?:records?|forms? and records?|记录|质量记录|表单记录)$/i,
  system: /^(?:system|application|tool|it system|系统|工具|应用)$/i,
  duration: /^(?:time|duration|deadline|时间|时限|时长|期限)$/i,
};
const LISTS = ["inputs", "outputs", "records"];

/** Rows of cells of the first table on the clipboard, or null. */
export function tableIn(clipboard) {
  const page = new DOMParser().parseFromString(clipboard.getData("text/html"), "text/html");
  const table = page.querySelector("table");
  const rows = table ? [...table.rows].map((row) => [...row.cells].map(textOf)) : tabbed(clipboard.getData("text/plain"));
  return rows && rows.length > 1 && Math.max(...rows.map((row) => row.length)) > 1 ? rows : null;
}

/** The text of a cell that is not on any page: line ends are those of its elements. */
function textOf(cell) {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replace(/\s+/g, " ");
  for (const end of cell.querySelectorAll("br, p, div, li")) end.after("\n");
  return clean(cell.textContent);
}

const clean = (text) => text.replace(/\r\n?/g, "\n").replace(/[^\S\n]+/g, " ").replace(/ ?\n ?/g, "\n").trim();

/** Text with tabs, as a spreadsheet puts it beside its HTML; quoted cells may hold line ends. */
function tabbed(text) {
  if (!text.includes("\t")) return null;
  const rows = [[]];
  for (const [, cell, end] of text.replace(/\r\n?/g, "\n").matchAll(/("(?:[^"]|"")*"|[^\t\n]*)(\t|\n|$)/g)) {
    rows.at(-1).push(clean(cell.startsWith('"') && cell.endsWith('"') && cell.length > 1 ? cell.slice(1, -1).replaceAll('""', '"') : cell));
    if (end === "\n") rows.push([]);
    if (!end) break;
  }
  return rows.filter((row) => row.some(Boolean));
}

/** [{name, role?, description?, inputs?, …}] of the rows; the first row names the columns where it can. */
export function stepsIn(rows) {
  const named = columnsOf(rows[0]);
  const body = named ? rows.slice(1) : rows;
  const columns = named ?? guessed(rows);
  const steps = body.map((row) => stepOf(row, columns)).filter((step) => step.name);
  return steps.length ? steps : null;
}

/** What each column of a head row is ("" unknown), or null where it names no step. */
function columnsOf(head) {
  const columns = head.map((cell) => Object.keys(HEADS).find((name) => HEADS[name].test(cell)) ?? "");
  return columns.includes("name") || (columns.includes("description") && columns.includes("role")) ? columns.includes("name") ? columns : columns.map((one) => (one === "description" ? "name" : one)) : null;
}

/** Without a head: numbers first, then short texts that repeat are roles, the longest texts are steps. */
function guessed(rows) {
  const width = Math.max(...rows.map((row) => row.length));
  const cells = (n) => rows.map((row) => row[n] ?? "").filter(Boolean);
  const length = (n) => cells(n).reduce((sum, cell) => sum + cell.length, 0) / Math.max(1, cells(n).length);
  const columns = Array.from({ length: width }, (_, n) => (cells(n).every((cell) => /^[\d.()]+$/.test(cell)) ? "number" : ""));
  const texts = columns.map((_, n) => n).filter((n) => !columns[n]);
  const [first, second] = texts;
  if (first === undefined) return columns;
  const name = second !== undefined && length(second) > length(first) ? second : first;
  columns[name] = "name";
  if (second !== undefined) columns[name === first ? second : first] = name === first ? "description" : "role";
  return columns;
}

function stepOf(row, columns) {
  const step = { name: "" };
  row.forEach((cell, n) => {
    const field = columns[n];
    if (!cell || field === "number") return;
    const lines = cell.split("\n").map((line) => line.trim()).filter(Boolean);
    if (LISTS.includes(field)) step[field] = cell.split(/\s*[\n;；、]\s*/).map((one) => one.trim().slice(0, 300)).filter(Boolean);
    else if (field === "name") [step.name, step.more] = [lines[0] ?? "", lines.slice(1).join("\n")];
    else if (field === "description" || !field) step.description = [step.description, cell].filter(Boolean).join("\n");
    else step[field] = lines.join(" ").slice(0, field === "role" ? 160 : 300);
  });
  const { more, ...rest } = step;
  const description = [more, rest.description].filter(Boolean).join("\n").slice(0, 20000);
  return description ? { ...rest, description } : rest;
}
