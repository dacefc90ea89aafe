// The chosen area, comparison of two, the course of years, search.
const drawDetails = () => {
  const chosen = state.area > 0;
  const area = chosen ? state.area : state.scope; // nothing chosen: the place where one is
  const box = $("#details");
  const figure = state.series < D.series.length ? figureOf(area) : null;
  const facts = [];
  if (figure) {
    facts.push(el("p", { class: "tag" }, listed(T(series().label), yearText())), el("p", { class: "middle" }, read(figure)));
    if (figure.interval) facts.push(el("p", {}, W("answer.interval", series().level, figure.interval)));
    for (const text of [figure.status === SUPPRESSED ? W("suppressed.why") : "", T(figure.reason)]) if (text) facts.push(el("p", { class: "small" }, text));
    if (figure.n !== null && figure.n !== undefined) facts.push(el("p", { class: "small" }, `${W("households")}: ${whole(figure.n)}`));
    if (figure.claim) facts.push(el("p", { class: "small" }, `${W("claim")} `, el("code", {}, figure.claim)));
    facts.push(trend([area, 0]));
  }
  const inside = insideOf(area);
  put(box, el("h2", {}, label(area)), area > 0 && el("p", { class: "small" }, pathOf(area).slice(0, -1).map(label).join(" › ")), ...facts, ...decisionLines(area),
    chosen ? null : el("p", { class: "small" }, W("details.none")),
    el("p", { class: "actions" },
      inside && chosen ? el("button", { type: "button", class: "action", on: { click: () => open(area) } }, W("open", inside)) : null,
      el("button", { type: "button", class: "action", on: { click: () => compareWith(area) } }, W("compare.this"))));
};
/** What an area holds that can be opened, in words; "" where nothing. */
const insideOf = (area) => D.levels.map((level, i) => [level, areasOf(i, area).length])
  .filter(([, n]) => n > 0).slice(0, 1).map(([level, n]) => `${T(level.many)} (${whole(n)})`)[0] ?? "";
const decisionLines = (area) => {
  const found = decisionsAt(A.level[area]);
  if (!found?.position.has(area)) return [];
  return found.d.criteria.flatMap((asked, c) => {
    const decision = decisionOf(area, c);
    if (!decision || decision.outcome === null) return [];
    const name = asked.key || found.d.criteria.length === 1 ? T(asked.label) : W("outcome");
    return [el("p", { class: c ? "asked" : "asked overall" }, icon(decision.outcome), " ", el("strong", {}, outcomeWord(decision.outcome)),
      isRecord ? null : `, ${name}`, el("span", { class: "small" }, reasonOf(decision.reason)))];
  });
};

/** A small chart of areas over the years, each with its interval. */
const trend = (areas) => {
  if (D.years.length < 2) return null;
  const lines = areas.map((area) => D.years.map((_, year) => figureOf(area, state.series, year)).map((f) => f && f.value !== null ? f : null));
  const own = additive() ? lines.slice(0, 1) : lines;
  const ends = own.flat().filter(Boolean).flatMap((f) => [f.value, f.low ?? f.value, f.high ?? f.value]);
  if (ends.length < 2) return null;
  const [least, most] = [Math.min(0, ...ends), Math.max(...ends)];
  const [w, h] = [300, 110];
  const x = (i) => 12 + (i * (w - 24)) / (D.years.length - 1);
  const y = (v) => 22 + (1 - (v - least) / (most - least || 1)) * (h - 46);
  const parts = own.flatMap((figures, k) => {
    const there = figures.map((f, i) => f && [i, f]).filter(Boolean);
    const path = there.map(([i, f], j) => `${j ? "L" : "M"}${x(i)} ${y(f.value)}`).join("");
    const band = k === 0 && there.every(([, f]) => f.low !== null)
      ? `M${there.map(([i, f]) => `${x(i)} ${y(f.high)}`).join("L")}L${[...there].reverse().map(([i, f]) => `${x(i)} ${y(f.low)}`).join("L")}Z` : "";
    return [band ? el("path", { d: band, class: "band" }) : null, el("path", { d: path, class: k ? "course whole" : "course" }),
      ...(k ? [] : there.map(([i, f]) => el("circle", { cx: x(i), cy: y(f.value), r: i === state.year ? 5 : 3, class: "m-estimate" })))];
  });
  const last = own[0].map((f, i) => f && [i, f]).filter(Boolean);
  const ticks = D.years.map((year, i) => i === 0 || i === D.years.length - 1 || i === state.year
    ? el("text", { x: x(i), y: h - 4, "text-anchor": i === 0 ? "start" : i === D.years.length - 1 ? "end" : "middle" }, year) : null);
  const now = last.find(([i]) => i === state.year);
  const words = last.map(([i, f]) => `${D.years[i]}: ${readWith(f)}`).join("; ");
  return el("figure", { class: "trend" }, el("figcaption", { class: "tag" }, own.length > 1 && areas[0] !== areas[1] ? W("trend.two", ...areas.map(label)) : W("trend")),
    el("svg", { viewBox: `0 0 ${w} ${h}`, role: "img", "aria-label": words }, ...parts, ...ticks,
      now ? el("text", { class: "value", x: Math.min(w - 40, Math.max(40, x(now[0]))), y: Math.max(14, y(now[1].value) - 9), "text-anchor": "middle" }, now[1].text) : null));
};

const compareWith = (area) => {
  if (state.a < 0 || state.b >= 0) { state.a = area; state.b = state.scope === area ? 0 : state.scope; }
  else state.b = area;
  drawCompare(); keep();
  $("#compare").scrollIntoView({ block: "nearest" });
  $("#compare-second").focus({ preventScroll: true });
};
const drawCompare = () => {
  $("#compare-first").value = state.a >= 0 ? label(state.a) : "";
  $("#compare-second").value = state.b >= 0 ? label(state.b) : "";
  const box = $("#compared");
  if (state.a < 0 || state.b < 0 || !D.series.length) { put(box, el("p", { class: "subtitle" }, W("compare.hint"))); return; }
  const two = [state.a, state.b].map((area) => ({ area, figure: figureOf(area) }));
  const ends = two.flatMap(({ figure: f }) => f && f.value !== null ? [f.value, f.low ?? f.value, f.high ?? f.value] : []);
  const scale = ends.length ? { least: Math.min(0, ...ends), most: Math.max(...ends) || 1 } : null;
  put(box, el("p", { class: "verdict" }, verdict(...two.map((t) => t.figure))), el("p", { class: "subtitle" }, listed(T(series().label), yearText())),
    el("table", { class: "two" }, el("tbody", {}, ...two.map(({ area, figure }) => el("tr", {}, el("th", { scope: "row", class: "c-name" }, label(area)),
      el("td", { class: "c-figure" }, readWith(figure)), el("td", { class: "c-bar" }, bar(figure, scale, null, series().threshold)))))), trend([state.a, state.b]) ?? "");
};
/** What two figures say of each other: never more than their intervals bear out. */
const verdict = (one, other) => {
  if (!one || !other || one.value === null || other.value === null) return W("compare.unknown");
  const [high, low] = one.value >= other.value ? [one, other] : [other, one];
  if (!series().sampled) {
    if (high.value === low.value) return W("compare.equal", high.text);
    const gap = Number((high.value - low.value).toPrecision(12));
    return W(additive() ? "compare.exact" : "compare.rounded", label(high.area), high.text, label(low.area), low.text, series().unit === "percent" ? W("compare.points", gap) : whole(gap));
  }
  return reach(low)[1] < reach(high)[0] ? W("compare.higher", label(high.area), high.text, label(low.area), low.text) : W("compare.overlap");
};

/** A text field that finds areas (the combobox pattern of the ARIA guide). */
const finder = (id, chosen) => {
  const input = document.getElementById(id);
  const list = document.getElementById(`${id}-list`);
  let hits = [];
  let at = -1;
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); at = -1; };
  const take = (area) => { close(); chosen(area); };
  const point = (to) => {
    at = (to + hits.length) % hits.length;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const search = () => {
    const needle = plain(input.value.trim());
    if (!needle) { close(); return; }
    const names = (i) => typeof A.label[i] === "string" ? [A.label[i]] : Object.values(A.label[i]);
    const rank = (i) => Math.min(...[...names(i), A.key[i]].map((name) => { const k = plain(String(name)).indexOf(needle); return k < 0 ? Infinity : k; }));
    hits = A.key.map((_, i) => [i, rank(i)]).filter(([, r]) => r < Infinity).sort((a, b) => a[1] - b[1] || depth[a[0]] - depth[b[0]]).slice(0, 12).map(([i]) => i);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    at = -1;
    put(list, ...(hits.length ? hits.map((area, k) => el("li", { role: "option", id: `${id}-${k}`, "aria-selected": "false", on: { pointerdown: (event) => { event.preventDefault(); take(area); } } },
      label(area), el("span", { class: "small" }, pathOf(area).slice(0, -1).map(label).join(" › ")))) : [el("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, W("search.none"))]));
    say(W("search.hint", hits.length));
  };
  input.addEventListener("input", search);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); event.stopPropagation(); return; }
    if (!hits.length || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { point(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1)); event.preventDefault(); }
    if (event.key === "Enter") { take(hits[Math.max(0, at)]); event.preventDefault(); }
  });
};
