// What can be taken away of a view: its picture, its data, its address, a citation, code that embeds it.
const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "font-family", "text-anchor", "dominant-baseline", "visibility", "display"];
const drawing = () => [...byId("picture").querySelectorAll("svg")].find((svg) => { const box = svg.getBoundingClientRect(); return box.width > 200 && box.height > 100; }) ?? null;
/** The picture as a file of its own: what it looks like is written into it, with title and source. */
const pictureText = (svg) => {
  const copy = svg.cloneNode(true), box = svg.getBoundingClientRect();
  const from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((node, i) => {
    const style = getComputedStyle(node);
    to[i].removeAttribute("class");
    for (const key of LOOK) to[i].setAttribute(key, style.getPropertyValue(key)); // no style attribute: the page's policy bars them
  });
  const page = getComputedStyle(document.body), size = 15, wide = Math.ceil(box.width), margin = 64;
  const text = (words, y, weight) => s("text", { x: 8, y, "font-family": "sans-serif", "font-size": size, "font-weight": weight, fill: page.color }, words);
  copy.setAttribute("x", "0"); copy.setAttribute("y", "44");
  copy.setAttribute("width", String(wide)); copy.setAttribute("height", String(Math.ceil(box.height)));
  const lines = [""]; // the source, in lines that fit
  for (const word of joined([sourceText(), yearNow()]).split(" ")) {
    if (lines.at(-1).length + word.length > wide / 7.5) lines.push("");
    lines[lines.length - 1] += `${word} `;
  }
  const bottom = Math.ceil(box.height) + margin;
  const patterns = document.querySelector("svg.defs defs").cloneNode(true);
  const sheet = s("svg", { xmlns: SVG, width: wide, height: bottom + 20 * lines.length + 8, role: "img", "aria-label": finding() }, [
    patterns, s("rect", { width: "100%", height: "100%", fill: page.backgroundColor === "rgba(0, 0, 0, 0)" ? "#fff" : page.backgroundColor }),
    text(finding(), 26, "bold"), copy, ...lines.map((line, i) => text(line, bottom + 8 + 20 * i, "normal")),
  ]);
  return new XMLSerializer().serializeToString(sheet);
};
const takePicture = () => {
  const svg = drawing();
  if (!svg) { announce(w("no_picture")); return; }
  const text = pictureText(svg), image = new Image();
  image.onload = () => {
    const canvas = h("canvas", { width: image.width * 2, height: image.height * 2 });
    const ink = canvas.getContext("2d");
    ink.scale(2, 2);
    ink.drawImage(image, 0, 0);
    canvas.toBlob((blob) => saveAs(blob, "png"));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
};
const takeDrawing = () => {
  const svg = drawing();
  if (svg) saveAs(new Blob([pictureText(svg)], { type: "image/svg+xml;charset=utf-8" }), "svg");
  else announce(w("no_picture"));
};
const citation = () => `${T(DATA.title)}. ${joined([finding(), yearNow()])}. ${sourceText() ? `${w("sources")}: ${sourceText()}. ` : ""}${w("made")} ${DATA.software}. ${location.href}`;
const embedding = () => `<iframe src="${location.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}" title="${T(DATA.title).replaceAll("&", "&amp;").replaceAll('"', "&quot;")}" width="100%" height="760" loading="lazy"></iframe>`;
/** Text to be taken: shown, chosen, and copied where the browser allows it. */
const offer = (key, text) => {
  const field = byId("take-text");
  field.hidden = false;
  field.setAttribute("aria-label", w(key));
  field.value = text;
  field.focus();
  field.select();
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => announce(w("copied")), () => {});
};
const drawTake = () => {
  const act = (key, take) => button(w(key), { "data-take": key, onclick: take });
  byId("take").replaceChildren(
    h("div", { class: "segments", role: "group", "aria-label": w("take") }, [
      act("take_png", takePicture), act("take_svg", takeDrawing), act("take_data", download),
      act("take_link", () => offer("take_link", location.href)), act("take_citation", () => offer("take_citation", citation())),
      act("take_embed", () => offer("take_embed", embedding()))]),
    h("textarea", { id: "take-text", readonly: true, rows: 3, hidden: true, "aria-label": w("take") }),
  );
};
onChange("language", drawTake);
