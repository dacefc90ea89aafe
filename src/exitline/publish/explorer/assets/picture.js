// The picture: tiles by column and row, dots at their places, a list by size, or marks in groups.
const LIST_UP_TO = 60; // longer lists without positions become marks in groups
const PITCH = 17; // of marks in groups, in pixels

const layoutNow = () => {
  const { layout } = levelOf(state.level);
  const placed = rowsNow.filter((row) => A.x[row.area] !== null);
  if (layout === "map" && rowsNow.some((row) => A.shape[row.area])) return "map";
  if ((layout === "dots" || layout === "map") && placed.length) return "dots";
  if (layout === "tiles" && placed.length === rowsNow.length && rowsNow.length > 1) return "tiles";
  return rowsNow.length > LIST_UP_TO ? "packed" : "list";
};
const tile = (row, dense) => {
  const kind = row.decision ? `d-${OUTCOME[row.decision.outcome ?? 2]} ${DATA.palette}` : colourClass(row.figure);
  const value = row.decision ? outcomeWords(row.decision) : said(row.figure);
  const interval = !row.decision && known(row.figure) && DATA.series[state.series].sampled ? intervalWords(state.series, row.figure) : "";
  return h("button", { type: "button", class: `tile ${kind}`, tabindex: "-1", "data-area": row.area, "aria-label": spoken(row) }, [
    h("span", { class: "tile-name", dir: "auto", lang: tongue(name(row.area)) }, name(row.area)),
    h("span", { class: "tile-value" }, [row.decision ? icon(row.decision.outcome) : null, dense && row.decision ? null : value]),
    interval && !dense ? h("span", { class: "tile-interval" }, interval) : null,
  ]);
};
const drawTiles = (box, width) => {
  const xs = rowsNow.map((row) => A.x[row.area]), ys = rowsNow.map((row) => A.y[row.area]);
  const left = Math.min(...xs), top = Math.min(...ys), columns = Math.max(...xs) - left + 1;
  const dense = width / columns < 78;
  const grid = h("div", { class: `tiles placed${dense ? " dense" : width / columns < 112 ? " close" : ""}` });
  grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  const order = [...rowsNow].sort((a, b) => A.y[a.area] - A.y[b.area] || A.x[a.area] - A.x[b.area]);
  for (const row of order) {
    const node = tile(row, dense);
    node.style.gridColumn = String(A.x[row.area] - left + 1);
    node.style.gridRow = String(A.y[row.area] - top + 1);
    grid.append(node);
    items.push({ area: row.area, node });
  }
  box.append(grid);
};
const bySize = (a, b) => {
  if (a.decision) return (a.decision.outcome ?? 3) - (b.decision.outcome ?? 3);
  const x = known(a.figure) ? a.figure.value : -Infinity, y = known(b.figure) ? b.figure.value : -Infinity;
  return y - x;
};
const drawList = (box, width) => {
  const grid = h("div", { class: `tiles listed${width < 420 ? " narrow" : ""}` });
  for (const row of [...rowsNow].sort(bySize)) {
    const node = tile(row, false);
    grid.append(node);
    items.push({ area: row.area, node });
  }
  box.append(grid);
};
/** One mark of an area, at its place. */
const mark = (row, x, y, size) => {
  let drawn;
  if (row.decision) drawn = outcomeShape(row.decision.outcome, size);
  else {
    const at = known(row.figure) ? classOf(state.series, row.figure.value) / Math.max(edgesOf(state.series).length, 1) : 0.5;
    drawn = shape(known(row.figure) ? "circle" : "ring", size * (0.7 + 0.5 * at), `dot ${colourClass(row.figure)}`);
  }
  const node = s("g", { class: "mark", role: "button", tabindex: "-1", "data-area": row.area, "aria-label": spoken(row), transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }, drawn);
  items.push({ area: row.area, node, x, y });
  return node;
};
const canvas = (width, height) =>
  s("svg", { class: "dots", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": subtitle() });
const topOf = (area) => {
  const way = path(area);
  return way[way.indexOf(state.scope) + 1];
};
/** Near a point, the place for a name that covers the fewest dots and no other name. */
const freeSpot = (x0, y0, half, dots, taken, width) => {
  let best = null, least = Infinity;
  for (let dy = -45; dy <= 45; dy += 9) {
    for (let dx = -60; dx <= 60; dx += 15) {
      const x = Math.min(Math.max(x0 + dx, half), width - half), y = Math.max(y0 + dy, 8);
      if (taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 16)) continue;
      const covered = dots.filter((dot) => Math.abs(dot[0] - x) < half + 3 && Math.abs(dot[1] - y) < 11).length;
      const cost = covered + (Math.abs(dx) + Math.abs(dy)) / 14;
      if (cost < least) [best, least] = [{ x, y }, cost];
    }
  }
  return best;
};
/** Where room is, the names of the areas in which the dots lie. */
const placeNames = (svg, points, width) => {
  const groups = new Map();
  for (const { row, x, y } of points) {
    const top = topOf(row.area);
    if (top === row.area) continue;
    if (!groups.has(top)) groups.set(top, []);
    groups.get(top).push([x, y]);
  }
  const taken = [], all = points.map((point) => [point.x, point.y]);
  const middle = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  for (const [area, at] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
    const half = name(area).length * (/\p{Script=Han}/u.test(name(area)) ? 7 : 3.4) + 4;
    const spot = freeSpot(middle(at.map((p) => p[0])), middle(at.map((p) => p[1])), half, all, taken, width);
    if (spot === null) continue;
    taken.push({ ...spot, half });
    svg.append(s("text", { class: "place", x: spot.x, y: spot.y + 4, "text-anchor": "middle", "aria-hidden": "true" }, name(area)));
  }
};
/** How high a picture may be: so that it ends on the first screen, where that leaves room to see it. */
const roomBelow = (box, most) => {
  if (innerWidth < 1000 && !narrow.matches) return most;
  return Math.min(most, Math.max(innerHeight - (box.getBoundingClientRect().top + scrollY) - 24, 320));
};
const drawDots = (box, width) => {
  const placed = rowsNow.filter((row) => A.x[row.area] !== null);
  const xs = placed.map((row) => A.x[row.area]), ys = placed.map((row) => A.y[row.area]);
  const aspect = levelOf(state.level).aspect || 1;
  let [x0, x1, y0, y1] = [0, 1, 0, 1];
  if (state.scope) [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const size = Math.min(Math.max(Math.min(width, roomBelow(box, 620) * 1.5) / 150, 2.4), 5) * (placed.length > 1200 ? 0.7 : 1) * (placed.length < 150 ? 1.5 : 1);
  const pad = size * 2 + 6;
  const room = width - 2 * pad, most = roomBelow(box, state.scope ? 380 : 620) - 2 * pad;
  const scale = Math.min(room / Math.max((x1 - x0) * aspect, 0.02), most / Math.max(y1 - y0, 0.02)); // pixels per height of the whole
  const height = Math.max((y1 - y0) * scale, 40) + 2 * pad;
  const shiftX = (width - (x1 - x0) * aspect * scale) / 2, shiftY = (height - (y1 - y0) * scale) / 2;
  const points = placed.map((row) => ({ row, x: shiftX + (A.x[row.area] - x0) * aspect * scale, y: shiftY + (A.y[row.area] - y0) * scale }));
  const svg = canvas(width, Math.round(height));
  svg.append(...points.map(({ row, x, y }) => mark(row, x, y, size)));
  if (width > 520) placeNames(svg, points, width);
  box.append(svg);
  withoutPlace(box, rowsNow.filter((row) => A.x[row.area] === null));
};
/** Areas that have no place in the picture, as a list that scrolls. */
const withoutPlace = (box, rest) => {
  if (!rest.length) return;
  const list = h("div", { class: "chips", role: "group", tabindex: "0", "aria-label": w("no_position", number(rest.length)) }); // it scrolls, so keys must reach it
  for (const row of rest) {
    const node = h("button", { type: "button", class: "chip", tabindex: "-1", "data-area": row.area, "aria-label": spoken(row) }, [
      row.decision ? icon(row.decision.outcome) : swatch(colourClass(row.figure)), h("span", { dir: "auto", lang: tongue(name(row.area)) }, name(row.area)),
    ]);
    list.append(node);
    items.push({ area: row.area, node });
  }
  box.append(h("p", { class: "tag unplaced" }, w("no_position", number(rest.length))), list);
};
/** Names inside the map, the largest areas first, where they cover no other name. */
const nameShapes = (svg, wide, high) => {
  const taken = [], shown = rowsNow.filter((row) => A.shape[row.area]);
  for (const row of [...shown].sort((a, b) => A.shape[b.area].length - A.shape[a.area].length)) {
    const text = name(row.area), half = text.length * (/\p{Script=Han}/u.test(text) ? 7 : 3.5) + 4;
    const x = A.x[row.area] * wide, y = A.y[row.area] * high;
    if (x < half || x > wide - half || taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 17)) continue;
    taken.push({ x, y, half });
    svg.append(s("text", { class: "place", x, y: y + 4, "text-anchor": "middle", "aria-hidden": "true" }, text));
  }
};
/** Areas in their own boundaries; those without one stand below. */
const drawMap = (box, width) => {
  const { aspect, width: across } = levelOf(state.level);
  const wide = Math.min(width, roomBelow(box, 620) * aspect), high = Math.round(wide / aspect), scale = wide / across;
  const svg = canvas(Math.round(wide), high);
  const ground = s("g", { transform: `scale(${scale.toFixed(5)})` });
  svg.classList.add("shapes");
  for (const row of rowsNow.filter((one) => A.shape[one.area])) {
    const kind = row.decision ? `d-${OUTCOME[row.decision.outcome ?? 2]} ${DATA.palette}` : colourClass(row.figure);
    const node = s("g", { class: "mark area", role: "button", tabindex: "-1", "data-area": row.area, "aria-label": spoken(row) },
      s("path", { class: `shape ${kind}`, d: A.shape[row.area], "vector-effect": "non-scaling-stroke" }));
    ground.append(node);
    items.push({ area: row.area, node, x: A.x[row.area] * wide, y: A.y[row.area] * high, shaped: true });
  }
  svg.append(ground);
  nameShapes(svg, wide, high);
  box.append(svg);
  withoutPlace(box, rowsNow.filter((row) => !A.shape[row.area]));
};
const drawPacked = (box, width) => {
  const groups = new Map();
  for (const row of rowsNow) {
    const top = topOf(row.area);
    const key = top === row.area ? 0 : top;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  const single = groups.size === 1, beside = !single && width > 520 ? 150 : 0;
  const longest = Math.max(...[...groups.values()].map((rows) => rows.length));
  const pitch = Math.min(Math.max(Math.floor((width - beside) / longest), PITCH), 28); // few areas are drawn larger
  const columns = Math.max(Math.floor((width - beside) / pitch), 1);
  const marks = [], labels = [];
  let y = 4;
  for (const [group, rows] of [...groups].sort((a, b) => a[0] - b[0])) {
    if (group) {
      labels.push(s("text", { class: "group", x: 0, y: y + pitch / 2 + 4, "aria-hidden": "true" }, clipped(name(group), beside ? 19 : 44)));
      if (!beside) y += 20;
    }
    [...rows].sort(bySize).forEach((row, i) => {
      marks.push(mark(row, beside + (i % columns) * pitch + pitch / 2, y + Math.floor(i / columns) * pitch + pitch / 2, (5.4 * pitch) / PITCH));
    });
    y += Math.ceil(rows.length / columns) * pitch + (single ? 0 : 5);
  }
  const svg = canvas(width, Math.ceil(y + 4));
  svg.append(...labels, ...marks);
  box.append(svg);
};
const clipped = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const DRAW = { tiles: drawTiles, dots: drawDots, map: drawMap, list: drawList, packed: drawPacked };

let drawnWidth = 0;
const drawPicture = () => {
  const box = byId("picture");
  const held = box.contains(document.activeElement) ? document.activeElement.closest("[data-area]")?.dataset.area : undefined;
  const wanted = held === undefined ? state.area : Number(held);
  drawnWidth = box.clientWidth;
  items = [];
  active = 0;
  box.replaceChildren();
  if (!rowsNow.length) { box.append(h("p", { class: "callout" }, state.view === "decisions" ? w("no_decisions") : w("nothing_shown"))); return; }
  const layout = layoutNow();
  DRAW[layout](box, Math.max(drawnWidth, 240));
  if (rowsNow.length > 1) box.append(h("p", { class: "small" }, w(layout === "list" && state.view === "decisions" ? "picture_list_decisions" : `picture_${layout}`)));
  for (const node of box.querySelectorAll(".tiles")) { node.setAttribute("role", "group"); node.setAttribute("aria-label", subtitle()); }
  setActive(Math.max(items.findIndex((item) => item.area === wanted), 0), held !== undefined);
  markPicked();
  markFiltered();
};
/** The item below a pointer: a tile, or among dots that may overlap the nearest within reach. */
const under = (event) => {
  const svg = event.target.closest("svg.dots");
  if (!svg || svg.classList.contains("shapes")) return event.target.closest("[data-area]") ? Number(event.target.closest("[data-area]").dataset.area) : null;
  const box = svg.getBoundingClientRect();
  const x = event.clientX - box.left, y = event.clientY - box.top;
  let best = null, reach = 22;
  for (const item of items) {
    if (item.x === undefined) continue;
    const far = Math.hypot(item.x - x, item.y - y);
    if (far < reach) [best, reach] = [item.area, far];
  }
  return best;
};
const watchPicture = () => {
  const box = byId("picture");
  box.addEventListener("keydown", byKeys);
  box.addEventListener("focusin", (event) => {
    const at = items.findIndex((item) => item.node === event.target.closest("[data-area]"));
    if (at < 0) return;
    if (at !== active) setActive(at, false);
    showDetails(items[at].area);
  });
  box.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") { const area = under(event); if (area !== null) showDetails(area); } });
  box.addEventListener("pointerleave", () => showDetails(box.contains(document.activeElement) ? items[active]?.area ?? state.area : state.area));
  box.addEventListener("click", (event) => { const area = under(event); if (area !== null) pick(area); });
  box.addEventListener("dblclick", (event) => { const area = under(event); if (area !== null) goInto(area); });
  new ResizeObserver(() => { if (Math.abs(box.clientWidth - drawnWidth) > 2) drawPicture(); }).observe(box);
};
onChange("area", markPicked);
onChange("outcome words", markFiltered);
