"use strict";
// Requests to try: the page says all without it.
const MOST = 20000;
for (const span of document.querySelectorAll(".here")) span.textContent = location.origin;

function address(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) query.append(name, value.trim());
  const said = query.toString().replaceAll("%40", "@").replaceAll("%3A", ":");
  return form.dataset.path + (said ? "?" + said : "");
}

async function ask(form) {
  const under = form.querySelector(".answered");
  const shown = document.createElement("pre");
  const line = document.createElement("p");
  shown.tabIndex = 0;
  try {
    const answer = await fetch(address(form));
    const text = await answer.text();
    const json = (answer.headers.get("Content-Type") || "").includes("json");
    const said = json ? JSON.stringify(JSON.parse(text), null, 2) : text;
    line.textContent = answer.ok ? "Answer" : "Not answered (" + answer.status + ")";
    shown.textContent = said.length > MOST ? said.slice(0, MOST) + "\n…" : said;
  } catch {
    line.textContent = "The server cannot be reached. Is it still running?";
  }
  line.className = "label";
  under.replaceChildren(line, ...(shown.textContent ? [shown] : []));
}

for (const form of document.querySelectorAll("form")) {
  const link = form.querySelector(".asked");
  for (const field of form.querySelectorAll("select, input, .actions")) field.hidden = false;
  for (const told of form.querySelectorAll("select")) told.previousElementSibling.hidden = true;
  form.addEventListener("input", () => {
    link.textContent = address(form);
    link.href = address(form);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll(".columns")) part.open = true;
});
