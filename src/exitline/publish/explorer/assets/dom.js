// Making elements. Texts are only ever set as text, never as HTML.
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
const dress = (node, attributes, children) => {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...[children ?? []].flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
};
/** An HTML element. */
const h = (tag, attributes, children) => dress(document.createElement(tag), attributes, children);
/** An SVG element. */
const s = (tag, attributes, children) => dress(document.createElementNS(SVG, tag), attributes, children);
/** A name, kept apart from the direction of the text around it. */
const bdi = (text) => h("bdi", { lang: tongue(text) }, text);
/** Chinese characters in a text of another language are Chinese, for fonts and for voices. */
const tongue = (text) => (language !== "zh" && DATA.languages.includes("zh") && /\p{Script=Han}/u.test(text) ? "zh" : null);
/** On a narrow screen what can wait is folded, so that answer and picture stand on the first one. */
const narrow = matchMedia("screen and (max-width: 620px)");
const foldAll = () => { for (const node of document.querySelectorAll("details.fold")) node.open = !narrow.matches; };
/** A part with its heading: folded on a narrow screen; `beside` still shows there. */
const part = (cls, heading, beside, children) => (narrow.matches
  ? h("details", { class: cls }, [h("summary", {}, [heading, beside ? h("strong", {}, beside) : null]), ...children])
  : h("div", { class: cls }, [h("p", { class: "tag" }, heading), ...children]));
const percent = (x) => `${x.toFixed(3)}%`;

// Marks: shape as well as colour. All are drawn in a square from -8 to 8.
const SHAPES = DATA.palette === "record"
  ? { met: "circle", not: "ring", tell: "dash" }
  : { met: "circle", not: "diamond", tell: "ring" };
const OUTCOME = ["met", "not", "tell"];
const shape = (kind, size, cls) => {
  if (kind === "diamond") return s("path", { class: cls, d: `M${-1.2 * size} 0 0 ${-1.2 * size} ${1.2 * size} 0 0 ${1.2 * size}z` });
  if (kind === "square") return s("rect", { class: cls, x: -size, y: -size, width: 2 * size, height: 2 * size, rx: size / 4 });
  if (kind === "dash") return s("circle", { class: cls, r: 0.85 * size, "stroke-dasharray": "2 1.5" });
  return s("circle", { class: cls, r: kind === "ring" ? 0.85 * size : size });
};
const outcomeShape = (outcome, size) => {
  const kind = OUTCOME[outcome ?? 2];
  return shape(SHAPES[kind], size, `m-${kind} ${DATA.palette} ${SHAPES[kind]}`);
};
/** A small mark beside words. */
const icon = (outcome) => s("svg", { class: "icon", viewBox: "-8 -8 16 16", "aria-hidden": "true", focusable: "false" }, outcomeShape(outcome, 5.6));
const swatch = (cls) => h("span", { class: `swatch ${cls}`, "aria-hidden": "true" });

/** A value with its interval on an axis, as wide as its cell. */
const bar = (f, axis, threshold, tall = 22) => {
  const svg = s("svg", { class: "iv", height: tall, "aria-hidden": "true", focusable: "false" });
  const upright = (x, cls) => s("line", { class: cls, x1: percent(axis.at(x)), x2: percent(axis.at(x)), y1: 0, y2: "100%" });
  svg.append(...axis.marks.map((x) => upright(x, x === 0 ? "base" : "tick")));
  if (threshold !== null && threshold !== undefined && threshold >= axis.start && threshold <= axis.end) svg.append(upright(threshold, "ref"));
  if (!known(f)) return svg;
  if (!DATA.series[state.series].sampled) {
    svg.append(s("line", { class: "amount", x1: percent(axis.at(Math.max(axis.start, 0))), x2: percent(axis.at(f.value)), y1: "50%", y2: "50%" }));
  }
  if (f.low !== null && f.high !== null) {
    svg.append(s("line", { class: "ci", x1: percent(axis.at(f.low)), x2: percent(axis.at(f.high)), y1: "50%", y2: "50%" }));
  }
  svg.append(s("circle", { class: "m-estimate", r: 4.5, cx: percent(axis.at(f.value)), cy: "50%" }));
  return svg;
};
/** The numbers below such bars. */
const axisLabels = (axis, series) =>
  s("svg", { class: "axis", height: 16, "aria-hidden": "true", focusable: "false" }, axis.marks.map((x, i) =>
    s("text", { x: percent(axis.at(x)), y: 12, "text-anchor": i === 0 ? "start" : i === axis.marks.length - 1 ? "end" : "middle" },
      i === axis.marks.length - 1 ? withUnit(series, x) : number(x))));
/** Tell those who listen rather than look. */
const announce = (text) => { byId("live").textContent = text; };
const button = (text, attributes) => h("button", { type: "button", ...attributes }, text);
