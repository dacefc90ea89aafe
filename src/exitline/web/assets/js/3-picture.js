// The picture: areas as tiles or dots in a listbox that one Tab reaches and arrows move through.
let shownAreas = [];
let centres = new Map();

/** The picture of the areas at the level and scope shown. */
const drawPicture = () => {
  const box = $("#picture");
  shownAreas = areasOf(state.level, state.scope);
  centres = new Map();
  const level = D.levels[state.level];
  const placed = shownAreas.filter((i) => A.x[i] !== null && A.y[i] !== null);
  const dots = level.layout === "dots" && placed.length > 1;
  const tiles = level.layout === "tiles" && state.scope === 0;
  box.className = dots ? "picture dots" : tiles ? "picture map" : "picture flow";
  box.setAttribute("aria-label", W("picture", T(level.many), whole(shownAreas.length)));
  if (dots) {
    const rest = shownAreas.filter((i) => A.x[i] === null || A.y[i] === null);
    put(box, drawDots(placed, level), rest.length ? el("div", { class: "unplaced", role: "group", "aria-label": W("unplaced") },
      el("p", { class: "small", "aria-hidden": "true" }, W("unplaced")), ...rest.map((i) => tile(i, false))) : null);
  } else {
    put(box, ...shownAreas.map((i) => tile(i, tiles)));
  }
  if (tiles) box.style.setProperty("--columns", 1 + Math.max(...placed.map((i) => A.x[i])));
  mark();
};

const describe = (area) => `${label(area)}, ${spoken(area)}`;
const tile = (area, placed) => {
  const made = el("div", {
    role: "option", id: `a${area}`, class: `tile ${paint(area)}`, "aria-label": describe(area), "aria-selected": "false",
    "data-area": area, title: label(area),
  }, el("span", { class: "name" }, state.view === "decisions" ? icon2(area) : null, label(area)),
  state.view === "decisions" ? null : el("span", { class: "figure" }, read(figureOf(area))));
  if (placed) { made.style.gridColumn = A.x[area] + 1; made.style.gridRow = A.y[area] + 1; }
  return made;
};
const icon2 = (area) => {
  const decided = decisionOf(area);
  return decided && decided.outcome !== null ? icon(decided.outcome) : null;
};

/** Dots at coordinates, zoomed to the areas shown. No borders. */
const drawDots = (areas, level) => {
  const xs = areas.map((i) => A.x[i] * level.aspect);
  const ys = areas.map((i) => A.y[i]);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [wide, high] = [Math.max(...xs) - left || 0.1, Math.max(...ys) - top || 0.1];
  const scale = Math.min(960 / wide, 620 / high);
  const r = Math.max(5, Math.min(11, 260 / Math.sqrt(areas.length * 8)));
  const [w, h] = [wide * scale + 4 * r, high * scale + 4 * r];
  const marks = areas.map((area, k) => {
    const [x, y] = [(xs[k] - left) * scale + 2 * r, (ys[k] - top) * scale + 2 * r];
    centres.set(area, [x, y]);
    const key = paint(area);
    const shape = key.startsWith("o-") ? shapeAt(key.slice(2), x, y, r) : el("circle", { cx: x, cy: y, r, class: `mark ${key}` });
    for (const [name, value] of Object.entries({ role: "option", id: `a${area}`, "aria-label": describe(area), "aria-selected": "false", "data-area": area })) {
      shape.setAttribute(name, value);
    }
    return shape;
  });
  const names = areas.length < 40 ? [] : groupNames(areas, w);
  return el("svg", { viewBox: `0 0 ${w.toFixed(0)} ${h.toFixed(0)}`, role: "group", "aria-label": T(level.many) }, ...marks, ...names);
};
/** Names of the largest areas that the dots lie in, where they stand clear of each other. */
const groupNames = (areas, wide) => {
  const groups = new Map();
  for (const area of areas) {
    const parent = pathOf(area).find((i) => depth[i] > depth[state.scope]);
    if (parent !== area) groups.set(parent, [...(groups.get(parent) ?? []), centres.get(area)]);
  }
  const taken = [];
  const made = [];
  for (const [parent, spots] of [...groups].sort((x, y) => y[1].length - x[1].length)) {
    const middle = (k) => [...spots].map((s) => s[k]).sort((p, q) => p - q)[Math.floor(spots.length / 2)];
    const half = label(parent).length * (state.lang === "zh" ? 10 : 5.4);
    const [x, y] = [Math.min(wide - half, Math.max(half, middle(0))), middle(1)];
    if (taken.some((t) => Math.abs(t.x - x) < t.half + half && Math.abs(t.y - y) < 20)) continue;
    taken.push({ x, y, half });
    made.push(el("text", { x, y, class: "place", "text-anchor": "middle", "aria-hidden": "true" }, label(parent)));
  }
  return made;
};

/** Show which area is chosen, in picture and table. */
const mark = () => {
  for (const old of document.querySelectorAll(".chosen")) { old.classList.remove("chosen"); old.setAttribute("aria-selected", "false"); }
  const now = state.area > 0 ? document.getElementById(`a${state.area}`) : null;
  const box = $("#picture");
  if (now) {
    now.classList.add("chosen");
    now.setAttribute("aria-selected", "true");
    if (now instanceof SVGElement) now.parentNode.insertBefore(now, $("#picture .place")); // above its neighbours
    box.setAttribute("aria-activedescendant", now.id);
  } else box.removeAttribute("aria-activedescendant");
};

const centreOf = (area) => {
  if (centres.has(area)) return centres.get(area);
  const r = document.getElementById(`a${area}`).getBoundingClientRect();
  const at = [r.left + r.width / 2 + scrollX, r.top + r.height / 2 + scrollY];
  centres.set(area, at);
  return at;
};
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** The nearest area in a direction: near ahead, and not far to the side. */
const neighbour = (area, [dx, dy]) => {
  const [x, y] = centreOf(area);
  let best = area;
  let least = Infinity;
  for (const other of shownAreas) {
    const [u, v] = centreOf(other);
    const ahead = (u - x) * dx + (v - y) * dy;
    const aside = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
    const cost = ahead + 2.5 * aside;
    if (ahead > 1 && aside <= 3 * ahead && cost < least) { least = cost; best = other; }
  }
  return best;
};
/** Of areas with and without a place, positions are of two kinds: walk the list between them. */
const step = (area, key) => {
  if (!shownAreas.includes(area)) return shownAreas[0];
  const inSvg = (i) => document.getElementById(`a${i}`) instanceof SVGElement;
  const mixed = shownAreas.some(inSvg) && !shownAreas.every(inSvg);
  const next = mixed && !inSvg(area) ? area : neighbour(area, DIRECTIONS[key]);
  if (next !== area && (!mixed || inSvg(next))) return next;
  const order = mixed ? [...document.querySelectorAll("#picture [role=option]")].map((o) => Number(o.dataset.area)) : shownAreas;
  const at = order.indexOf(area);
  const by = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  return order[Math.min(order.length - 1, Math.max(0, at + by))];
};
const onPictureKey = (event) => {
  if (event.key in DIRECTIONS) choose(step(state.area, event.key));
  else if (event.key === "Home") choose(shownAreas[0]);
  else if (event.key === "End") choose(shownAreas.at(-1));
  else if (event.key === "Enter" || event.key === " ") { if (state.area > 0) open(state.area); }
  else return;
  event.preventDefault();
};

/** The classes of colour with their edges; outcomes with their counts. */
const drawLegend = () => {
  const items = [];
  if (state.view === "decisions") {
    const counted = countOutcomes();
    counted.numbers.forEach((n, outcome) => {
      if (n || outcome < 2) items.push([icon(outcome), `${outcomeWord(outcome)}: ${whole(n)}`]);
    });
  } else {
    const { edges, threshold } = series();
    const figures = shownAreas.map((i) => figureOf(i));
    if (edges.length) {
      for (let k = 0; k <= edges.length; k += 1) {
        const words = k === 0 ? W("legend.less", edgeText(edges[0])) : k === edges.length
          ? W("legend.more", edgeText(edges[k - 1])) : W("legend.between", edgeText(edges[k - 1]), edgeText(edges[k]));
        items.push([el("i", { class: `swatch c${shade(k)}` }), words]);
      }
    }
    if (threshold !== null) items.push([el("i", { class: "swatch edge" }), W("legend.threshold", edgeText(threshold))]);
    if (figures.some((f) => f?.status === SUPPRESSED)) items.push([el("i", { class: "swatch s-suppressed" }), W("suppressed")]);
    if (figures.some((f) => !f || f.status === CANNOT)) items.push([el("i", { class: "swatch s-cannot" }), W("cannot")]);
  }
  put($("#legend"), ...items.map(([sign, words]) => el("li", {}, sign, words)));
};

/** How many units have each outcome: of all, as the run counted them; of a part, those listed. */
const countOutcomes = (level = state.level, scope = state.scope, criterion = state.criterion) => {
  const found = decisionsAt(level);
  if (!found) return { numbers: [0, 0, 0], total: 0, cut: false };
  const { d } = found;
  const all = d.counts[criterion];
  const total = all.reduce((x, y) => x + y, 0);
  const cut = total > d.area.length;
  if (scope === 0) return { numbers: all, total, cut: false };
  const numbers = [0, 0, 0];
  d.area.forEach((area, i) => {
    const outcome = d.outcome[criterion][i];
    if (outcome !== null && liesIn(area, scope)) numbers[outcome] += 1;
  });
  return { numbers, total: numbers.reduce((x, y) => x + y, 0), cut };
};
