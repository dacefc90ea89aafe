// The picture as a file of its own: finding, picture, its key and the source, with their look written in.
const INHERITED = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order", "font-size", "font-weight", "font-family", "text-anchor", "visibility"];
const OWN = { opacity: "1", "dominant-baseline": "auto", "vector-effect": "none" };
/** A drawing with its look as attributes: the page's policy bars style attributes. */
const dressed = (svg) => {
  const copy = svg.cloneNode(true), to = [copy, ...copy.querySelectorAll("*")];
  [svg, ...svg.querySelectorAll("*")].forEach((node, i) => {
    const style = getComputedStyle(node), above = i ? getComputedStyle(node.parentNode) : null;
    to[i].removeAttribute("class");
    for (const key of INHERITED) if (!above || style.getPropertyValue(key) !== above.getPropertyValue(key)) to[i].setAttribute(key, style.getPropertyValue(key));
    for (const [key, usual] of Object.entries(OWN)) if (style.getPropertyValue(key) !== usual) to[i].setAttribute(key, style.getPropertyValue(key));
    for (const key of ["tabindex", "role", "aria-current", "aria-hidden", "focusable"]) to[i].removeAttribute(key);
  });
  return copy;
};
const textAt = (words, x, y, style) => s("text", { x: x.toFixed(1), y: y.toFixed(1), fill: style.color, "font-size": style.fontSize, "font-weight": style.fontWeight, "font-style": style.fontStyle, "font-family": "sans-serif" }, words);
/** The words of a text node, line by line, where they stand. */
const tracedText = (node, style, origin) => {
  const lines = [], range = document.createRange();
  for (const word of node.data.matchAll(/\S+/g)) {
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const box = range.getBoundingClientRect(), last = lines.at(-1);
    if (!box.width) continue;
    if (last && Math.abs(last.box.top - box.top) < 3) last.words += ` ${word[0]}`;
    else lines.push({ box, words: word[0] });
  }
  return lines.map(({ box, words }) => textAt(words, box.left - origin.left, box.bottom - origin.top - 0.26 * box.height, style));
};
/** Elements of the page as they stand: grounds, edges, marks and words. */
const traced = (node, origin) => {
  if (node.nodeType === Node.TEXT_NODE) return tracedText(node, getComputedStyle(node.parentNode), origin);
  const box = node.getBoundingClientRect(), style = getComputedStyle(node);
  if (!box.width || style.visibility === "hidden") return [];
  const place = { x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height };
  if (node.namespaceURI === SVG) return [dress(dressed(node), { ...place, overflow: "visible" })]; // a name may reach over its edge
  const edge = Number.parseFloat(style.borderTopWidth) ? style.borderTopColor : "none", left = Number.parseFloat(style.borderLeftWidth);
  const parts = style.backgroundColor === "rgba(0, 0, 0, 0)" && edge === "none" ? [] : [s("rect", { ...place, rx: 2, stroke: edge, fill: style.backgroundColor === "rgba(0, 0, 0, 0)" ? "none" : style.backgroundColor })];
  if (style.backgroundImage !== "none") parts.push(s("rect", { ...place, fill: "url(#hatch)" }));
  if (left > 2) parts.push(s("rect", { ...place, width: left, fill: style.borderLeftColor }));
  return [...parts, ...[...node.childNodes].flatMap((child) => traced(child, origin))];
};
/** Words in lines of about so many pixels. */
const wrapped = (words, wide, size) => {
  const lines = [""], each = /\p{Script=Han}/u.test(words) ? size : 0.54 * size;
  for (const word of words.match(/\p{Script=Han}|[^\s\p{Script=Han}]+\s*/gu) ?? []) {
    if ((lines.at(-1).length + word.length) * each > wide) lines.push("");
    lines[lines.length - 1] += word;
  }
  return lines;
};
/** What the view shows as a picture: a drawing, or tiles. */
const drawing = () => byId("picture").querySelector("svg.dots, .tiles");
const keyParts = () => [...byId("legend").querySelectorAll(":scope > .tag, .legend li, .stack, .outcomes button:not([data-value=''])")];
const sheetText = (shown) => {
  const page = getComputedStyle(document.documentElement), soft = getComputedStyle(byId("subtitle")).color, margin = 12;
  const picture = shown.getBoundingClientRect(), key = keyParts(), frame = byId("legend").getBoundingClientRect();
  const wide = Math.ceil(Math.max(picture.width, frame.width)), parts = [];
  let y = 0;
  const write = (words, size, weight, color) => { for (const line of wrapped(words, wide, size)) { y += 1.35 * size; parts.push(textAt(line, 0, y, { color, fontSize: size, fontWeight: weight, fontStyle: "normal" })); } };
  const piece = (nodes, origin, height) => { parts.push(s("g", { transform: `translate(0 ${y.toFixed(1)})` }, nodes.flatMap((node) => traced(node, origin)))); y += height; };
  write(finding(), 18, 700, page.color);
  write(subtitle(), 13, 400, soft);
  y += 12;
  piece([shown], { left: picture.left - (wide - picture.width) / 2, top: picture.top }, picture.height + 14);
  if (key.length) piece(key, frame, frame.height + 4);
  write(sourceWords(), 12, 400, soft);
  const sheet = s("svg", { xmlns: SVG, width: wide + 2 * margin, height: Math.ceil(y + 2 * margin), role: "img", "aria-label": finding() }, [
    document.querySelector("svg.defs defs").cloneNode(true), s("rect", { width: "100%", height: "100%", fill: page.backgroundColor }),
    s("g", { transform: `translate(${margin} ${margin / 2})` }, parts),
  ]);
  for (const [i, path] of [...sheet.querySelectorAll("defs path")].entries()) {
    const style = getComputedStyle(document.querySelectorAll("svg.defs defs path")[i]);
    for (const name of ["fill", "stroke", "stroke-width"]) path.setAttribute(name, style.getPropertyValue(name));
  }
  return new XMLSerializer().serializeToString(sheet);
};
