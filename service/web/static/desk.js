// Small comforts of the desk. Every page works without them.
"use strict";

// Keys, only while a message of the inbox (or something in it) has the focus.
const items = [...document.querySelectorAll("[data-item]")];
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const item = event.target.closest("[data-item]");
  if (!item) return;
  const place = items.indexOf(item);
  const next = { j: items[place + 1], k: items[place - 1] }[event.key];
  if (next) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    event.preventDefault();
    return;
  }
  const link = event.key === "o" && item.querySelector("h2 a");
  const button = link || item.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
    || (event.key === "u" && document.querySelector('.undo [data-key="u"]'));
  if (button) {
    button.click();
    event.preventDefault();
  }
}
document.addEventListener("keydown", pressed);

// One message can be reached with Tab; from there j and k go on. After an act the next message has the focus.
if (items.length) items[0].tabIndex = 0;
const here = location.hash && document.getElementById(location.hash.slice(1));
if (here && here.matches("[data-item]")) here.focus({ preventScroll: false });

// A municipality is suggested while one types.
for (const field of document.querySelectorAll("[data-suggest]")) {
  const list = document.getElementById(field.getAttribute("list"));
  let asked = 0;
  field.addEventListener("input", async () => {
    const mine = ++asked;
    if (field.value.trim().length < 2) return;
    const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(field.value)}`).catch(() => null);
    if (!answer || !answer.ok || mine !== asked) return;
    const found = await answer.json();
    const names = (Array.isArray(found) ? found : found.organisations || []).map((one) => one.name);
    list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
  });
}

// While mail is leaving, the page looks again by itself, unless somebody is busy on it.
const leaving = document.querySelector("[data-refresh]");
if (leaving) {
  setInterval(() => {
    const busy = document.activeElement && document.activeElement !== document.body;
    if (!busy && !document.hidden) location.reload();
  }, 1000 * Number(leaving.dataset.refresh));
}
