// The table: always the same as the picture; sorted, filtered, paged, taken away as CSV.
const PAGE = 25;
const table = { sort: "value", down: true, page: 0, filter: "", outcome: "", all: false };

/** Kind and key of each column; those that would be empty are left out. */
const columns = () => {
  if (state.view === "decisions") {
    const valued = shownAreas.some((i) => { const d = decisionOf(i); return d && (d.text || d.hidden); });
    return [["name", "area"], ["outcome", "outcome"], ...(valued ? [["number", "value"]] : []), ["text", "reason"]];
  }
  const figures = shownAreas.map((i) => figureOf(i)).filter(Boolean);
  return [["name", "area"], ["number", "value"], ["bar", series().sampled ? "interval" : "drawn"],
    ...(figures.some((f) => f.n !== null) ? [["number", "households"]] : []), ...(figures.some((f) => f.claim) ? [["claim", "claim"]] : [])];
};

const valueForSort = (area, key) => {
  if (key === "area") return label(area);
  if (key === "outcome") return decisionOf(area)?.outcome ?? 9;
  if (state.view === "decisions") {
    const found = Number.parseFloat(decisionOf(area)?.text ?? "");
    return key === "value" ? (Number.isNaN(found) ? null : found) : reasonOf(decisionOf(area)?.reason ?? "");
  }
  const figure = figureOf(area);
  if (key === "value") return figure?.value ?? null;
  if (key === "drawn") return figure?.value ?? null;
  if (key === "interval") return figure?.low === null || !figure ? null : figure.high - figure.low;
  return key === "households" ? figure?.n ?? null : figure?.claim ?? "";
};
/** Areas as sorted and filtered; those without a value come last. */
const rows = () => {
  const needle = plain(table.filter);
  let found = shownAreas.filter((i) => !needle || plain(label(i)).includes(needle));
  if (state.view === "decisions" && table.outcome !== "") {
    found = found.filter((i) => String(decisionOf(i)?.outcome) === table.outcome);
  }
  const keyed = found.map((i) => [i, valueForSort(i, table.sort)]);
  const order = new Intl.Collator(state.lang, { numeric: true });
  keyed.sort(([, a], [, b]) => {
    if (a === null || b === null) return (a === null) - (b === null);
    const by = typeof a === "string" ? order.compare(a, b) : a - b;
    return table.down ? -by : by;
  });
  return keyed.map(([i]) => i);
};
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** The scale that all bars of the table share. */
const scaleOf = (areas) => {
  const ends = areas.map((i) => figureOf(i)).filter((f) => f && f.value !== null).flatMap((f) => [f.value, f.low ?? f.value, f.high ?? f.value]);
  const most = Math.max(...ends, 0);
  const least = Math.min(...ends, 0);
  return most > least ? { least, most } : null;
};
/** An interval as a thin bar with a dot; dashed: all together; solid: the threshold. */
const bar = (figure, scale, overall, threshold) => {
  if (!scale || !figure || figure.value === null) return "";
  const at = (v) => 2 + 96 * ((v - scale.least) / (scale.most - scale.least));
  const inside = (v) => v !== null && v !== undefined && v >= scale.least && v <= scale.most;
  const line = (v, c) => inside(v) ? el("line", { x1: `${at(v)}%`, x2: `${at(v)}%`, y1: 0, y2: 22, class: c }) : null;
  return el("svg", { class: "iv", height: 22, width: "100%", "aria-hidden": "true" }, line(overall, "ref overall"), line(threshold, "ref threshold"),
    figure.low === null ? null : el("line", { x1: `${at(figure.low)}%`, x2: `${at(figure.high)}%`, y1: 11, y2: 11, class: "ci" }),
    el("circle", { cx: `${at(figure.value)}%`, cy: 11, r: 4.5, class: "m-estimate" }));
};

const drawTable = () => {
  const cols = columns();
  if (!cols.some(([, key]) => key === table.sort)) [table.sort, table.down] = state.view === "decisions" ? ["outcome", true] : ["value", true];
  const all = rows();
  const from = table.all ? 0 : Math.min(table.page * PAGE, Math.max(0, Math.ceil(all.length / PAGE) - 1) * PAGE);
  const shown = table.all ? all : all.slice(from, from + PAGE);
  const scale = state.view === "estimates" ? scaleOf(shownAreas) : null;
  const overall = figureOf(0)?.value ?? null;
  put($("#rows thead tr"), ...cols.map(([kind, key]) => heading(kind, key)));
  put($("#rows tbody"), ...shown.map((area) => row(area, cols, scale, additive() ? null : overall)));
  $("#rows caption").textContent = $("#finding").textContent;
  $("#pager .where").textContent = all.length ? W("table.rows", whole(from + 1), whole(from + shown.length), whole(all.length)) : W("table.none");
  $("#pager .before").disabled = from === 0;
  $("#pager .after").disabled = from + shown.length >= all.length;
  $("#pager").classList.toggle("single", all.length <= PAGE);
  const notes = [];
  if (scale && !additive() && overall !== null) notes.push(W("whole", `${label(0)}, ${read(figureOf(0))}`));
  if (scale && series().threshold !== null) notes.push(W("threshold.line", edgeText(series().threshold)));
  $("#bars").textContent = notes.join(state.lang === "zh" ? "；" : "; ");
};
const heading = (kind, key) => {
  const sorted = table.sort === key;
  const name = key === "value" && state.view === "estimates" ? T(series().unit_words) || W("value") : W(key);
  return el("th", { scope: "col", class: `c-${kind}`, "data-optional": key === "households", "aria-sort": sorted ? (table.down ? "descending" : "ascending") : null },
    el("button", { type: "button", class: "h", title: W("table.sort", name), on: { click: () => {
      table.down = sorted ? !table.down : kind === "number";
      table.sort = key; table.page = 0; drawTable();
      $(`#rows thead th:nth-child(${columns().findIndex(([, k]) => k === key) + 1}) button`)?.focus();
    } } }, name));
};
const row = (area, cols, scale, overall) => {
  const figure = state.view === "estimates" ? figureOf(area) : null;
  const decision = state.view === "decisions" ? decisionOf(area) : null;
  const cells = cols.map(([kind, key]) => {
    if (key === "area") return el("th", { scope: "row", class: "c-name" }, el("button", { type: "button", class: "pick", on: { click: () => choose(area, true) } }, label(area)), pathWords(area));
    if (key === "outcome") return el("td", { class: "c-outcome" }, decision && decision.outcome !== null ? icon(decision.outcome) : null, ` ${outcomeWord(decision?.outcome ?? null)}`);
    if (key === "reason") return el("td", { class: "c-text" }, reasonOf(decision?.reason ?? ""));
    if (key === "interval" || key === "drawn") return el("td", { class: "c-bar" }, bar(figure, scale, overall, series().threshold));
    if (key === "households") return el("td", { class: "c-number", "data-optional": true }, figure && figure.n !== null ? whole(figure.n) : "–");
    if (key === "claim") return el("td", { class: "c-claim" }, figure?.claim ? el("code", {}, figure.claim) : "–");
    if (decision) return el("td", { class: "c-figure" }, decision.hidden ? W("suppressed") : decision.text || "–");
    return el("td", { class: "c-figure" }, readWith(figure), figure?.reason ? el("span", { class: "small" }, T(figure.reason)) : null);
  });
  return el("tr", { class: area === state.area ? "chosen-row" : null }, ...cells);
};
const pathWords = (area) => {
  const above = pathOf(area).slice(1, -1).filter((i) => depth[i] > depth[state.scope]).map(label);
  return above.length ? el("span", { class: "small" }, above.join(" › ")) : null;
};

/** A cell of the file: quoted, and never taken for a formula. */
const cell = (value) => {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = typeof value !== "number" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};
const STATUS = ["shown", "suppressed", "cannot tell yet", "no interval"];
/** The table shown, whole, as CSV. */
const csv = () => {
  const level = D.levels[state.level];
  const head = ["kind", "key", "area", "within", "year"];
  const source = D.sources.map((s) => T(s.title)).join("; ");
  const before = (i) => [level.key, A.key[i], label(i), pathOf(i).slice(1, -1).map(label).join(" > "), yearText()];
  let lines;
  if (state.view === "decisions") {
    const asked = decisionsAt(state.level)?.d.criteria[state.criterion];
    lines = [[...head, "criterion", "outcome", "value", "status", "reason", "source"], ...rows().map((i) => {
      const d = decisionOf(i);
      return [...before(i), asked?.key || "overall", outcomeWord(d?.outcome ?? null), d?.text ?? "", d?.hidden ? "suppressed" : "shown", reasonOf(d?.reason ?? ""), source];
    })];
  } else {
    lines = [[...head, "measure", "line", "unit", "value", "low", "high", "as read", "n", "status", "claim", "source"], ...rows().map((i) => {
      const f = figureOf(i);
      return [...before(i), T(series().label), T(series().line), T(series().unit_words), f?.value, f?.low, f?.high, readWith(f), f?.n, STATUS[f?.status ?? CANNOT], f?.claim, source];
    })];
  }
  return `\ufeff${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
};
const download = () => {
  const name = `${D.levels[state.level].key}-${state.view === "decisions" ? "decisions" : series().key}-${yearText()}`;
  const link = el("a", { href: URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" })), download: `${name.replace(/[^\p{L}\p{N}]+/gu, "-")}.csv` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
