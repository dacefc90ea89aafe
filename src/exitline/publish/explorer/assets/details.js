// The panel beside the picture: all that is known of one area, in the view at hand.
let detailed = null;
/** Decisions on an area: every criterion with outcome, figure and reason. */
const decisionList = (area) => {
  const level = A.level[area];
  const block = DECISIONS.get(`${level}|${state.year}`);
  if (!block?.row.has(area)) return null;
  const list = h("dl", { class: "criteria-list" });
  block.criteria.forEach((criterion, c) => {
    const d = decision(level, state.year, c, area);
    if (d.outcome === null) return;
    const turns = c ? [] : undecidedBy(block, level, area, d.outcome);
    const observed = d.hidden ? w("suppressed") : d.text;
    const label = DATA.palette === "record" ? "" : T(criterion.label);
    list.append(h("div", { class: c ? "" : "overall" }, [
      h("dt", {}, [icon(d.outcome), " ", label ? colon(label, "") : "", h("strong", {}, outcomeWords(d)), observed ? ` · ${observed}` : ""]),
      h("dd", {}, d.why),
      turns.length ? h("dd", { class: "turns" }, colon(w("turns_on"), turns.join(sign("; ")))) : null,
      criterion.rule && (d.hidden || !d.why) ? h("dd", { class: "small" }, colon(w("rule"), T(criterion.rule))) : null,
    ]));
  });
  return list;
};
/** Where the whole cannot be told: the criteria that leave it open, with what was observed. */
const undecidedBy = (block, level, area, outcome) => {
  if (outcome !== 2 || DATA.palette === "record") return [];
  return block.criteria.flatMap((criterion, c) => {
    const d = c ? decision(level, state.year, c, area) : null;
    if (d === null || d.outcome !== 2) return [];
    const observed = d.hidden ? w("suppressed") : d.text;
    return [`${T(criterion.label)}${observed ? ` (${observed})` : ""}`];
  });
};
/** The figure of an area, with its interval on the axis of the picture. */
const figureBlock = (area) => {
  const f = figure(state.series, state.year, area);
  if (f === null) return [];
  const { sampled, threshold, level } = DATA.series[state.series];
  const parts = [h("p", { class: `detail-figure${known(f) ? "" : " in-words"}` }, said(f)), h("p", { class: "small" }, joined([measureWords(state.series), lineOf(state.series), yearNow()]))];
  if (known(f) && sampled) parts.push(h("p", {}, colon(w("interval_level", number(level ?? 95)), intervalWords(state.series, f))));
  else if (known(f)) parts.push(h("p", {}, exactWords()));
  const axis = axisOf(spanOf([...rowsNow.map((row) => row.figure), f]));
  if (known(f) && axis) parts.push(h("div", { class: "axis-frame" }, [bar(f, axis, threshold), axisLabels(axis, state.series)]));
  const why = whyNone(f);
  if (why) parts.push(h("p", {}, why));
  if (f.n !== null) parts.push(h("p", { class: "small" }, w("households", number(f.n))));
  if (f.claim) parts.push(h("p", { class: "small" }, [colon(w("claim"), ""), h("code", {}, f.claim)]));
  return parts;
};
const detailButtons = (area) => {
  const next = below(state.view, area);
  const into = next !== null && area !== state.scope
    ? button(w("go_into", many(next[1])), { class: "primary", onclick: () => goInto(area) }) : null;
  return COUNT < 2 ? null : h("p", { class: "actions" }, [into, button(w("compare_this"), { onclick: () => startCompare(area) })]);
};
const showDetails = (area, again = false) => {
  const shown = area ?? state.scope;
  if (shown === detailed && !again) return;
  detailed = shown;
  const panel = byId("details");
  const within = A.within[shown] > 0 ? `${T(DATA.levels[A.level[shown]].title)}, ${isolated(name(A.within[shown]))}` : A.level[shown] >= 0 ? T(DATA.levels[A.level[shown]].title) : "";
  const figures = figureBlock(shown);
  const decisions = decisionList(shown);
  const nothing = !figures.length && !decisions ? h("p", {}, w("no_figure_here")) : null;
  const order = state.view === "decisions" ? [decisions, ...figures] : [...figures, decisions];
  panel.replaceChildren(...[
    within ? h("p", { class: "tag" }, within) : null, h("h4", {}, bdi(name(shown))), ...order, nothing,
    detailButtons(shown), lineChart([shown]), area === null && COUNT > 1 ? h("p", { class: "small hint" }, w("details_hint")) : null,
  ].filter(Boolean));
};
/** On narrow screens, where the panel stands below: the chosen area at the lower edge. */
const drawPeek = () => {
  const row = rowsNow.find((one) => one.area === state.area), peek = byId("peek");
  peek.hidden = row === undefined;
  if (row) peek.replaceChildren(h("strong", {}, bdi(name(row.area))), h("span", {}, inShort(row)), h("span", { class: "more" }, `${w("details")} \u2193`));
};
const watchPeek = () => byId("peek").addEventListener("click", () => { byId("details").scrollIntoView(); byId("details").focus({ preventScroll: true }); });
onChange(`${EVERYTHING} area`, drawPeek);
onChange("view scope level series year language area", () => {
  byId("details").setAttribute("aria-label", w("details"));
  showDetails(state.area, true);
});
