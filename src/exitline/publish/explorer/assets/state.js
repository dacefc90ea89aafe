// What is shown now. It is kept in the address, so that a view can be linked and gone back to.
/** The last year that has the first measure, else one with decisions: as the page says without scripts. */
const lastYear = () => {
  const first = DATA.figures.filter((block) => block.series === 0);
  return Math.max(0, ...(first.length ? first : DATA.decisions).map((block) => block.year));
};
const START = {
  view: VIEWS[0] ?? "estimates", scope: 0, level: 0, series: 0, criterion: 0, year: lastYear(), area: null, first: null, other: null,
  language: DATA.languages[0], theme: "auto", outcome: "", words: "", sort: "", page: 0,
};
let state = { ...START };
const drawers = [];

const keyOf = (area) => (area ? `${DATA.levels[A.level[area]].key}:${A.key[area]}` : "");
const AREA_OF = new Map();
for (let i = COUNT - 1; i > 0; i--) AREA_OF.set(keyOf(i), i);
/** Keys can appear twice, in two counties; then the number of the area says which. */
const linkOf = (area) => (AREA_OF.get(keyOf(area)) === area ? keyOf(area) : `#${area}`);
const areaOf = (text) => {
  if (!text) return null;
  const numbered = /^#(\d+)$/.exec(text);
  if (numbered) return Number(numbered[1]) < COUNT ? Number(numbered[1]) : null;
  return AREA_OF.get(text) ?? null;
};

const position = (list, wanted, otherwise) => {
  const at = list.indexOf(wanted);
  return at < 0 ? otherwise : at;
};
const toHash = (now) => {
  const out = new URLSearchParams();
  const put = (key, value, usual) => { if (value !== usual && value !== null && value !== "") out.set(key, value); };
  put("view", now.view, START.view);
  put("in", now.scope ? linkOf(now.scope) : "", "");
  put("level", DATA.levels[now.level]?.key ?? "", DATA.levels[standardLevel(now.view, now.scope)]?.key ?? "");
  put("measure", DATA.series[now.series]?.key ?? "", DATA.series[0]?.key ?? "");
  put("criterion", now.criterion ? String(now.criterion) : "", "");
  put("year", DATA.years[now.year] ?? "", DATA.years[START.year] ?? "");
  put("area", now.area === null ? "" : now.area === 0 ? "#0" : linkOf(now.area), "");
  put("first", now.first === null ? "" : now.first === 0 ? "#0" : linkOf(now.first), "");
  put("other", now.other === null ? "" : now.other === 0 ? "#0" : linkOf(now.other), "");
  put("outcome", String(now.outcome), "");
  put("sort", now.sort, "");
  put("lang", now.language, START.language);
  put("theme", now.theme, "auto");
  return out.toString();
};
const fromHash = (text) => {
  const read = new URLSearchParams(text.replace(/^#/, ""));
  const now = { ...START };
  now.view = VIEWS.includes(read.get("view")) ? read.get("view") : START.view;
  now.scope = areaOf(read.get("in")) ?? 0;
  now.level = position(DATA.levels.map((level) => level.key), read.get("level"), -1);
  now.series = position(DATA.series.map((item) => item.key), read.get("measure"), 0);
  now.criterion = Number.parseInt(read.get("criterion") ?? "0", 10) || 0;
  now.year = position(DATA.years, read.get("year"), START.year);
  now.area = areaOf(read.get("area"));
  now.first = areaOf(read.get("first"));
  now.other = areaOf(read.get("other"));
  now.outcome = ["0", "1", "2"].includes(read.get("outcome")) ? Number(read.get("outcome")) : "";
  now.sort = /^\w+ (up|down)$/.test(read.get("sort") ?? "") ? read.get("sort") : "";
  now.language = DATA.languages.includes(read.get("lang")) ? read.get("lang") : START.language;
  now.theme = ["light", "dark"].includes(read.get("theme")) ? read.get("theme") : "auto";
  return now;
};
/** The level shown where none is asked for: the first directly inside, else the first there is. */
const standardLevel = (view, scope) => {
  const levels = levelsIn(view, scope);
  const inside = new Set(CHILDREN[scope].map((child) => A.level[child]));
  const nested = levels.find((level) => inside.has(level) && DATA.levels[level].layout !== "list");
  return nested ?? levels.find((level) => inside.has(level)) ?? levels[0] ?? -1;
};
/** Bring a state to something that can be shown. */
const settled = (now) => {
  if (!levelsIn(now.view, now.scope).length) {
    const other = VIEWS.find((view) => levelsIn(view, now.scope).length);
    if (other) now.view = other;
    else now.scope = 0;
  }
  if (!levelsIn(now.view, now.scope).includes(now.level)) now.level = standardLevel(now.view, now.scope);
  const block = DECISIONS.get(`${now.level}|${now.year}`);
  if (now.view === "decisions" && now.criterion >= (block?.criteria.length ?? 1)) now.criterion = 0;
  if (now.view !== "decisions") now.outcome = "";
  return now;
};

/** Change what is shown; `say` is told to the live region. */
const change = (changes, say) => {
  const before = state;
  const next = settled({ ...state, ...changes });
  const moved = ["view", "scope", "level"].some((key) => next[key] !== before[key]);
  if (moved && !("words" in changes)) next.words = "";
  if (moved && !("outcome" in changes)) next.outcome = "";
  if (moved && !("criterion" in changes)) next.criterion = 0;
  if (["view", "scope", "level", "series", "criterion", "outcome", "words", "sort"].some((key) => next[key] !== before[key]) && !("page" in changes)) next.page = 0;
  if (moved && !("sort" in changes)) next.sort = "";
  state = next;
  const hash = toHash(next);
  if (hash !== toHash(before)) {
    const step = moved || next.area !== before.area ? "pushState" : "replaceState";
    try { history[step](null, "", hash ? `#${hash}` : location.pathname + location.search); } catch { location.hash = hash; }
  }
  redraw(before);
  if (say) announce(typeof say === "function" ? say() : say);
};
/** Draw what depends on what has changed. */
const redraw = (before) => {
  for (const [keys, draw] of drawers) {
    if (before === null || keys.some((key) => before[key] !== state[key])) draw(before);
  }
};
const onChange = (keys, draw) => drawers.push([keys.split(" "), draw]);

// The rows of the view: one for each area at hand, in the order of the level.
const EVERYTHING = "view scope level series criterion year language";
let rowsNow = [];
const rowsOf = () => {
  const areas = state.level < 0 ? [0] : areasOf(state.level, state.scope).filter((area) => area !== state.scope);
  return areas.map((area) => ({
    area,
    figure: state.view === "estimates" ? figure(state.series, state.year, area) : null,
    decision: state.view === "decisions" ? decision(state.level, state.year, state.criterion, area) : null,
  })).filter((row) => row.figure !== null || row.decision !== null);
};
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const namesOf = (area) => {
  const label = A.label[area];
  return [A.key[area], ...(typeof label === "object" ? Object.values(label) : [label])];
};
const passes = (row) => {
  if (state.outcome !== "" && row.decision?.outcome !== state.outcome) return false;
  const wanted = folded(state.words.trim());
  if (!wanted) return true;
  return namesOf(row.area).some((text) => folded(text).includes(wanted)) ||
    (A.within[row.area] > 0 && namesOf(A.within[row.area]).some((text) => folded(text).includes(wanted)));
};
onChange(EVERYTHING, () => { rowsNow = rowsOf(); });
