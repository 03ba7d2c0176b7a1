// Times as people write them ↔ whole minutes of working time; the twin of processes/durations.py, with its table of units.

const PART = /^(\d{1,7}(?:[.,]\d{1,4})?|[半一二两三四五六七八九十])\s*个?\s*(?:working\s+)?([a-z]+|[一-鿿]{1,3}?(?=[\s\d半一二两三四五六七八九十]|$))\.?/;

/** Minutes of "2 h", "1 day 4 h", "半天"; 0 of an empty text; null where it is not understood. */
export function minutesOf(text, { units, numerals, most }) {
  let rest = text.trim().toLowerCase();
  let total = 0;
  while (rest) {
    const part = PART.exec(rest);
    if (!part || !(part[2] in units)) return null;
    total += Number((numerals[part[1]] ?? part[1]).replace(",", ".")) * units[part[2]];
    rest = rest.slice(part[0].length).replace(/^[ ,;,、]+/, "");
  }
  const found = Math.floor(total + 0.5);
  return found <= most ? found : null;
}

/** Such as "2 d 4 h 15 min"; `t` gives the words. */
export function inWords(minutes, t) {
  const [days, hours, rest] = [Math.floor(minutes / 480), Math.floor((minutes % 480) / 60), minutes % 60];
  return [days && t("days", { count: days }), hours && t("hours", { count: hours }), rest && t("minutes", { count: rest })].filter(Boolean).join(" ");
}
