// What the reader does, and what is drawn then.

/** Choose an area where it is shown. */
const choose = (area, scroll = false) => {
  state.area = area;
  mark();
  drawDetails();
  for (const r of document.querySelectorAll("#rows tbody tr")) r.classList.remove("chosen-row");
  say(describe(area));
  keep();
  if (scroll && matchMedia("(max-width: 860px)").matches) $("#details").scrollIntoView({ block: "nearest" });
};
/** Go into an area; one that holds nothing is chosen. */
const open = (area) => {
  const level = D.levels.findIndex((_, i) => areasOf(i, area).length > 0);
  if (level < 0) { choose(area); return; }
  go(area);
};
const go = (area) => {
  const from = state.scope;
  state.scope = area;
  state.area = area === 0 ? -1 : liesIn(from, area) && from !== area ? from : -1;
  state.level = -1;
  draw();
  $("#picture").focus({ preventScroll: true });
  say(W("changed", label(area), $("#finding").textContent));
};
const up = () => { if (state.scope > 0) go(A.within[state.scope]); };
/** Show an area that was searched for, among its neighbours. */
const reveal = (area) => {
  if (area === 0) { go(0); return; }
  state.scope = A.within[area];
  state.level = A.level[area];
  if (!levelChoices().includes(state.level)) state.view = state.view === "decisions" ? "estimates" : "decisions";
  state.area = area;
  draw();
  say(describe(area));
  $("#picture-block").scrollIntoView({ block: "nearest" });
};

const option = (value, text, selected) => el("option", { value, selected }, text);
const drawControls = () => {
  const views = D.decisions.length > 0 && D.figures.length > 0;
  $("#views").hidden = !views;
  for (const view of ["estimates", "decisions"]) {
    const button = $(`#view-${view}`);
    button.textContent = W(isRecord ? `view.record.${view}` : `view.${view}`);
    button.setAttribute("aria-pressed", String(state.view === view));
  }
  const decisions = state.view === "decisions";
  $("#series-label").hidden = decisions;
  put($("#series"), ...D.series.map((s, i) => option(i, listed(T(s.label), D.series.filter((o) => T(o.label) === T(s.label)).length > 1 ? T(s.line) : ""), i === state.series)));
  const asked = decisionsAt(state.level)?.d.criteria ?? [];
  $("#criterion-label").hidden = !decisions || asked.length < 2;
  put($("#criterion"), ...asked.map((c, i) => option(i, T(c.label), i === state.criterion)));
  const levels = levelChoices();
  $("#level-label").hidden = levels.length < 2;
  put($("#level"), ...levels.map((i) => option(i, T(D.levels[i].many), i === state.level)));
  $("#outcome-label").hidden = !decisions;
  put($("#outcome"), option("", W("table.any"), table.outcome === ""), ...D.outcomes.map((word, i) => T(word) && (i < 2 || !isRecord) ? option(i, T(word), table.outcome === String(i)) : null).filter(Boolean));
  $("#years").hidden = D.years.length < 2;
  Object.assign($("#year"), { max: D.years.length - 1, value: state.year });
  $("#year").setAttribute("aria-valuetext", yearText());
  $("#year-now").textContent = yearText();
  $("#earlier").disabled = state.year === 0;
  $("#later").disabled = state.year === D.years.length - 1;
  const path = pathOf(state.scope);
  $("#crumbs").hidden = D.levels.every((level) => level.within < 0);
  put($("#crumbs ol"), ...path.map((area, i) => el("li", {}, i === path.length - 1
    ? el("span", { "aria-current": "true" }, label(area)) : el("button", { type: "button", class: "link", on: { click: () => go(area) } }, label(area)))));
};

/** Interface words that stand in the page. */
const drawWords = () => {
  document.documentElement.lang = state.lang === "zh" ? "zh-Hans" : state.lang;
  document.title = T(D.title);
  $("h1").textContent = T(D.title);
  $("#summary").textContent = T(D.summary);
  if (D.notice) $("#notice").textContent = T(D.notice);
  for (const e of document.querySelectorAll("[data-w]")) e.textContent = W(e.dataset.w);
  for (const e of document.querySelectorAll("[data-label-w]")) e.setAttribute("aria-label", W(e.dataset.labelW));
  put($("#theme"), ...["auto", "light", "dark"].map((t) => option(t, W(`theme.${t}`), state.theme === t)));
  drawMethod();
};
const drawMethod = () => {
  const sources = D.sources.map((s) => el("li", {}, /^https?:\/\//.test(s.url) ? el("a", { href: s.url, rel: "noreferrer" }, T(s.title)) : T(s.title)));
  const { verify, disclosure, standard } = D;
  put($("#method-body"),
    el("h3", {}, W("method.h")), el("dl", { class: "facts" }, ...D.method.map((m) => el("div", {}, el("dt", {}, T(m.term)), el("dd", {}, T(m.text))))),
    standard ? el("h3", {}, `${W("standard")}: ${T(standard.title)}`) : null,
    standard ? el("details", {}, el("summary", {}, W("more")), el("ul", { class: "prose" }, ...standard.text.map((t) => el("li", {}, T(t))))) : null,
    sources.length ? el("h3", {}, W("sources")) : null, sources.length ? el("ul", { class: "prose" }, ...sources) : null,
    el("h3", {}, W("disclosure")), el("p", { class: "prose" }, T(disclosure.words)),
    el("h3", {}, W("verify")), el("p", { class: "prose" }, T(verify.words)), verify.commands.length ? el("pre", { tabindex: 0 }, verify.commands.join("\n")) : null,
    verify.digests.length ? el("table", { class: "record" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, W("file")), el("th", { scope: "col" }, W("digest")))),
      el("tbody", {}, ...verify.digests.map((d) => el("tr", {}, el("th", { scope: "row" }, d.name), el("td", {}, d.sha256))))) : null,
    el("p", { class: "small" }, W("made", D.software)));
};
const drawTheme = () => {
  if (state.theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = state.theme;
};

/** Everything, after the state has changed; a state that shows nothing is mended first. */
const draw = () => {
  if (!D.figures.length) state.view = "decisions";
  let levels = levelChoices();
  if (!levels.length) { state.view = state.view === "decisions" && D.figures.length ? "estimates" : "decisions"; levels = levelChoices(); }
  if (!levels.length && state.scope > 0) { state.scope = 0; levels = levelChoices(); }
  if (!levels.includes(state.level)) state.level = levels.find((i) => D.levels[i].layout === "tiles" && state.scope === 0) ?? levels[0] ?? 0;
  if (state.criterion >= (decisionsAt(state.level)?.d.criteria.length ?? 1)) state.criterion = 0;
  table.page = 0;
  drawTheme();
  drawControls();
  drawPicture();
  drawLegend();
  drawTitles();
  drawAnswer();
  drawTable();
  drawDetails();
  drawCompare();
  keep();
};

/** Paper shows all rows, and what is folded. */
const print = (unfolded) => {
  table.all = unfolded;
  for (const fold of document.querySelectorAll("details")) fold.open = unfolded;
  drawTable();
};
const on = (id, event, act) => document.getElementById(id).addEventListener(event, act);
const set = (name, value, words) => { state[name] = value; draw(); say(words?.() ?? $("#finding").textContent); };
const start = () => {
  recall();
  document.documentElement.classList.add("scripted");
  const byYear = (year) => set("year", Math.min(D.years.length - 1, Math.max(0, year)), () => W("changed", yearText(), $("#finding").textContent));
  on("series", "change", (e) => set("series", Number(e.target.value)));
  on("level", "change", (e) => set("level", Number(e.target.value)));
  on("criterion", "change", (e) => set("criterion", Number(e.target.value)));
  on("year", "input", (e) => byYear(Number(e.target.value)));
  on("earlier", "click", () => byYear(state.year - 1));
  on("later", "click", () => byYear(state.year + 1));
  for (const view of ["estimates", "decisions"]) on(`view-${view}`, "click", () => { state.level = -1; set("view", view); });
  for (const lang of D.languages) on(`lang-${lang}`, "click", () => { state.lang = lang; all(); });
  on("theme", "change", (e) => { state.theme = e.target.value; drawTheme(); keep(); });
  on("filter", "input", (e) => { table.filter = e.target.value; table.page = 0; drawTable(); });
  on("outcome", "change", (e) => { table.outcome = e.target.value; table.page = 0; drawTable(); });
  on("download", "click", download);
  $("#pager .before").addEventListener("click", () => { table.page -= 1; drawTable(); });
  $("#pager .after").addEventListener("click", () => { table.page += 1; drawTable(); });
  const picture = $("#picture");
  picture.addEventListener("keydown", onPictureKey);
  picture.addEventListener("focus", () => { if (state.area < 0 || !shownAreas.includes(state.area)) choose(shownAreas[0]); });
  picture.addEventListener("click", (e) => { const hit = e.target.closest("[data-area]"); if (hit) choose(Number(hit.dataset.area)); });
  picture.addEventListener("dblclick", (e) => { const hit = e.target.closest("[data-area]"); if (hit) open(Number(hit.dataset.area)); });
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && !e.defaultPrevented) up(); });
  finder("search", reveal);
  finder("compare-first", (area) => { state.a = area; drawCompare(); keep(); });
  finder("compare-second", (area) => { state.b = area; drawCompare(); keep(); });
  addEventListener("hashchange", () => { if (!quiet) { recall(); all(); } });
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  all();
};
const all = () => {
  for (const lang of D.languages) $(`#lang-${lang}`).setAttribute("aria-pressed", String(state.lang === lang));
  drawWords();
  draw();
};
start();
