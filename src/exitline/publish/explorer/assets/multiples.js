// The same picture, small, for every year: what changed is seen without moving the slider.
const SMALL = { width: 160, most: 150, mark: 3.4 };
/** Where marks stand in a small picture, and how high it is. */
const smallPlaces = (rows) => {
  const { layout, aspect, width: across } = levelOf(state.level);
  const placed = rows.filter((row) => A.x[row.area] !== null);
  if (layout === "map" && rows.some((row) => A.shape[row.area])) return { kind: "map", high: SMALL.width / aspect, scale: SMALL.width / across, at: () => null };
  if (placed.length > 1 && (layout === "dots" || layout === "map")) {
    const wide = SMALL.width - 8, high = Math.min(wide / (aspect || 1), SMALL.most);
    const side = Math.min(wide, high * (aspect || 1));
    return { kind: "dots", high: high + 8, at: (area) => (A.x[area] === null ? null : [4 + (wide - side) / 2 + A.x[area] * side, 4 + A.y[area] * high]), size: rows.length > 300 ? 2.6 : 4.5 };
  }
  if (layout === "tiles" && placed.length === rows.length && rows.length > 1) {
    const xs = rows.map((row) => A.x[row.area]), ys = rows.map((row) => A.y[row.area]);
    const left = Math.min(...xs), top = Math.min(...ys), columns = Math.max(...xs) - left + 1, lines = Math.max(...ys) - top + 1;
    const pitch = Math.min(SMALL.width / columns, SMALL.most / lines);
    return { kind: "tiles", high: lines * pitch, at: (area) => [(A.x[area] - left + 0.5) * pitch, (A.y[area] - top + 0.5) * pitch], size: pitch * 0.8 };
  }
  const columns = Math.ceil(Math.sqrt(rows.length * 1.6)), pitch = SMALL.width / columns;
  const index = new Map(rows.map((row, i) => [row.area, i]));
  return { kind: "packed", high: Math.ceil(rows.length / columns) * pitch, at: (area) => [(index.get(area) % columns + 0.5) * pitch, (Math.floor(index.get(area) / columns) + 0.5) * pitch], size: pitch * 0.8 };
};
const smallClass = (year, row) => {
  if (state.view === "decisions") return `s-${OUTCOME[decision(state.level, year, state.criterion, row.area)?.outcome ?? 2]} ${DATA.palette}`;
  return colourClass(figure(state.series, year, row.area));
};
/** One year: marks of one class are one path, so that thousands cost little. */
const smallPicture = (year, places) => {
  const svg = s("svg", { viewBox: `0 0 ${SMALL.width} ${Math.ceil(places.high)}`, "aria-hidden": "true", focusable: "false" });
  const paths = new Map();
  for (const row of rowsNow) {
    const kind = smallClass(year, row);
    const at = places.kind === "map" ? A.shape[row.area] : places.at(row.area);
    if (!at) continue;
    const piece = places.kind === "map" ? at : `M${at[0].toFixed(1)} ${at[1].toFixed(1)}h.01`;
    paths.set(kind, (paths.get(kind) ?? "") + piece);
  }
  const frame = s("g", places.kind === "map" ? { transform: `scale(${places.scale.toFixed(5)})` } : {});
  for (const [kind, d] of paths) {
    frame.append(places.kind === "map"
      ? s("path", { class: `shape ${kind.replace("s-", "d-")} small-shape`, d, "vector-effect": "non-scaling-stroke" })
      : s("path", { class: `small-mark ${kind}`, d, "stroke-width": places.size, "stroke-linecap": places.kind === "tiles" ? "square" : "round" }));
  }
  svg.append(frame);
  return svg;
};
/** What a year says in a few words: the figure of the place, or how many have the first outcome. */
const smallWords = (year) => {
  if (state.view !== "decisions") {
    const f = figure(state.series, year, state.scope);
    return f === null ? "" : said(f);
  }
  const found = DECISIONS.get(`${state.level}|${year}`);
  if (!found) return "";
  const outcomes = rowsNow.map((row) => decision(state.level, year, state.criterion, row.area)?.outcome);
  return `${T(DATA.outcomes[0])}: ${number(outcomes.filter((o) => o === 0).length)}`;
};
const drawYears = () => {
  const box = byId("years-side");
  const shown = DATA.years.map((_, year) => year).filter((year) => rowsNow.some((row) => state.view === "decisions"
    ? decision(state.level, year, state.criterion, row.area) !== null : figure(state.series, year, row.area) !== null));
  if (rowsNow.length < 2 || shown.length < 2) { box.replaceChildren(); return; }
  const places = smallPlaces(rowsNow);
  box.replaceChildren(h("div", { class: "years", role: "group", "aria-label": w("over_time") }, shown.map((year) => h("button", {
    type: "button", "data-year": year, "aria-current": String(year === state.year),
    onclick: () => { change({ year }, () => `${DATA.years[year]}. ${finding()}`); byId("years-side").querySelector(`[data-year="${year}"]`)?.focus(); },
  }, [h("strong", {}, DATA.years[year]), " ", h("span", { class: "said" }, smallWords(year)), smallPicture(year, places)]))));
};
let waiting = 0;
/** After the picture itself, when the browser has time. */
const yearsSoon = () => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => setTimeout(drawYears, 0));
};
const markYear = () => {
  for (const node of byId("years-side").querySelectorAll("[data-year]")) node.setAttribute("aria-current", String(Number(node.dataset.year) === state.year));
};
onChange("view scope level series criterion language", yearsSoon);
onChange("year", markYear);
