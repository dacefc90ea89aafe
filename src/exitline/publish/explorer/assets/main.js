// The frame: answer, controls, legend, way back; and the start.
const option = (value, text, chosen) => h("option", { value, selected: value === chosen }, text);
const select = (id, label, options, chosen, take) => {
  const node = h("select", { id, onchange: (event) => { take(event.target.value); byId(id)?.focus(); } }, options.map(([value, text]) => option(String(value), text, String(chosen))));
  return h("label", { class: `field field-${id}` }, [h("span", {}, w(label)), node]);
};
const segmented = (label, options, chosen, take) => h("div", { class: "field" }, [
  h("span", { "aria-hidden": "true" }, w(label)),
  h("div", { class: "segments", role: "group", "aria-label": w(label) }, options.map(([value, text, extra]) =>
    h("button", { type: "button", "aria-pressed": String(value === chosen), "data-value": value, lang: extra ?? null, onclick: (event) => {
      const group = event.currentTarget.closest("[id]").id;
      take(value);
      byId(group)?.querySelector(`.segments [data-value="${value}"]`)?.focus();
    } }, text))),
]);
const languageName = (code) => WORDS[code]?.name ?? code;
const applyTheme = () => {
  byId("dark").media = { auto: "screen and (prefers-color-scheme: dark)", dark: "screen", light: "not all" }[state.theme];
  document.documentElement.style.colorScheme = state.theme === "auto" ? "light dark" : state.theme;
};
const drawTools = () => {
  const parts = [];
  if (DATA.languages.length > 1) parts.push(segmented("language", DATA.languages.map((code) => [code, languageName(code), code]), language, (code) => change({ language: code }, () => w("shown_now", languageName(code)))));
  parts.push(select("theme", "theme", ["auto", "light", "dark"].map((key) => [key, w(`theme_${key}`)]), state.theme, (theme) => change({ theme })));
  byId("tools").replaceChildren(...parts);
};
let clock = null;
const stopPlaying = () => {
  clearInterval(clock);
  clock = null;
  const play = byId("play");
  if (play) { play.textContent = "▶"; play.setAttribute("aria-label", w("play")); play.setAttribute("aria-pressed", "false"); }
};
/** Year after year, from the first where the last is shown; pressed again, it stops. */
const playing = (play) => {
  if (clock !== null) { stopPlaying(); return; }
  play.textContent = "■";
  play.setAttribute("aria-label", w("stop"));
  play.setAttribute("aria-pressed", "true");
  const last = DATA.years.length - 1;
  if (state.year === last) change({ year: 0 });
  clock = setInterval(() => {
    if (state.year < last) change({ year: state.year + 1 });
    if (state.year >= last) { stopPlaying(); announce(`${yearNow()}. ${finding()}`); }
  }, 1000);
};
const yearField = () => {
  stopPlaying();
  const slide = h("input", { type: "range", id: "year", min: 0, max: DATA.years.length - 1, step: 1, "aria-valuetext": yearNow() });
  slide.value = String(state.year);
  const go = (year) => { if (year !== state.year && year >= 0 && year < DATA.years.length) change({ year }, () => `${DATA.years[year]}. ${finding()}`); };
  slide.addEventListener("input", () => go(Number(slide.value)));
  const step = (by, key, sign) => button(sign, { class: "step", "aria-label": w(key), "data-by": by, onclick: () => go(state.year + by) });
  const play = button("▶", { id: "play", class: "step", title: w("play"), "aria-label": w("play"), "aria-pressed": "false", onclick: () => playing(play) });
  return h("div", { class: "field year-field" }, [
    h("label", { for: "year" }, [w("year"), " ", h("output", { id: "year-now", for: "year" }, yearNow())]),
    h("div", { class: "year-row" }, [step(-1, "earlier", "‹"), slide, step(1, "later", "›"), play]),
  ]);
};
const drawYear = () => {
  const slide = byId("year");
  if (!slide) return;
  slide.value = String(state.year);
  slide.setAttribute("aria-valuetext", yearNow());
  byId("year-now").textContent = yearNow();
};
const drawControls = () => {
  const parts = [];
  const sampled = DATA.series.some((item) => item.sampled);
  const views = VIEWS.filter((view) => levelsIn(view, state.scope).length);
  if (views.length > 1) parts.push(segmented("view", views.map((view) => [view, w(view === "decisions" ? "view_decisions" : sampled ? "view_estimates" : "view_figures")]), state.view,
    (view) => change({ view }, () => finding())));
  const levels = levelsIn(state.view, state.scope);
  if (levels.length > 1) parts.push(select("level", "level", levels.map((i) => [i, heading(i)]), state.level, (i) => change({ level: Number(i), area: null }, () => finding())));
  if (state.view === "estimates" && DATA.series.length > 1) parts.push(select("series", "measure", DATA.series.map((_, i) => [i, seriesName(i)]), state.series, (i) => change({ series: Number(i) }, () => finding())));
  const block = DECISIONS.get(`${state.level}|${state.year}`);
  if (state.view === "decisions" && block?.criteria.length > 1) parts.push(select("criterion", "criterion", block.criteria.map((c, i) => [i, T(c.label)]), state.criterion, (i) => change({ criterion: Number(i) }, () => finding())));
  if (DATA.years.length > 1) parts.push(yearField());
  const finder = byId("find")?.closest(".combobox") ?? combobox("find", "search", (area, input) => { input.value = ""; visit(area); });
  finder.hidden = COUNT < 2;
  byId("controls").replaceChildren(...parts, finder);
  byId("find-label").textContent = w("search");
};
const drawCrumbs = () => {
  const nav = byId("crumbs");
  nav.hidden = state.scope === 0;
  nav.setAttribute("aria-label", w("place"));
  const way = path(state.scope);
  nav.replaceChildren(h("ol", {}, way.map((area, i) => h("li", {}, i === way.length - 1
    ? h("span", { "aria-current": "page" }, bdi(name(area)))
    : button(bdi(name(area)), { class: "link", onclick: () => {
      const inner = way[i + 1];
      const view = has[state.view][A.level[inner]] ? state.view : VIEWS.find((kind) => has[kind][A.level[inner]]) ?? state.view;
      change({ scope: area, view, level: A.level[inner], area: inner }, () => `${w("shown_now", name(area))}. ${finding()}`);
      setActive(Math.max(items.findIndex((item) => item.area === inner), 0), true);
    } })))));
};
/** Counts by outcome as a bar with its numbers: each part is a filter. */
const stack = (counts, clickable) => {
  const total = summed(counts) || 1;
  const svg = s("svg", { class: "stack", "aria-hidden": "true", focusable: "false", height: 16 });
  let at = 0;
  counts.forEach((count, o) => {
    if (!count) return;
    const width = (100 * count) / total;
    svg.append(s("rect", { class: `s-${OUTCOME[o]} ${DATA.palette}`, x: percent(at), width: percent(width), height: "100%" }));
    if (o === 2) svg.append(s("rect", { fill: "url(#hatch)", x: percent(at), width: percent(width), height: "100%" }));
    at += width;
  });
  const words = (o) => [icon(o), ` ${T(DATA.outcomes[o]) || w("unknown")} `, h("strong", {}, number(counts[o]))];
  const shown = [0, 1, 2].filter((o) => counts[o] || (o < 2 && T(DATA.outcomes[o])));
  const legend = clickable
    ? h("div", { class: "segments outcomes", role: "group", "aria-label": w("filter_outcome") }, [
      button(w("every"), { "aria-pressed": String(state.outcome === ""), "data-value": "", onclick: () => filterOutcome("") }),
      ...shown.map((o) => h("button", { type: "button", "aria-pressed": String(state.outcome === o), "data-value": o, onclick: () => filterOutcome(o) }, words(o)))])
    : h("ul", { class: "legend" }, shown.map((o) => h("li", {}, words(o))));
  return [svg, legend];
};
const filterOutcome = (outcome) => {
  change({ outcome: state.outcome === outcome ? "" : outcome }, rowsWords);
  byId("legend").querySelector(`[data-value="${state.outcome}"]`)?.focus();
};
const drawLegend = () => {
  const box = byId("legend");
  if (!rowsNow.length) { box.replaceChildren(); return; }
  if (state.view === "decisions") {
    const found_ = countsOf(state.level, state.criterion, state.scope);
    box.replaceChildren(...(found_ ? stack(found_.counts, true) : []));
    return;
  }
  const item = DATA.series[state.series], edges = edgesOf(state.series);
  const parts = [];
  for (let i = 0; i <= edges.length && edges.length; i++) {
    const marked = item.threshold !== null && edges[i - 1] === item.threshold;
    if (marked) parts.push(h("li", { class: "legend-threshold" }, w("threshold_at", withUnit(state.series, item.threshold))));
    parts.push(h("li", {}, [swatch(`k${shadeOf(state.series, i)}`), classWords(state.series, i)]));
  }
  const states = new Set(rowsNow.filter((row) => !known(row.figure)).map((row) => colourClass(row.figure)));
  for (const cls of states) parts.push(h("li", {}, [swatch(cls), w(cls === "suppressed" ? "suppressed" : "unknown")]));
  box.replaceChildren(h("p", { class: "tag" }, T(item.unit_words)), h("ul", { class: "legend" }, parts));
};
const drawTitle = () => {
  byId("finding").textContent = finding();
  byId("subtitle").textContent = subtitle();
  byId("source").textContent = sourceWords();
};
/** First of all: the figure for everything (or for where one is), how sure, and what was decided. */
const drawAnswer = () => {
  const f = figure(state.series, state.year, state.scope);
  const item = DATA.series[state.series];
  const columns = [];
  if (f !== null) {
    const axis = known(f) && item.sampled && f.low !== null ? axisOf(spanOf([f])) : null;
    columns.push(h("div", { class: "hero" }, [
      h("p", { class: "tag" }, w("answer")), h("p", { class: `big${known(f) ? "" : " in-words"}` }, said(f)),
      h("p", { class: "meaning" }, joined([item.unit === "percent" ? T(item.label) : measureWords(state.series), scopeWords(), yearNow()])),
      lineOf(state.series) ? h("p", { class: "small" }, lineOf(state.series)) : null,
    ]));
    columns.push(part("sure", w("sure"), known(f) && item.sampled ? intervalWords(state.series, f) : null, [
      known(f) && item.sampled ? h("p", { class: "interval-line" }, [colon(w("interval_level", number(item.level ?? 95)), ""), h("strong", {}, intervalWords(state.series, f))]) : null,
      axis ? h("div", { class: "axis-frame" }, [bar(f, axis, item.threshold, 20), axisLabels(axis, state.series)]) : null,
      h("p", {}, DATA.kind === "record" ? w("sure_record") : w(item.sampled ? "sure_sampled" : "sure_full")),
      f.n !== null ? h("p", { class: "small" }, w("households", number(f.n))) : null,
    ]));
  }
  const glance = DATA.kind === "record" && f !== null ? [] : DATA.levels.map((_, level) => ({ level, ...countsOf(level, 0, state.scope) })).filter(({ counts }) => counts && summed(counts) > 0);
  if (glance.length) columns.push(part("glance", w("view_decisions"), null, [...glance.flatMap(({ level, counts, partly, own }) => [
    h("p", { class: "stack-name" }, joined([heading(level), scopeWords(), yearNow(), own && partly ? w("of_those_shown") : ""])), ...stack(counts, false)])]));
  if (f === null && !glance.length) columns.push(h("div", { class: "hero" }, h("p", { class: "big in-words" }, w("unknown"))));
  byId("first").replaceChildren(...columns);
};
const applyLanguage = () => {
  const root = document.documentElement;
  root.lang = language;
  root.dataset.lang = language;
  document.title = T(DATA.title);
};
const watchPage = () => {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.scope && !event.defaultPrevented && !event.target.closest("input, select, textarea")) { event.preventDefault(); goUp(); }
  });
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); byId("explore").scrollIntoView(); byId("explore").focus(); });
  for (const node of document.querySelectorAll("button.copy")) {
    node.hidden = !navigator.clipboard;
    node.addEventListener("click", () => navigator.clipboard.writeText(node.previousElementSibling.textContent).then(() => announce(w("copied")), () => {}));
  }
  window.addEventListener("popstate", () => resume(false));
  window.addEventListener("hashchange", () => resume(false));
};
/** Take up the state that the address holds. */
const resume = (first) => {
  const wanted = settled(fromHash(location.hash || (first ? DATA.opens ?? "" : "")));
  if (!first && toHash(wanted) === toHash(state)) return;
  state = { ...wanted, words: "", page: 0 };
  if (state.first !== null || state.other !== null) byId("compare-box").open = true;
  language = state.language;
  redraw(null);
};
drawers.unshift([["language"], () => { language = state.language; applyLanguage(); }]);
onChange("theme", applyTheme);
onChange("language theme", drawTools);
onChange("view scope level criterion series language", drawControls);
onChange("year", drawYear);
onChange("scope language", drawCrumbs);
onChange(EVERYTHING, drawTitle);
onChange(`${EVERYTHING} outcome`, drawLegend);
onChange("scope series year language", drawAnswer);
onChange(EVERYTHING, drawPicture); // late: it takes the room that the others leave
onChange(EVERYTHING, markTake);
document.documentElement.classList.add("scripted");
foldAll();
narrow.addEventListener("change", () => { foldAll(); drawAnswer(); });
window.addEventListener("beforeprint", () => { for (const node of document.querySelectorAll("#answer details")) node.open = true; });
buildTable();
buildCompare();
watchPicture();
watchPeek();
byId("compare").hidden = COUNT < 2; // with one area there is nothing to find or to compare
watchPage();
resume(true);
