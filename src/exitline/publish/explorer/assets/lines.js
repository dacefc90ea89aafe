// A small chart over the years, with the band of the interval. Gaps stay gaps.
const LINE = { width: 320, height: 130, left: 8, right: 12, top: 16, bottom: 24 };
/** Runs of years in which a figure is known. */
const runsOf = (figures) => {
  const runs = [];
  figures.forEach((f, year) => {
    if (!known(f)) return;
    const last = runs[runs.length - 1];
    if (last && last[last.length - 1] === year - 1) last.push(year);
    else runs.push([year]);
  });
  return runs;
};
/** The change from the first to the last known year, tested: the interval of a difference from two
 *  intervals (Zou and Donner 2008, Statistics in Medicine 27: 1693-1702), for independent samples. */
const changeWords = (figures) => {
  const years = figures.map((f, year) => (known(f) ? year : -1)).filter((year) => year >= 0);
  if (years.length < 2) return [];
  const { sampled, unit } = DATA.series[state.series];
  const [from, to] = [years[0], years[years.length - 1]], [a, b] = [figures[from], figures[to]];
  const decimals = Math.max(...[a, b].map((f) => (String(f.value).split(".")[1] ?? "").length), unit === "percent" ? 1 : 0);
  const signed = (x) => `${x > 0 ? "+" : x < 0 ? "\u2212" : ""}${digits(Math.abs(x).toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }))}`;
  const shown = (x) => (unit === "percent" ? w("change_points", signed(x)) : signed(x));
  const apart = b.value - a.value, at = [DATA.years[from], DATA.years[to]];
  if (!sampled) return [w("change_exact", ...at, shown(apart))];
  if ([a, b].some((f) => f.low === null || f.high === null)) return [];
  const low = apart - Math.hypot(b.value - b.low, a.high - a.value), high = apart + Math.hypot(b.high - b.value, a.value - a.low);
  const key = low > 0 || high < 0 ? "changed" : "change_open";
  return [w(key, ...at, shown(apart), `${signed(low)} – ${signed(high)}`), w("change_how")];
};
const lineChart = (areas) => {
  if (DATA.years.length < 2) return null;
  const all = areas.map((area) => DATA.years.map((_, year) => figure(state.series, year, area)));
  const axis = axisOf(spanOf(all.flat()), 3);
  if (!axis) return null;
  const { width, height, left, right, top, bottom } = LINE;
  const x = (year) => left + ((width - left - right) * year) / (DATA.years.length - 1);
  const y = (value) => top + ((height - top - bottom) * (100 - axis.at(value))) / 100;
  const words = areas.map((area, i) => `${name(area)}: ${all[i].map((f, year) => `${DATA.years[year]} ${said(f)}${f?.interval ? ` (${intervalWords(state.series, f)})` : ""}`).join("; ")}`).join(". ");
  const svg = s("svg", { class: "lines", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words });
  for (const value of axis.marks) {
    svg.append(s("line", { class: value === 0 ? "base" : "tick", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    if (value !== 0 || axis.start < 0) svg.append(s("text", { x: left, y: y(value) - 3 }, value === axis.end ? withUnit(state.series, value) : number(value)));
  }
  svg.append(s("line", { class: "now", x1: x(state.year), x2: x(state.year), y1: top, y2: height - bottom }));
  all.forEach((figures, i) => {
    for (const run of runsOf(figures)) {
      const banded = run.filter((year) => figures[year].low !== null);
      if (banded.length) {
        const over = banded.map((year) => `${x(year)} ${y(figures[year].high)}`), back = [...banded].reverse().map((year) => `${x(year)} ${y(figures[year].low)}`);
        svg.append(s("path", { class: `band b${i}`, d: `M${[...over, ...back].join("L")}Z` }));
      }
      svg.append(s("path", { class: `course b${i}`, d: `M${run.map((year) => `${x(year)} ${y(figures[year].value)}`).join("L")}` }));
      for (const year of run) svg.append(shape(i ? "square" : "circle", i ? 3 : 3.4, `point b${i}`)), svg.lastChild.setAttribute("transform", `translate(${x(year)} ${y(figures[year].value)})`);
    }
  });
  const every = Math.ceil(DATA.years.length / 6);
  DATA.years.forEach((year, i) => {
    if (i % every && i !== DATA.years.length - 1) return;
    svg.append(s("text", { x: x(i), y: height - 8, "text-anchor": i === 0 ? "start" : i === DATA.years.length - 1 ? "end" : "middle" }, year));
  });
  const gaps = all.some((figures) => figures.some((f) => f !== null && !known(f)));
  const keys = areas.length < 2 ? [] : areas.map((area, i) => h("span", { class: "line-key" }, [
    s("svg", { class: "icon", viewBox: "-8 -8 16 16", "aria-hidden": "true", focusable: "false" }, shape(i ? "square" : "circle", 5, `point b${i}`)), " ", bdi(name(area)),
  ]));
  const tested = areas.length === 1 ? changeWords(all[0]) : [];
  return h("figure", { class: "over-time" }, [
    h("figcaption", { class: "tag" }, [w("over_time"), ...keys]), svg, ...tested.map((text, i) => h("p", { class: i ? "small" : "change" }, text)), gaps ? h("p", { class: "small" }, w("line_gap")) : null,
  ]);
};
