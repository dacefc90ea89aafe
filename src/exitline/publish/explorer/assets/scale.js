// Classes of a sequential map, axes, and the words of the legend.
const SPREAD = [[], [3], [1, 3], [0, 2, 4], [0, 1, 3, 4], [0, 1, 2, 3, 4]];
/** The edges of a series: those of the level that is shown, where each has its own. */
const edgesOf = (series) => (DATA.series[series].edges_at?.[state.level]?.length ? DATA.series[series].edges_at[state.level] : DATA.series[series].edges);
/** Number of the class of a value: its edges belong to the class above. */
const classOf = (series, value) => edgesOf(series).filter((edge) => value >= edge).length;
/** Which of the five shades a class takes, so that few classes still differ well. */
const shadeOf = (series, index) => SPREAD[edgesOf(series).length + 1][index];
const withUnit = (series, x) => (DATA.series[series].unit === "percent" ? percents(`${number(x)} %`) : number(x));
const classWords = (series, index) => {
  const edges = edgesOf(series);
  if (!edges.length) return "";
  if (index === 0) return w("below", withUnit(series, edges[0]));
  if (index === edges.length) return w("from", withUnit(series, edges[index - 1]));
  return w("from_to", number(edges[index - 1]), withUnit(series, edges[index]));
};

const nice = (span) => {
  const power = 10 ** Math.floor(Math.log10(span));
  return power * ([1, 2, 5, 10].find((step) => step * power >= span) ?? 10);
};
/** An axis that holds all the given numbers, from 0 where they are not negative. */
const axisOf = (numbers, ticks = 4) => {
  const real = numbers.filter((x) => x !== null && Number.isFinite(x));
  if (!real.length) return null;
  const low = Math.min(0, ...real);
  const high = Math.max(...real, low + 1e-9);
  const step = nice((high - low) / ticks);
  const start = Math.floor(low / step + 1e-9) * step;
  const end = Math.max(Math.ceil(high / step - 1e-9) * step, start + step);
  const steps = Math.round((end - start) / step);
  const marks = Array.from({ length: steps + 1 }, (_, i) => Number((start + i * step).toPrecision(12)));
  return { start, end, marks, at: (x) => (100 * (Math.min(Math.max(x, start), end) - start)) / (end - start) };
};
/** All numbers that a set of figures puts on an axis. */
const spanOf = (figures) => figures.filter(known).flatMap((f) => [f.value, f.low, f.high]);
/** Decimals of a figure as it is written. */
const decimals = (text) => (/[.](\d+)/.exec(text)?.[1] ?? "").length;
