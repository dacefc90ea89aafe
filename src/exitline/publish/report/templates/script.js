"use strict";
// Sorting, searching and paging of tables. Texts are only ever set as text, never as HTML.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const PAGE = 25;
  const WORDS = JSON.parse(document.getElementById("words").textContent);
  const w = (name, ...parts) => WORDS[name].replace(/\{(\d)\}/g, (_, i) => parts[i]);
  const number = (n) => n.toLocaleString("en").replace(/,/g, WORDS.signs[","]);
  const whole = []; // of each paged table: show all its rows, for paper
  const drawn = (name, attributes, parent) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (parent) parent.append(node);
    return node;
  };
  const percent = (x) => `${x}%`;
  const upright = (kind, at, parent) =>
    drawn("line", { class: kind, x1: percent(at), x2: percent(at), y1: "0", y2: "100%" }, parent);

  const icon = (mark) => {
    const svg = drawn("svg", { class: "icon", viewBox: "-8 -8 16 16", "aria-hidden": "true" });
    drawn("use", { href: `#m-${mark}` }, svg);
    return svg;
  };
  const bar = (key, packed) => {
    const svg = drawn("svg", { class: "iv", "aria-hidden": "true" });
    drawn("use", { href: `#grid-${key}` }, svg);
    if (!packed) return svg;
    const [value, low, high, beyond, threshold, mark] = packed;
    if (threshold !== null) upright("ref threshold", threshold, svg);
    if (low !== null) {
      const ends = { x1: percent(low), x2: percent(high), y1: "50%", y2: "50%" };
      drawn("line", { class: `ci ${mark}`, ...ends }, svg);
    }
    const place = (x) => drawn("svg", { x: percent(x), y: "50%", overflow: "visible" }, svg);
    if (beyond) drawn("path", { class: "arrow", d: "M-1-4 5 0-1 4z" }, place(high));
    drawn("use", { href: `#m-${mark}` }, place(value));
    return svg;
  };
  const sentence = (said, [form, ...numbers]) => said[form].replaceAll("\x01", () => numbers.shift());

  const embeddedRow = (table, labels, data, packed) => {
    const tr = document.createElement("tr");
    tr.setAttribute("role", "row");
    data.kinds.forEach((kind, i) => {
      const cell = document.createElement(i ? "td" : "th");
      cell.className = `c-${kind}`;
      cell.dataset.label = labels[i];
      cell.setAttribute("role", i ? "cell" : "rowheader");
      if (!i) cell.scope = "row";
      if (kind === "bar") cell.append(bar(table.dataset.key, packed[i]));
      else if (kind === "text") cell.append(...reasons(packed[i].map((line) => sentence(data.said, line))));
      else {
        const [text, , under, mark] = [].concat(packed[i]);
        if (mark) cell.append(icon(mark), " ");
        cell.append(text);
        if (under) cell.append(small(under, "small"));
      }
      tr.append(cell);
    });
    return tr;
  };
  const reasons = ([first, ...others]) => {
    const parts = [small(first, "line")];
    if (others.length) {
      const more = document.createElement("details");
      more.className = "more";
      const summary = document.createElement("summary");
      summary.textContent = others.length === 1 ? w("more_criterion") : w("more_criteria", number(others.length));
      more.append(summary, ...others.map((text) => small(text, "line")));
      parts.push(more);
    }
    return parts;
  };
  const small = (text, name) => {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    return span;
  };

  const key = (sort, text) => {
    if (sort === undefined || sort === null || sort === "") return text.toLowerCase();
    return Number.isNaN(Number(sort)) ? null : Number(sort);
  };
  const staticRecord = (tr) => ({
    keys: [...tr.cells].map((cell) => key(cell.dataset.s === "nan" ? NaN : cell.dataset.s, cell.textContent)),
    text: tr.textContent.toLowerCase(),
    mark: (tr.querySelector(".c-outcome use") || { getAttribute: () => "" }).getAttribute("href").slice(3),
    make: () => tr,
  });
  const embeddedRecord = (table, labels, data) => (packed) => {
    let tr = null;
    const outcome = data.kinds.indexOf("outcome");
    const plain = packed.map((cell, i) => {
      if (data.kinds[i] === "bar") return "";
      if (data.kinds[i] === "text") return cell.map((line) => sentence(data.said, line)).join(" ");
      return [].concat(cell).filter((part, j) => j === 0 || j === 2).join(" ");
    });
    return {
      keys: packed.map((cell, i) => key(Array.isArray(cell) && data.kinds[i] !== "bar" ? cell[1] : null, plain[i])),
      text: plain.join(" ").toLowerCase(),
      mark: outcome < 0 ? "" : packed[outcome][3],
      make: () => (tr = tr || embeddedRow(table, labels, data, packed)),
    };
  };
  const recordsOf = (table, labels) => {
    const body = table.querySelector("tbody.rows");
    if (!("embedded" in table.dataset)) return [...body.rows].map(staticRecord);
    const data = JSON.parse(document.getElementById(`data-${table.dataset.key}`).textContent);
    return data.rows.map(embeddedRecord(table, labels, data));
  };
  const compare = (column, sign) => (a, b) => {
    const [x, y] = [a.keys[column], b.keys[column]];
    if (x === y) return 0;
    if (x === null || y === null) return x === null ? 1 : -1;
    if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
    return sign * (typeof x === "number" ? x - y : x.localeCompare(y, undefined, { numeric: true }));
  };

  const start = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    const labels = heads.map((th) => th.textContent);
    heads.forEach((th, i) => { labels[i] = (th.querySelector(".h") || th).textContent; });
    const find = (name) => document.querySelector(`.${name}[data-for="${table.dataset.key}"]`);
    const [controls, pager] = [find("controls"), find("pager")];
    const input = controls && controls.querySelector("input");
    const select = controls && controls.querySelector("select");
    const body = table.querySelector("tbody.rows");
    const all = recordsOf(table, labels);
    let size = pager ? PAGE : all.length;
    let [chosen, page] = [all, 0];

    const show = () => {
      const from = page * size;
      const rows = chosen.slice(from, from + size);
      body.replaceChildren(...rows.map((record) => record.make()));
      if (controls) {
        const of = w("of", number(chosen.length), number(all.length));
        controls.querySelector(".status").textContent = chosen.length ? of : w("nothing");
      }
      if (pager) {
        const last = Math.min(from + size, chosen.length);
        pager.querySelector(".where").textContent =
          chosen.length ? `${number(from + 1)}–${number(last)}` : w("no_rows");
        pager.querySelector(".before").disabled = page === 0;
        pager.querySelector(".after").disabled = last >= chosen.length;
      }
    };
    const choose = () => {
      const words = input ? input.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
      const mark = select ? select.value : "";
      chosen = all.filter((r) => (!mark || r.mark === mark) && words.every((w) => r.text.includes(w)));
      page = 0;
      show();
    };
    const sort = (column, th, numeric) => {
      const now = th.getAttribute("aria-sort");
      const down = now ? now === "ascending" : numeric;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      all.sort(compare(column, down ? -1 : 1));
      choose();
    };
    heads.forEach((th, column) => {
      const label = th.querySelector("[data-sortable]");
      if (!label || all.length < 2) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "h";
      button.textContent = label.textContent;
      label.replaceWith(button);
      const numeric = /c-(figure|number)/.test(th.className);
      button.addEventListener("click", () => sort(column, th, numeric));
    });
    if (input) input.addEventListener("input", choose);
    if (select) select.addEventListener("change", choose);
    if (pager) {
      pager.querySelector(".before").addEventListener("click", () => { page -= 1; show(); });
      pager.querySelector(".after").addEventListener("click", () => { page += 1; show(); });
    }
    for (const part of [controls, pager]) if (part) part.hidden = false;
    if (controls || pager) show();
    if (pager && !("embedded" in table.dataset)) whole.push((all_) => { size = all_ ? all.length : PAGE; page = 0; show(); });
  };

  document.querySelectorAll("table.data").forEach(start);
  document.documentElement.classList.add("scripted");
  // Paper shows everything: what is folded is opened for printing, and folded again.
  let folded = [];
  addEventListener("beforeprint", () => {
    whole.forEach((lay) => lay(true));
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((d) => { d.open = true; });
  });
  addEventListener("afterprint", () => {
    folded.forEach((d) => { d.open = false; });
    whole.forEach((lay) => lay(false));
  });
})();
