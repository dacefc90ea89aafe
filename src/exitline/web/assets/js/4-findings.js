// What the picture shows, as sentences: only what the intervals bear out.
const pair = (figure) => state.lang === "zh" ? `${label(figure.area)}（${figure.text}）` : `${label(figure.area)} (${figure.text})`;

/** The finding of the estimates shown; where some are not shown, it speaks of the others alone. */
const finding = () => {
  const lacking = shownAreas.some((i) => { const f = figureOf(i); return !f || f.value === null; });
  return lacking ? W("title.shown", ofShown()) : ofShown();
};
const ofShown = () => {
  const known = shownAreas.map((i) => figureOf(i)).filter((f) => f && f.value !== null);
  const name = T(series().label);
  if (!known.length) return W("title.none", name);
  known.sort((a, b) => a.value - b.value);
  const [low, high] = [known[0], known.at(-1)];
  if (known.length === 1) return W("title.one", name, label(low.area), low.text);
  const spans = known.map((f) => reach(f));
  const overlap = Math.max(...spans.map((s) => s[0])) <= Math.min(...spans.map((s) => s[1]));
  if (overlap) return low.text === high.text ? W("title.range", name, pair(low), pair(high))
    : W("title.same", name, whole(known.length));
  const n = spans.length;
  const top = spans[n - 1][0] > Math.max(...spans.slice(0, n - 1).map((s) => s[1]));
  const bottom = spans[0][1] < Math.min(...spans.slice(1).map((s) => s[0]));
  if (top && bottom) return W("title.highlow", name, pair(high), pair(low));
  if (top) return W("title.high", name, pair(high));
  return bottom ? W("title.low", name, pair(low)) : W("title.range", name, pair(low), pair(high));
};

/** The finding of the decisions shown. */
const decided = () => {
  const counted = countOutcomes();
  return counted.cut ? W("title.listed", ofCounted(counted)) : ofCounted(counted);
};
const ofCounted = ({ numbers, total }) => {
  const many = T(D.levels[state.level].many).toLocaleLowerCase(state.lang);
  if (isRecord) return W("title.record", yearText(), whole(numbers[0]), whole(total), many);
  const asked = decisionsAt(state.level)?.d.criteria[state.criterion];
  return asked?.key ? W("title.criterion", whole(numbers[0]), whole(total), many, T(asked.label))
    : W("title.decisions", whole(numbers[0]), whole(total), many);
};

const placed = (text) => state.scope === 0 ? text : W("scope.in", label(state.scope), text);

/** Title, subtitle and what stands under the picture. */
const drawTitles = () => {
  const decisions = state.view === "decisions";
  $("#finding").textContent = placed(decisions ? decided() : finding());
  const asked = decisions ? decisionsAt(state.level)?.d.criteria[state.criterion] : null;
  const unit = decisions ? [asked ? T(asked.label) : "", asked ? T(asked.rule) : ""].filter(Boolean).join(": ")
    : listed(T(series().label), T(series().unit_words));
  $("#subtitle").textContent = large(yearText() ? W("subtitle", unit, yearText()) : unit);
  const parts = [];
  if (!decisions && T(series().line)) parts.push(large(T(series().line)));
  if (!decisions && !series().sampled && !isRecord) parts.push(W("answer.count"));
  if (D.standard) parts.push(T(D.standard.title));
  const source = D.sources[0];
  if (source) parts.push(`${W("source")}: ${T(source.title)}`);
  $("#under").textContent = parts.map((p) => p.replace(/[.。]$/, "")).join(state.lang === "zh" ? "。" : ". ");
  const found = decisions ? decisionsAt(state.level) : null;
  const total = found ? found.d.counts[0].reduce((x, y) => x + y, 0) : 0;
  $("#cut").textContent = found && total > found.d.area.length ? W("listed", whole(found.d.area.length), whole(total)) : "";
};

/** The first screen: the answer for the place where one is. */
const drawAnswer = () => {
  const figure = figureOf(state.scope);
  const counted = decidedLevels.size ? countOutcomes(state.view === "decisions" ? state.level : Math.max(...decidedLevels), state.scope, 0) : null;
  const big = $("#big");
  const place = state.scope === 0 && !isRecord ? "" : label(state.scope);
  if (isRecord || state.view === "decisions" || !figure) {
    const level = D.levels[state.view === "decisions" ? state.level : Math.max(...decidedLevels)];
    big.textContent = W("answer.record", whole(counted?.numbers[0] ?? 0), whole(counted?.total ?? 0));
    const many = T(level?.many).toLocaleLowerCase(state.lang);
    const words = isRecord ? W("answer.record.words", many, yearText()) : W("answer.decided.words", many);
    $("#meaning").textContent = placed(counted?.cut ? W("title.listed", words) : words);
    put($("#sure"), !isRecord && counted ? outcomeLine(counted) : null);
    return;
  }
  big.textContent = read(figure);
  $("#meaning").textContent = listed(T(series().label), place, yearText());
  const sure = [];
  if (figure.interval) sure.push(W("answer.interval", series().level, figure.interval), W("answer.sure", whole(figure.n)));
  else if (!series().sampled) sure.push(W("answer.count"));
  if (figure.reason) sure.push(T(figure.reason));
  if (figure.status === SUPPRESSED) sure.push(W("suppressed.why"));
  put($("#sure"), ...sure.map((text) => el("p", {}, text)));
};
const outcomeLine = (counted) => el("ul", { class: "legend" }, ...counted.numbers.map((n, outcome) =>
  n || outcome < 2 ? el("li", {}, icon(outcome), `${outcomeWord(outcome)}: ${whole(n)}`) : ""));
