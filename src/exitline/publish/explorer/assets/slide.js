// A line that is moved over the distribution: how many are below it, wherever it is drawn.
const SLIDE = { width: 640, height: 170, left: 8, right: 12, top: 12, bottom: 26 };
const drawSlide = () => {
  const box = byId("slide"), curve = DATA.slide;
  if (!curve || state.scope !== 0) { box.replaceChildren(); return; }
  const { width, height, left, right, top, bottom } = SLIDE;
  const last = curve.line.length - 1, most = Math.max(...curve.high);
  const x = (i) => left + ((width - left - right) * (curve.line[i] - curve.line[0])) / (curve.line[last] - curve.line[0]);
  const y = (value) => height - bottom - ((height - top - bottom) * value) / most;
  const svg = s("svg", { class: "lines slide", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", focusable: "false" });
  const all = curve.line.map((_, i) => i);
  svg.append(s("line", { class: "base", x1: left, x2: width - right, y1: y(0), y2: y(0) }));
  svg.append(s("path", { class: "band b0", d: `M${[...all.map((i) => `${x(i)} ${y(curve.high[i])}`), ...[...all].reverse().map((i) => `${x(i)} ${y(curve.low[i])}`)].join("L")}Z` }));
  svg.append(s("path", { class: "course b0", d: `M${all.map((i) => `${x(i)} ${y(curve.value[i])}`).join("L")}` }));
  for (const i of [0, curve.at, last]) svg.append(s("text", { x: x(i), y: height - 8, "text-anchor": i === 0 ? "start" : i === last ? "end" : "middle" }, T(curve.words[i])));
  svg.append(s("line", { class: "ref", x1: x(curve.at), x2: x(curve.at), y1: top, y2: height - bottom }));
  const now = s("line", { class: "moved", y1: top, y2: height - bottom }), point = shape("circle", 5, "point b0");
  svg.append(now, point);
  const said_ = h("output", { class: "slide-now", for: "slide-line" });
  const slider = h("input", { type: "range", id: "slide-line", min: 0, max: last, step: 1 });
  const words = (i) => w("slide_at", T(curve.words[i]), inDigits(curve.text[i]), inDigits(curve.interval[i]));
  const show = (i) => {
    for (const end of ["x1", "x2"]) now.setAttribute(end, x(i));
    point.setAttribute("transform", `translate(${x(i)} ${y(curve.value[i])})`);
    said_.textContent = words(i);
    slider.setAttribute("aria-valuetext", words(i));
  };
  slider.value = String(curve.at);
  slider.addEventListener("input", () => show(Number(slider.value)));
  show(curve.at);
  box.replaceChildren(h("figure", { class: "slide-figure" }, [
    h("figcaption", {}, h("label", { class: "tag", for: "slide-line" }, w("slide"))), said_, svg, slider,
    h("p", { class: "small" }, `${w("slide_usual", T(curve.words[curve.at]))}. ${w("slide_note")}`),
  ]));
};
onChange("scope language", drawSlide);
