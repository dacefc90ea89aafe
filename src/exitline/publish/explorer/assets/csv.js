// The table shown, as CSV: all its rows, not only the page; numbers as numbers, texts as shown.
const STATUS = ["shown", "suppressed", "cannot tell yet", "shown, no interval"];
const OUTCOME_CODES = ["met", "not met", "cannot tell yet"];
/** A text cell: quoted; one that a spreadsheet would take for a formula begins with an apostrophe. */
const cell = (x) => {
  if (x === null || x === undefined) return "";
  if (typeof x === "number") return String(x);
  const safe = /^[ \u00a0\ufeff]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(x) ? `'${x}` : x; // as words/sheets.py
  return /[",\r\n]/.test(safe) || safe !== x ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const sourceText = () => DATA.sources.map((source) => T(source.title)).join("; ");
const placeLine = (area) => ({ area: name(area), key: A.key[area], level: T(levelOf(A.level[area]).title), within: A.within[area] > 0 ? name(A.within[area]) : "" });
const figureLine = (row) => {
  const f = row.figure, item = DATA.series[state.series];
  const has_ = known(f);
  return {
    ...placeLine(row.area),
    value: has_ ? f.value : null, low: has_ ? f.low : null, high: has_ ? f.high : null, text: said(f), interval: intervalWords(state.series, f), n: f.n,
    status: STATUS[f.status], reason: whyNone(f), claim: f.claim, series: item.key, measure: T(item.label), unit: T(item.unit_words), line: T(item.line),
    confidence: item.sampled ? item.level ?? null : null, year: yearNow(), source: sourceText(),
  };
};
const decisionLine = (row) => {
  const block = DECISIONS.get(`${state.level}|${state.year}`);
  const line = placeLine(row.area);
  block.criteria.forEach((criterion, c) => {
    if (state.criterion && c !== state.criterion) return;
    const d = decision(state.level, state.year, c, row.area), base = criterion.key || "overall";
    line[`${base}: outcome`] = d === null || d.outcome === null ? "no decision" : DATA.palette === "record" ? outcomeWords(d) : OUTCOME_CODES[d.outcome];
    line[`${base}: observed`] = d === null ? "" : d.hidden ? w("suppressed") : d.text;
    line[`${base}: reason`] = d?.why ?? "";
  });
  return { ...line, year: yearNow(), standard: DATA.standard ? T(DATA.standard.title) : "", source: sourceText() };
};
/** The whole file, with a byte order mark so that spreadsheets read it as UTF-8. */
const csvText = () => {
  const lines = rowsShown.map(state.view === "decisions" ? decisionLine : figureLine);
  const heads = lines.length ? Object.keys(lines[0]) : ["area"];
  return `\ufeff${[heads.map(cell), ...lines.map((line) => heads.map((head) => cell(line[head])))].map((cells) => cells.join(",")).join("\r\n")}\r\n`;
};
/** A file for the reader, named after what it shows. */
const saveAs = (blob, ending) => {
  const what = state.view === "decisions" ? "decisions" : DATA.series[state.series].key;
  const parts = ["exitline", what, levelOf(state.level).key, yearNow()].filter(Boolean).join("-");
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: `${parts.replace(/[^\p{L}\p{N}._-]+/gu, "-")}.${ending}`, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
};
const download = () => saveAs(new Blob([csvText()], { type: "text/csv;charset=utf-8" }), "csv");
