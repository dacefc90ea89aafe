// Finding an area by its name in any language: a combobox with a list, after the ARIA practices.
const FOLDED = []; // of each area, its names folded
const foldedNames = (area) => (FOLDED[area] ??= [...new Set(namesOf(area).map(folded))].filter(Boolean));
const rank = (area, wanted) => {
  let best = 9;
  for (const text of foldedNames(area)) {
    const at = text.indexOf(wanted);
    if (at < 0) continue;
    const grade = text === wanted ? 0 : at === 0 ? 1 : /[\s\-_/(]/.test(text[at - 1]) ? 2 : 3;
    if (grade < best) best = grade;
  }
  return best;
};
const RESULTS = 12;
const found = (text) => {
  const wanted = folded(text.trim());
  if (!wanted) return { all: 0, list: [] };
  const hits = [];
  for (let area = 0; area < COUNT; area++) {
    const grade = rank(area, wanted);
    if (grade < 9) hits.push([grade, A.level[area], area]);
  }
  hits.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  return { all: hits.length, list: hits.slice(0, RESULTS).map((hit) => hit[2]) };
};
/** Where an area lies, in words: "County, Hebei". */
const whereabouts = (area) => {
  const kind = A.level[area] < 0 ? "" : T(DATA.levels[A.level[area]].title);
  const way = path(area).slice(1, -1).map(name);
  return [kind, ...way.reverse()].filter(Boolean).join(", ");
};
/** A combobox; `chosen(area)` is called with what is picked. */
const combobox = (id, label, chosen) => {
  const input = h("input", { id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list` });
  const list = h("ul", { id: `${id}-list`, role: "listbox", class: "options", hidden: true });
  const box = h("div", { class: "field combobox" }, [h("label", { for: id, id: `${id}-label` }), h("div", { class: "combobox-frame" }, [input, list])]);
  let hits = [], at = -1;
  const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at >= 0 && hits.length) { input.setAttribute("aria-activedescendant", `${id}-${at}`); list.children[at].scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  };
  const take = (index) => { const area = hits[index]; close(); if (area !== undefined) chosen(area, input); };
  const open = () => {
    const { all, list: areas } = found(input.value);
    hits = areas;
    if (!input.value.trim()) { close(); return; }
    list.replaceChildren(...hits.map((area, i) => h("li", { id: `${id}-${i}`, role: "option", "aria-selected": "false", onpointerdown: (event) => event.preventDefault(), onclick: () => take(i) }, [
      bdi(name(area)), h("span", { class: "small" }, whereabouts(area)),
    ])));
    if (!hits.length) list.append(h("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, w("no_results")));
    if (all > hits.length) list.append(h("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, w("and_more", number(all - hits.length))));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(-1);
    announce(all === 1 ? w("result") : w("results", number(all)));
  };
  input.addEventListener("input", open);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      if (hits.length) mark(at < 0 ? (event.key === "ArrowDown" ? 0 : hits.length - 1) : (at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length);
    } else if (event.key === "Enter" && !list.hidden) { event.preventDefault(); take(Math.max(at, 0)); }
    else if (event.key === "Escape") { event.stopPropagation(); if (list.hidden) input.value = ""; close(); }
  });
  input.addEventListener("blur", close);
  onChange("language", () => { byId(`${id}-label`).textContent = w(label); list.setAttribute("aria-label", w(label)); input.placeholder = w("search_hint"); });
  return box;
};
/** Go to where an area can be seen, and put the focus on it. */
const visit = (area) => {
  if (area === 0) { change({ scope: 0, area: null }, () => w("shown_now", name(0))); return; }
  const level = A.level[area];
  const view = has[state.view][level] ? state.view : VIEWS.find((kind) => has[kind][level]) ?? state.view;
  change({ view, scope: A.within[area], level, area, words: "", outcome: "" }, () => `${w("shown_now", name(area))}. ${finding()}`);
  const index = items.findIndex((item) => item.area === area);
  if (index >= 0) setActive(index, true);
};
