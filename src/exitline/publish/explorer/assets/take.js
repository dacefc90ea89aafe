// What can be taken away of a view: its picture, its data, its address, a citation, code that embeds it.
const takePicture = () => {
  const text = sheetText(drawing()), image = new Image();
  image.onload = () => {
    const canvas = h("canvas", { width: image.width * 2, height: image.height * 2 });
    const ink = canvas.getContext("2d");
    ink.scale(2, 2);
    ink.drawImage(image, 0, 0);
    canvas.toBlob((blob) => saveAs(blob, "png"));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
};
const takeDrawing = () => saveAs(new Blob([sheetText(drawing())], { type: "image/svg+xml;charset=utf-8" }), "svg");
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
/** Where there is no picture, none can be taken. */
const markTake = () => { for (const key of ["take_png", "take_svg"]) document.querySelector(`[data-take=${key}]`).disabled = !drawing(); };
