// The data of the page, read once: areas as a forest, figures and decisions by area.
const D = JSON.parse(document.getElementById("data").textContent);
const WORDS = JSON.parse(document.getElementById("words").textContent);
const A = D.areas;
const SIZE = A.key.length;
const isRecord = D.kind === "record";
const [SHOWN, SUPPRESSED, CANNOT, NO_INTERVAL] = [0, 1, 2, 3];

const state = {
  view: "estimates", series: 0, year: D.years.length - 1, level: -1, scope: 0, area: -1,
  criterion: 0, lang: D.languages[0], theme: "auto", a: -1, b: -1,
};

/** A text in the language shown. */
const T = (text) => {
  if (text === null || text === undefined) return "";
  if (typeof text === "string") return text;
  return text[state.lang] ?? text.en ?? Object.values(text)[0] ?? "";
};
const fill = (text, parts) => text.replace(/\{(\d+)\}/g, (_, i) => parts[i] ?? "");
/** A word of the interface, its places filled. */
const W = (key, ...parts) => fill((WORDS[state.lang] ?? WORDS.en)[key] ?? WORDS.en[key] ?? key, parts);
/** A reason: a text, or the number of a template and what stands in it. */
const reasonOf = (reason) => Array.isArray(reason)
  ? fill(T(D.templates[reason[0]]), reason.slice(1).map(T)) : T(reason);
const label = (area) => area === 0 && typeof A.label[0] === "object" ? T(A.label[0]) : T(A.label[area]);
/** Parts as a list of the language; the first letter large. */
const listed = (...parts) => parts.filter(Boolean).join(state.lang === "zh" ? "，" : ", ");
const large = (text) => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
const whole = (n) => String(n).replace(/^-?\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ","));

const depth = new Array(SIZE).fill(0);
for (let i = 1; i < SIZE; i += 1) depth[i] = depth[A.within[i]] + 1;

/** Whether an area is another one, or lies in it. */
const liesIn = (area, other) => {
  let at = area;
  while (depth[at] > depth[other]) at = A.within[at];
  return at === other;
};
/** The areas from the whole down to this one. */
const pathOf = (area) => {
  const path = [];
  for (let at = area; at > 0; at = A.within[at]) path.unshift(at);
  return [0, ...path];
};

const byLevel = D.levels.map(() => []);
for (let i = 1; i < SIZE; i += 1) byLevel[A.level[i]].push(i);
/** Areas of a level that lie in the scope. */
const areasOf = (level, scope) => scope === 0 ? byLevel[level]
  : byLevel[level].filter((i) => i !== scope && liesIn(i, scope));

const figureAt = new Map();
const levelsWith = D.series.map(() => new Set());
for (const f of D.figures) {
  const position = new Map(f.area.map((area, i) => [area, i]));
  figureAt.set(`${f.series} ${f.year}`, { f, position });
  for (const area of f.area) levelsWith[f.series].add(A.level[area]);
}
/** The figure of an area: value, low, high, text, interval, n, status, reason, claim. */
const figureOf = (area, series = state.series, year = state.year) => {
  const found = figureAt.get(`${series} ${year}`);
  const i = found?.position.get(area);
  if (i === undefined) return null;
  const { f } = found;
  return {
    area, value: f.value[i], low: f.low[i], high: f.high[i], text: f.text[i], interval: f.interval[i],
    n: f.n[i], status: f.status[i], reason: f.reason[i], claim: f.claim[i],
  };
};
/** A figure as it is read: never blank. */
const read = (figure) => {
  if (!figure) return W("nofigure");
  if (figure.status === SUPPRESSED) return W("suppressed");
  return figure.status === CANNOT || figure.text === "" ? W("cannot") : figure.text;
};
const readWith = (figure) => read(figure) + (figure?.interval ? (state.lang === "zh"
  ? `（${figure.interval}）` : ` (${figure.interval})`) : "");

const decidedAt = new Map();
for (const d of D.decisions) {
  decidedAt.set(`${d.level} ${d.year}`, { d, position: new Map(d.area.map((area, i) => [area, i])) });
}
const decisionsAt = (level, year = state.year) => decidedAt.get(`${level} ${year}`) ?? null;
const decidedLevels = new Set(D.decisions.map((d) => d.level));
/** The decision on an area under a criterion: outcome, text, hidden, reason. */
const decisionOf = (area, criterion = state.criterion, year = state.year) => {
  const found = decisionsAt(A.level[area], year);
  const i = found?.position.get(area);
  if (i === undefined || criterion >= found.d.criteria.length) return null;
  const { d } = found;
  return {
    outcome: d.outcome[criterion][i], text: d.text[criterion][i],
    hidden: Boolean(d.hidden[criterion][i]), reason: d.reason[criterion][i],
  };
};
const OUTCOME_KEYS = ["met", "not-met", "cannot-tell"];
const outcomeKey = (outcome) => (isRecord ? ["left", "listed", "cannot-tell"] : OUTCOME_KEYS)[outcome];
const outcomeWord = (outcome) => outcome === null ? W("nofigure") : T(D.outcomes[outcome]);

const series = () => D.series[state.series];
const yearText = () => D.years[state.year];
/** Whether areas add up to the whole, so that the whole is no yardstick for them. */
const additive = () => ["persons", "households", "areas"].includes(series().unit);
/** Kinds of area that the present view has something to show of, in the scope. */
const levelChoices = () => D.levels.map((_, i) => i).filter((level) => {
  const there = state.view === "decisions" ? decidedLevels.has(level)
    : levelsWith[state.series]?.has(level);
  return there && areasOf(level, state.scope).length > 0;
});
/** The ends between which a figure may lie, for comparing. */
const reach = (figure, of = series()) => {
  if (!of.sampled) return [figure.value, figure.value];
  return figure.low === null ? [-Infinity, Infinity] : [figure.low, figure.high];
};
