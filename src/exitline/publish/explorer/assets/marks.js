// One stop for the Tab key, arrow keys inside: how all areas of a picture are reached.
let items = []; // {area, node, x, y}
let active = 0;

/** A figure with its interval, or an outcome with what was observed. */
const inShort = (row) => {
  if (row.decision) {
    const { text, hidden } = row.decision;
    return [outcomeWords(row.decision), hidden ? w("suppressed") : text].filter(Boolean).join(", ");
  }
  const interval = DATA.series[state.series].sampled ? intervalWords(state.series, row.figure) : "";
  return `${said(row.figure)}${interval ? ` (${interval})` : ""}`;
};
/** What an area says to those who listen. */
const spoken = (row) => `${name(row.area)}: ${inShort(row)}`;
/** The class that colours a figure. */
const colourClass = (f) => {
  if (!known(f)) return f !== null && f.status === SUPPRESSED ? "suppressed" : "unknown";
  return `k${shadeOf(state.series, classOf(state.series, f.value))}`;
};
const place = (item) => {
  if (item.x !== undefined) return item;
  const box = item.node.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
};
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** The nearest in a direction: first within 45 degrees of it, else anywhere on that side. */
const nearest = (from, [dx, dy]) => {
  const here = place(items[from]);
  let best = -1, bestCost = Infinity;
  items.forEach((item, i) => {
    if (i === from) return;
    const there = place(item);
    const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const across = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    if (along < 0.5) return;
    const cost = along + 2 * across + (across > along ? 1e5 : 0);
    if (cost < bestCost) [best, bestCost] = [i, cost];
  });
  return best;
};
const setActive = (index, focus) => {
  items[active]?.node.setAttribute("tabindex", "-1");
  active = Math.min(Math.max(index, 0), items.length - 1);
  const node = items[active]?.node;
  if (!node) return;
  node.setAttribute("tabindex", "0");
  if (focus) node.focus({ preventScroll: false });
};
const byKeys = (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const at = items.findIndex((item) => item.node === event.target.closest("[data-area]"));
  if (at < 0) return;
  let next = -1;
  if (ARROWS[event.key]) next = nearest(at, ARROWS[event.key]);
  else if (event.key === "Home") next = 0;
  else if (event.key === "End") next = items.length - 1;
  else if (event.key === "Enter") { event.preventDefault(); goInto(items[at].area); return; }
  else if (event.key === " ") { event.preventDefault(); pick(items[at].area); return; }
  else return;
  event.preventDefault();
  if (next >= 0) setActive(next, true);
};
/** Choose an area: the panel stays with it. */
const pick = (area) => {
  if (state.area !== area) change({ area }, () => w("shown_now", name(area)));
};
/** Go one level down, into an area. */
const goInto = (area) => {
  const next = below(state.view, area);
  if (next === null) { pick(area); announce(byId("details").innerText); return; }
  change({ scope: area, view: next[0], level: next[1], area: null }, () => `${w("shown_now", name(area))}. ${finding()}`);
  setActive(0, true);
};
/** Go one level up; the area one comes from gets the focus. */
const goUp = () => {
  if (state.scope === 0) return;
  const from = state.scope;
  const scope = A.within[from];
  const view = has[state.view][A.level[from]] ? state.view : VIEWS.find((kind) => has[kind][A.level[from]]) ?? state.view;
  change({ scope, view, level: A.level[from], area: from }, () => `${w("shown_now", name(scope))}. ${finding()}`);
  setActive(Math.max(items.findIndex((item) => item.area === from), 0), true);
};
const markPicked = () => {
  for (const { area, node } of items) {
    if (area === state.area) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
  }
};
/** What does not pass the filter is faint. */
const markFiltered = () => {
  const through = new Set(rowsNow.filter(passes).map((row) => row.area));
  for (const { area, node } of items) node.classList.toggle("faint", !through.has(area));
};
