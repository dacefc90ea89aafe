// The title of a picture: only what the intervals bear out.
const named = (rows) => rows.map((row) => isolated(name(row.area)));
/** Rows whose figure is as written that of the extreme one. */
const ties = (rows, text) => rows.filter((row) => said(row.figure) === text);
const told = (kind, rows, text) => {
  const names = named(rows);
  if (names.length === 1) return w(kind, names[0], text);
  if (names.length === 2) return w(`${kind}_two`, names[0], names[1], text);
  return w(`${kind}_many`, number(names.length), text, many(state.level));
};
/** A sentence after its opening words. */
const after = (start, text) => (start ? start + text.charAt(0).toLowerCase() + text.slice(1) : text);
const exactFinding = (rows, all) => {
  const sorted = [...rows].sort((a, b) => b.figure.value - a.figure.value);
  const first = sorted[0].figure, last = sorted[sorted.length - 1].figure;
  const top = ties(sorted, said(first)), bottom = ties(sorted, said(last));
  if (top.length === rows.length) {
    return rows.length === 1 ? w("one_shown", name(rows[0].area), said(first)) : w("all_same", said(first), number(rows.length), many(state.level));
  }
  const start = all ? "" : w("of_shown");
  const high = told("highest", top, said(first));
  const low = told("lowest", bottom, said(last));
  return after(start, high + sign("; ") + low);
};
/** What was found of these areas when the run was made: the words of its report. */
const saidOf = (rows) => {
  const block = FIGURES.get(`${state.series}|${state.year}`);
  const found = block?.apart?.find((one) => one.level === state.level && one.scope === state.scope);
  return found && rows.length === rowsNow.filter((row) => known(row.figure)).length ? found : null;
};
const sampledFinding = (rows) => {
  const sorted = [...rows].sort((a, b) => b.figure.value - a.figure.value);
  const top = sorted[0], bottom = sorted[sorted.length - 1];
  if (rows.length === 1) return w("one_shown", name(top.area), said(top.figure));
  return w("not_compared", said(bottom.figure), said(top.figure));
};
const summed = (counts) => counts.reduce((a, b) => a + b, 0);
/** Outcomes of a kind of area in a scope: of all units for everything, else of the units at hand. */
const countsOf = (level, criterion, scope) => {
  const block = DECISIONS.get(`${level}|${state.year}`);
  if (!block) return null;
  const partly = summed(block.counts[0]) > block.area.length;
  if (scope === 0) return { counts: block.counts[criterion], partly, own: false };
  const counts = [0, 0, 0];
  for (const area of areasOf(level, scope)) {
    const d = area === scope ? null : decision(level, state.year, criterion, area);
    if (d !== null && d.outcome !== null) counts[d.outcome]++;
  }
  return { counts, partly, own: true };
};
/** What the decisions come to: "Met: 73 of 133 villages; not met: 59". */
const decidedFinding = () => {
  const found = countsOf(state.level, state.criterion, state.scope);
  if (!found) return w("no_decisions");
  const total = summed(found.counts);
  const parts = [0, 1, 2].filter((o) => o < 1 || found.counts[o] > 0).map((o) => {
    const words = T(DATA.outcomes[o]) || w("unknown");
    return o === 0 ? w("decided", capital(words), number(found.counts[0]), number(total), many(state.level)) : w("decided_more", words, number(found.counts[o]));
  });
  const text = parts.join(sign("; "));
  return found.own && found.partly ? bracketed(text, w("of_those_shown")) : text;
};
const finding = () => {
  if (state.view === "decisions") return decidedFinding();
  const rows = rowsNow.filter((row) => known(row.figure));
  if (!rows.length) return w("nothing_shown");
  const all = rows.length === rowsNow.length;
  const found = saidOf(rows);
  if (found) return T(found.finding);
  return DATA.series[state.series].sampled ? sampledFinding(rows) : exactFinding(rows, all);
};
const joined = (parts) => parts.filter(Boolean).join(" · ");
const yearNow = () => DATA.years[state.year] ?? "";
const scopeWords = () => (state.scope ? isolated(name(state.scope)) : "");
const subtitle = () => {
  const place = joined([scopeWords(), heading(state.level)]);
  if (state.view === "decisions") {
    const block = DECISIONS.get(`${state.level}|${state.year}`);
    const criterion = block?.criteria[state.criterion];
    const rule = T(criterion?.rule);
    const label = DATA.palette === "record" ? "" : rule ? bracketed(T(criterion?.label), rule) : T(criterion?.label);
    return joined([capital(label), place, yearNow()]);
  }
  return joined([measureWords(state.series), lineOf(state.series), place, yearNow(), T(saidOf(rowsNow.filter((row) => known(row.figure)))?.beside)]);
};
const sourceWords = () => {
  const names = DATA.sources.map((source) => T(source.title)).join("; ");
  const level = DATA.series[state.series]?.level;
  const sure = state.view !== "estimates" || !rowsNow.length ? "" : DATA.series[state.series].sampled ? w("interval_level", number(level ?? 95)) : exactWords();
  return joined([names ? colon(w("source"), names) : "", DATA.standard ? colon(w("standard"), T(DATA.standard.title)) : "", yearNow(), sure]);
};
