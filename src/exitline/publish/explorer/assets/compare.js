// Two areas side by side: what the intervals bear out, and no more.
/** The sentence on two figures. */
const verdict = (a, b, f, g) => {
  const { sampled, unit } = DATA.series[state.series];
  const without = [[a, f], [b, g]].find(([, x]) => !known(x));
  if (without) return [w("cannot_compare", w("has_no", name(without[0]), said(without[1])))];
  const [high, low, x, y] = f.value >= g.value ? [a, b, f, g] : [b, a, g, f];
  if (!sampled) {
    if (T(f.text) === T(g.text)) return [w("same", name(a), name(b))];
    const places = Math.max(decimals(T(f.text)), decimals(T(g.text)));
    const apart = digits((x.value - y.value).toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places }));
    const words = unit === "percent" ? w("points", apart) : `${apart}${["index", "number"].includes(unit) ? "" : ` ${T(DATA.series[state.series].unit_words)}`}`;
    return [w("higher_by", name(high), name(low), words), w("as_shown")];
  }
  if ([f.low, f.high, g.low, g.high].includes(null)) return [w("no_interval_compare")];
  return x.low > y.high ? [w("higher", name(high), name(low)), w("apart_note")] : [w("overlap")];
};
const compareFigures = (pair) => {
  const figures = pair.map((area) => figure(state.series, state.year, area));
  const { threshold } = DATA.series[state.series];
  if (figures.every((f) => f === null)) return [];
  const [first, ...rest] = verdict(...pair, ...figures);
  const axis = axisOf(spanOf(figures));
  const rows = pair.map((area, i) => h("div", { class: "pair-row" }, [
    h("span", { class: "pair-name" }, bdi(name(area))),
    h("span", { class: "pair-figure" }, [h("strong", {}, said(figures[i])), h("span", { class: "small" }, known(figures[i]) ? intervalWords(state.series, figures[i]) : whyNone(figures[i]))]),
    axis ? bar(figures[i], axis, threshold, 30) : null,
  ]));
  return [
    h("p", { class: "verdict" }, first), ...rest.map((text) => h("p", {}, text)),
    h("p", { class: "small" }, joined([measureWords(state.series), lineOf(state.series), yearNow()])),
    h("div", { class: "pair" }, [...rows, axis ? h("div", { class: "pair-row axis-row" }, [h("span"), h("span"), axisLabels(axis, state.series)]) : null]),
    lineChart(pair),
  ];
};
const compareDecisions = (pair) => {
  const lists = pair.map(decisionList);
  if (lists.every((list) => list === null)) return null;
  return h("div", { class: "pair-decisions" }, pair.map((area, i) => h("div", {}, [h("h4", {}, bdi(name(area))), lists[i] ?? h("p", {}, w("no_decisions"))])));
};
const drawCompare = () => {
  const box = byId("compared");
  [0, 1].forEach((i) => {
    const area = [state.first, state.other][i];
    if (area !== null && document.activeElement !== byId(`compare-${i}`)) byId(`compare-${i}`).value = name(area);
  });
  const pair = [state.first, state.other];
  if (pair.includes(null)) { box.replaceChildren(h("p", { class: "small" }, w(pair[0] === pair[1] ? "compare_hint" : "compare_none"))); return; }
  const [a, b] = pair;
  const nested = a !== b && (lies(a, b) || lies(b, a));
  const inner = lies(a, b) ? [a, b] : [b, a];
  box.replaceChildren(...[
    ...compareFigures(pair), compareDecisions(pair),
    nested && DATA.kind !== "record" ? h("p", { class: "small" }, w("part_of", name(inner[0]), name(inner[1]))) : null,
  ].filter(Boolean));
};
const setCompared = (i, area) => {
  change({ [i ? "other" : "first"]: area });
  const spokenResult = byId("compared").querySelector(".verdict")?.textContent;
  if (spokenResult) announce(spokenResult);
};
const buildCompare = () => {
  const boxes = ["first_area", "second_area"].map((label, i) => combobox(`compare-${i}`, label, (area, input) => { input.value = name(area); setCompared(i, area); }));
  byId("compare").replaceChildren(h("details", { id: "compare-box" }, [
    h("summary", { id: "compare-h" }), h("div", { class: "controls" }, boxes), h("div", { id: "compared" }),
  ]));
};
/** From the panel: this area, and the reader chooses the other. */
const startCompare = (area) => {
  byId("compare-box").open = true;
  byId("compare-0").value = name(area);
  setCompared(0, area);
  byId("compare-1").focus();
  byId("compare-box").scrollIntoView({ block: "nearest" });
};
onChange("series year language other first", drawCompare);
onChange("language", () => { byId("compare-h").textContent = w("compare"); });
