// What the page was given, and how it is looked up. Nothing here touches the picture.
const DATA = JSON.parse(document.getElementById("data").textContent);
const WORDS = JSON.parse(document.getElementById("words").textContent);
const SHOWN = 0, SUPPRESSED = 1, UNKNOWN = 2, NO_INTERVAL = 3;
const A = DATA.areas;
const COUNT = A.key.length;
A.shape ??= [];
if (!DATA.series.length) DATA.series.push({ key: "", label: "", line: "", unit: "number", unit_words: "", edges: [], threshold: null, sampled: false }); // decisions alone

let language = DATA.languages[0];
/** A text in the language now chosen. */
const T = (text) => {
  if (text === null || text === undefined) return "";
  if (typeof text !== "object") return String(text);
  return text[language] ?? text.en ?? Object.values(text)[0] ?? "";
};
const FROM_RIGHT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** A text within another: written from the right, it does not change the order of what stands around it. */
const isolated = (text) => (FROM_RIGHT.test(text) ? `\u2068${text}\u2069` : text);
/** {0}, {1} ... replaced; a text among them is resolved in the language. */
const filled = (form, parts) => form.replace(/\{(\d+)\}/g, (whole, i) => (i < parts.length ? isolated(T(parts[i])) : whole));
/** A word or sentence of the interface. */
const words_ = () => WORDS[language] ?? Object.values(WORDS)[0];
const w = (key, ...parts) => filled(words_()[key], parts);
/** A sign of the language: between parts of a text, or in a number; named by what English writes. */
const sign = (english) => words_().signs[english];
/** A number as English writes it, in the form of the language. */
const digits = (text) => percents(text.replace(/\d[\d,]*(\.\d+)?/g, (found) => found.replace(/[,.]/g, sign)));
const percents = (text) => (sign(" %") === "\u00a0%" ? text : text.replace(/(\d)[ \u00a0]%/g, (_, last) => last + sign(" %")));
/** A figure: as English writes it, or already in words of the language. */
const inDigits = (text) => (typeof text === "object" && text !== null ? T(text) : digits(T(text)));
/** What stands in a sentence: a number in the form of the language, a text as it is. */
const stood = (part) => (typeof part === "string" && /^[−+-]?\d[\d,]*(\.\d+)?$/.test(part) ? digits(part) : part);
/** Words in brackets after others. */
const bracketed = (before, text) => w("bracketed", before, text);
/** A reason: a text, or the number of a sentence and what goes into it. */
const sentence = (reason) =>
  Array.isArray(reason) ? filled(T(DATA.templates[reason[0]]), reason.slice(1).map(stood)) : T(reason);
const number = (x) => digits(x.toLocaleString("en", { maximumFractionDigits: 6 }));
const name = (area) => T(A.label[area]);
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
/** A kind of area; where there is none, everything together stands for it. */
const levelOf = (level) => DATA.levels[level] ?? { key: "", title: w("area"), many: A.label[0], within: -1, layout: "list" };
/** "Counties" as a heading, "counties" within a sentence. */
const heading = (level) => capital(T(levelOf(level).many));
/** "Source: ..." with the colon of the language. */
const colon = (before, text) => before + sign(": ") + text;
const many = (level) => {
  const text = T(levelOf(level).many);
  return text.charAt(0).toLowerCase() + text.slice(1);
};

const FIGURES = new Map(); // series|year -> its block, with the row of each area
for (const block of DATA.figures) {
  block.row = new Map(block.area.map((area, i) => [area, i]));
  FIGURES.set(`${block.series}|${block.year}`, block);
}
const DECISIONS = new Map(); // level|year
for (const block of DATA.decisions) {
  block.row = new Map(block.area.map((area, i) => [area, i]));
  DECISIONS.set(`${block.level}|${block.year}`, block);
}
const CHILDREN = Array.from({ length: COUNT }, () => []);
for (let i = 1; i < COUNT; i++) CHILDREN[A.within[i]].push(i);
const BY_LEVEL = DATA.levels.map(() => []);
for (let i = 1; i < COUNT; i++) BY_LEVEL[A.level[i]].push(i);

/** All figures of one area: {value, low, high, text, interval, n, status, why, claim}, or null. */
const figure = (series, year, area) => {
  const block = FIGURES.get(`${series}|${year}`);
  const i = block?.row.get(area);
  if (i === undefined) return null;
  return {
    value: block.value[i], low: block.low[i], high: block.high[i], text: block.text[i],
    interval: block.interval[i], n: block.n[i], status: block.status[i], claim: block.claim[i],
    why: block.reason[i] === undefined ? "" : sentence(block.reason[i]),
  };
};
const known = (f) => f !== null && (f.status === SHOWN || f.status === NO_INTERVAL) && f.value !== null;
/** What stands for a figure in words; never blank, never 0 for none. */
const said = (f) => {
  if (f === null) return w("no_figure_here");
  if (f.status === SUPPRESSED) return w("suppressed");
  return f.status === UNKNOWN || f.text === "" ? w("unknown") : inDigits(f.text);
};
const whyNone = (f) => {
  if (f === null || f.status === SHOWN) return "";
  return f.why || w(["", "suppressed_why", "unknown_why", "no_interval_why"][f.status]);
};
/** What stands in place of an interval where there is no sampling. */
const exactWords = () => w(DATA.kind === "record" ? "exact_count" : "full_count");
const intervalWords = (series, f) => {
  if (!known(f)) return "";
  if (!DATA.series[series].sampled) return exactWords();
  return f.interval && f.status !== NO_INTERVAL ? inDigits(f.interval) : w("none_given");
};
const lineOf = (series) => T(DATA.series[series].line);
const seriesName = (series) => {
  const { label, line } = DATA.series[series];
  const same = DATA.series.filter((other) => T(other.label) === T(label)).length > 1;
  return same && T(line) ? bracketed(T(label), T(line)) : T(label);
};

/** A measure and its unit: "Poor persons, share, % of persons"; the unit once only. */
const measureWords = (series) => {
  const { label, unit_words } = DATA.series[series];
  const unit = T(unit_words);
  return !unit || T(label).toLowerCase().includes(unit.toLowerCase()) ? T(label) : T(label) + sign(", ") + unit;
};

/** One decision: {outcome, text, hidden, why}, or null. */
const decision = (level, year, criterion, area) => {
  const block = DECISIONS.get(`${level}|${year}`);
  const i = block?.row.get(area);
  if (i === undefined || block.outcome[criterion] === undefined) return null;
  const outcome = block.outcome[criterion][i];
  return {
    outcome, hidden: block.hidden[criterion][i] === 1, text: inDigits(block.text[criterion][i]), plain: block.text[criterion][i],
    why: outcome === null ? "" : sentence(block.reason[criterion][i]),
  };
};
const outcomeWords = (d) => (d === null || d.outcome === null ? w("no_decision") : T(DATA.outcomes[d.outcome]) || w("unknown"));

/** Does an area lie in another, at any depth? Everything lies in area 0. */
const lies = (area, scope) => {
  for (let at = area; at > 0; at = A.within[at]) if (at === scope) return true;
  return scope === 0;
};
const AT_LEVEL = new Map();
/** Areas of a level that lie in a scope. */
const areasOf = (level, scope) => {
  const key = `${level}|${scope}`;
  if (!AT_LEVEL.has(key)) AT_LEVEL.set(key, scope ? BY_LEVEL[level].filter((area) => lies(area, scope)) : BY_LEVEL[level]);
  return AT_LEVEL.get(key);
};
const hasFigures = DATA.levels.map((_, level) => DATA.figures.some((b) => b.area.some((area) => A.level[area] === level)));
const hasDecisions = DATA.levels.map((_, level) => DATA.decisions.some((b) => b.level === level));
const has = { estimates: hasFigures, decisions: hasDecisions };
/** Levels that can be shown in a scope, in a view. */
const levelsIn = (view, scope) =>
  DATA.levels.map((_, i) => i).filter((i) => has[view][i] && areasOf(i, scope).some((area) => area !== scope));
/** The level next below an area, for a view: [view, level], or null where nothing lies in it. */
const below = (view, area) => {
  const inside = new Set(CHILDREN[area].map((child) => A.level[child]));
  for (const kind of [view, view === "estimates" ? "decisions" : "estimates"]) {
    const levels = levelsIn(kind, area);
    const direct = levels.filter((level) => inside.has(level));
    if (levels.length) return [kind, (direct.length ? direct : levels)[0]];
  }
  return null;
};
/** The areas in which one lies, from everything down to itself. */
const path = (area) => {
  const way = [];
  for (let at = area; at > 0; at = A.within[at]) way.unshift(at);
  return [0, ...way];
};
const VIEWS = ["estimates", "decisions"].filter((view) => has[view].includes(true));
