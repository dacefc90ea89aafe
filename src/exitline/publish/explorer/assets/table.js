// The table below the picture: the same areas, the same figures; sortable, filterable, in pages.
let PAGE = 50; // all of them on paper
const collate = () => new Intl.Collator(language, { numeric: true });
/** The first number of a text, without the separators of thousands; null where there is none. */
const numberIn = (text) => { const found_ = /-?\d+(\.\d+)?/.exec(text.replace(/(\d),(?=\d{3})/g, "$1")); return found_ === null ? null : Number(found_[0]); };
/** Columns of the table: key, heading, what to sort by, what to show. */
const columnsNow = () => {
  const nested = levelOf(state.level).within >= 0 && rowsNow.some((row) => A.within[row.area] !== state.scope);
  const columns = [{ key: "area", head: T(levelOf(state.level).title), cls: "c-name", by: (row) => name(row.area),
    cell: (row) => h("button", { type: "button", class: "link", onclick: () => { pick(row.area); showDetails(row.area, true); byId("figure").scrollIntoView({ block: "start" }); } }, bdi(name(row.area))) }];
  if (nested) columns.push({ key: "within", head: w("within"), cls: "c-in", by: (row) => name(A.within[row.area]), cell: (row) => bdi(A.within[row.area] ? name(A.within[row.area]) : "") });
  return columns.concat(state.view === "decisions" ? decisionColumns() : figureColumns());
};
const figureColumns = () => {
  const { sampled, threshold, label, unit_words, level } = DATA.series[state.series];
  const axis = axisOf(spanOf(rowsNow.map((row) => row.figure)));
  const columns = [{ key: "figure", head: T(label), under: T(unit_words), cls: "num", down: true, by: (row) => (known(row.figure) ? row.figure.value : null),
    cell: (row) => h("span", { class: known(row.figure) ? "" : "in-words" }, said(row.figure)) }];
  if (sampled) columns.push({ key: "interval", head: w("interval_level", number(level ?? 95)), cls: "num", down: true, by: (row) => (known(row.figure) ? row.figure.low : null), cell: (row) => (known(row.figure) ? intervalWords(state.series, row.figure) : "–") });
  if (axis) columns.push({ key: "", head: w("on_axis"), cls: "c-bar", cell: (row) => bar(row.figure, axis, threshold), foot: () => axisLabels(axis, state.series) });
  if (rowsNow.some((row) => row.figure.n !== null)) columns.push({ key: "n", head: w("n"), cls: "num", down: true, by: (row) => row.figure.n, cell: (row) => (row.figure.n === null ? "–" : number(row.figure.n)) });
  if (rowsNow.some((row) => whyNone(row.figure))) columns.push({ key: "", head: w("why"), cls: "c-why", cell: (row) => whyNone(row.figure) });
  return columns;
};
/** Mark and word, never apart. */
const outcomeMark = (d) => h("span", { class: "outcome" }, [icon(d.outcome), " ", outcomeWords(d)]);
const decisionColumns = () => {
  const block = DECISIONS.get(`${state.level}|${state.year}`);
  const observed = (d) => (d === null ? "" : d.hidden ? w("suppressed") : d.text);
  const columns = [{ key: "outcome", head: state.criterion ? T(block.criteria[state.criterion].label) : w("outcome"), cls: "c-outcome", by: (row) => row.decision.outcome,
    cell: (row) => outcomeMark(row.decision) }];
  if (state.criterion) columns.push({ key: "observed", head: w("observed"), cls: "num", down: true, by: (row) => (row.decision.hidden ? null : numberIn(row.decision.plain)), cell: (row) => observed(row.decision) || w("unknown") });
  else {
    block.criteria.slice(1).forEach((criterion, c) => columns.push({
      key: `c${c + 1}`, head: T(criterion.label), cls: "c-criterion", by: (row) => decision(state.level, state.year, c + 1, row.area)?.outcome ?? null,
      cell: (row) => {
        const d = decision(state.level, state.year, c + 1, row.area);
        if (d === null || d.outcome === null) return "–";
        const known_ = observed(d);
        return [outcomeMark(d), known_ ? h("span", { class: "small" }, known_) : null];
      },
    }));
  }
  columns.push({ key: "", head: w("why"), cls: "c-why", cell: (row) => row.decision.why });
  return columns;
};
/** The order where none is asked for: figures by size, decisions by outcome. */
const usualSort = () => (state.view === "decisions" ? "outcome up" : "figure down");
const sortNow = () => (state.sort || usualSort()).split(" ");
/** The order of the rows: what the head of the table says; what is not known stands last. */
const ordered = (columns) => {
  const rows = rowsNow.filter(passes);
  const [key, way] = sortNow();
  const column = columns.find((c) => c.key && c.key === key);
  if (!column) return rows.sort(bySize);
  const sign = way === "down" ? -1 : 1, { compare } = collate();
  const by = new Map(rows.map((row) => [row, column.by(row)]));
  return rows.sort((a, b) => {
    const x = by.get(a), y = by.get(b);
    if (x === null || y === null) return (x === null) - (y === null);
    return sign * (typeof x === "string" ? compare(x, y) : x === y ? 0 : x < y ? -1 : 1);
  });
};
const sortBy = (column) => {
  const [key, way] = sortNow();
  const next = key === column.key ? (way === "down" ? "up" : "down") : column.down ? "down" : "up";
  const sort = `${column.key} ${next}`;
  change({ sort: sort === usualSort() ? "" : sort }, w(next === "down" ? "sorted_down" : "sorted_up", column.head));
  byId("rows").querySelector(`button[data-key="${column.key}"]`)?.focus();
};
const headOf = (column) => {
  const [key, way] = sortNow();
  const sorted = column.key && column.key === key ? (way === "down" ? "descending" : "ascending") : null;
  const text = column.key ? button(column.head, { class: "head", "data-key": column.key, onclick: () => sortBy(column) }) : column.head;
  return h("th", { scope: "col", class: column.cls, "aria-sort": sorted, role: "columnheader" }, [text, column.under ? h("span", { class: "small" }, column.under) : null, column.foot ? column.foot() : null]);
};
const rowOf = (row, columns) => h("tr", { role: "row", class: row.area === state.area ? "picked" : null }, columns.map((column, i) =>
  h(i ? "td" : "th", { class: column.cls, scope: i ? null : "row", role: i ? "cell" : "rowheader", "data-label": i ? colon(column.head, "").trimEnd() : null }, column.cell(row))));
/** What the filter leaves, for those who listen. */
const rowsWords = () => w("rows", number(rowsNow.filter(passes).length), number(rowsNow.length));

let rowsShown = [];
const drawRows = () => {
  const box = byId("rows");
  if (!rowsNow.length) { rowsShown = []; box.replaceChildren(); return; }
  const columns = columnsNow();
  rowsShown = ordered(columns);
  const start = Math.min(state.page * PAGE, Math.max(Math.floor((rowsShown.length - 1) / PAGE) * PAGE, 0));
  const cut = rowsShown.slice(start, start + PAGE);
  const body = cut.length ? cut.map((row) => rowOf(row, columns)) : h("tr", { role: "row" }, h("td", { colspan: columns.length, role: "cell" }, w("no_rows")));
  const table = h("table", { class: `data cards ${state.view}`, role: "table" }, [
    h("caption", {}, subtitle()), h("thead", { role: "rowgroup" }, h("tr", { role: "row", "data-label": colon(w("sort_by"), "").trimEnd() }, columns.map(headOf))), h("tbody", { role: "rowgroup" }, body),
  ]);
  box.replaceChildren(h("div", { class: "table-frame", tabindex: columns.length > 5 ? "0" : null, role: columns.length > 5 ? "group" : null, "aria-label": columns.length > 5 ? w("table") : null }, table));
  const words = [rowsWords()];
  if (state.words || state.outcome !== "") words.push(w("dimmed"));
  const block = DECISIONS.get(`${state.level}|${state.year}`);
  const total = state.view === "decisions" && block ? summed(block.counts[0]) : 0;
  if (total > (block?.area.length ?? 0) && state.view === "decisions") words.push(w("partly", number(block.area.length), number(total)));
  byId("row-count").textContent = words.join(". ").replace(/\.\./g, ".");
  drawPager(start);
};
const drawPager = (start) => {
  const pager = byId("pager");
  pager.hidden = rowsShown.length <= PAGE;
  const turn = (page, which) => () => {
    change({ page });
    const wanted = byId("pager").querySelectorAll("button")[which];
    (wanted.disabled ? byId("pager").querySelectorAll("button")[1 - which] : wanted).focus();
    announce(pager.textContent);
  };
  pager.replaceChildren(
    button(w("previous"), { disabled: start === 0, onclick: turn(Math.max(start / PAGE - 1, 0), 0) }),
    h("span", {}, w("rows_page", number(start + 1), number(Math.min(start + PAGE, rowsShown.length)), number(rowsShown.length))),
    button(w("next"), { disabled: start + PAGE >= rowsShown.length, onclick: turn(start / PAGE + 1, 1) }),
  );
};
const buildTable = () => {
  const input = h("input", { type: "search", id: "filter", autocomplete: "off", spellcheck: "false" });
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => change({ words: input.value }, rowsWords), 120);
  });
  byId("table").replaceChildren(
    h("h3", { id: "table-h" }),
    h("div", { class: "controls" }, [
      h("label", { class: "field" }, [h("span", { id: "filter-label" }), input]),
      h("button", { type: "button", id: "download", onclick: download }), h("span", { class: "status", id: "row-count" }),
    ]),
    h("div", { id: "rows" }), h("div", { class: "pager", id: "pager", hidden: true }),
  );
};
window.addEventListener("beforeprint", () => { PAGE = COUNT; drawRows(); });
window.addEventListener("afterprint", () => { PAGE = 50; drawRows(); });
onChange(`${EVERYTHING} outcome words sort page area`, drawRows);
onChange("language", () => {
  byId("table-h").textContent = w("table");
  byId("filter-label").textContent = w("filter");
  byId("download").textContent = w("download");
});
onChange("words view scope level", () => { if (byId("filter").value !== state.words && document.activeElement !== byId("filter")) byId("filter").value = state.words; });
