// Small helpers: elements, colours, marks, the state in the address.
const SVG = "http://www.w3.org/2000/svg";
const $ = (selector, root = document) => root.querySelector(selector);

/** An element with properties, and children that are elements or texts. */
const el = (name, properties = {}, ...children) => {
  const svg = ["svg", "g", "circle", "path", "line", "rect", "text", "polyline", "polygon"].includes(name);
  const made = svg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [event, f] of Object.entries(value)) made.addEventListener(event, f);
    else if (key === "class") made.setAttribute("class", value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
};
const put = (target, ...children) => target.replaceChildren(...children.filter(Boolean));

/** The class of a value: how many edges it reaches. */
const classOf = (value) => series().edges.filter((edge) => value >= edge).length;
/** The class spread over the five colours. */
const shade = (k) => {
  const classes = series().edges.length + 1;
  return classes < 2 ? 2 : Math.round((4 * k) / (classes - 1));
};
const edgeText = (edge) => series().unit === "percent" ? `${edge}\u00a0%`.replace(/\.0(?=\u00a0)/, "")
  : whole(Math.abs(edge) >= 1 ? Number(edge.toPrecision(6)) : edge);

/** How an area is painted: a CSS class. */
const paint = (area) => {
  if (state.view === "decisions") {
    const decided = decisionOf(area);
    return decided && decided.outcome !== null ? `o-${outcomeKey(decided.outcome)}` : "s-none";
  }
  const figure = figureOf(area);
  if (!figure || figure.status === CANNOT) return "s-cannot";
  return figure.status === SUPPRESSED ? "s-suppressed" : `c${shade(classOf(figure.value))}`;
};

/** A mark whose shape tells the outcome: disc, diamond, ring. */
const shapeAt = (key, x, y, r) => {
  if (key === "not-met") {
    const d = `M${x} ${y - r * 1.2}L${x + r * 1.2} ${y}L${x} ${y + r * 1.2}L${x - r * 1.2} ${y}Z`;
    return el("path", { d, class: `mark o-${key}` });
  }
  return el("circle", { cx: x, cy: y, r, class: `mark o-${key}` });
};
const icon = (outcome) => el("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
  shapeAt(outcomeKey(outcome), 8, 8, 5.6));

/** What an area shows, in words. */
const spoken = (area) => {
  if (state.view === "decisions") {
    const decided = decisionOf(area);
    return decided ? outcomeWord(decided.outcome) : W("nofigure");
  }
  return readWith(figureOf(area));
};

const say = (text) => { $("#live").textContent = text; };

const SAVED = ["view", "series", "year", "level", "scope", "area", "criterion", "lang", "theme", "a", "b"];
const KEYS = { scope: "key", area: "key", a: "key", b: "key", series: "series", year: "year", level: "level" };
/** A state as the address has it: names rather than positions, so that links last. */
const written = (name) => {
  const value = state[name];
  const kind = KEYS[name];
  if (kind === "key") return value > 0 ? `${D.levels[A.level[value]].key}:${A.key[value]}` : "";
  if (kind === "series") return D.series[value]?.key ?? "";
  if (kind === "year") return D.years[value] ?? "";
  return kind === "level" ? D.levels[value]?.key ?? "" : String(value);
};
const understood = (name, text) => {
  const kind = KEYS[name];
  if (kind === "key") {
    const at = byName.get(text);
    return at ?? (name === "scope" ? 0 : -1);
  }
  if (kind === "series") return Math.max(0, D.series.findIndex((s) => s.key === text));
  if (kind === "year") { const i = D.years.indexOf(text); return i < 0 ? D.years.length - 1 : i; }
  if (kind === "level") return D.levels.findIndex((level) => level.key === text);
  if (name === "criterion") return Math.max(0, Number.parseInt(text, 10) || 0);
  const allowed = { lang: D.languages, theme: ["auto", "light", "dark"], view: ["estimates", "decisions"] };
  return allowed[name].includes(text) ? text : state[name];
};
const byName = new Map(A.key.map((key, i) => [i ? `${D.levels[A.level[i]].key}:${key}` : "", i]));

let quiet = false;
const keep = () => {
  const parts = SAVED.map((name) => [name, written(name)]).filter(([, text]) => text !== "" && text !== "-1");
  quiet = true;
  history.replaceState(null, "", `#${new URLSearchParams(parts)}`);
  quiet = false;
};
const recall = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of SAVED) if (given.has(name)) state[name] = understood(name, given.get(name));
};
