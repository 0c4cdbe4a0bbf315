// The builder of a segment: who is meant is counted again while one chooses, and a button changes the form without a new page.
// Without this script each button loads the page anew with what was chosen.
"use strict";

const form = document.querySelector("[data-segment]");
const PAUSE = 250;
let asked = 0;
let waiting;

async function send(button) {
  const mine = ++asked;
  clearTimeout(waiting);
  const fields = new FormData(form);
  fields.set("act", button ? button.value : "show");
  const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" }).catch(() => null);
  if (mine !== asked) return; // somebody went on choosing
  if (!answer || !answer.ok) {
    if (button) {
      form.dataset.refused = "yes"; // the server says on a page of its own what is wrong
      form.requestSubmit(button);
    }
    return;
  }
  show(new DOMParser().parseFromString(await answer.text(), "text/html"), Boolean(button));
}

// Put the answer in place; what was unfolded stays so, and the focus stays where it was.
function show(fresh, built) {
  const focused = document.activeElement && document.activeElement.id;
  const open = built ? [] : [...form.querySelectorAll("details[open]")].map((one) => one.id);
  for (const name of ["build", "meant"]) {
    const other = fresh.querySelector(`[data-part="${name}"]`);
    if (other) document.querySelector(`[data-part="${name}"]`).replaceChildren(...other.childNodes);
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  const place = (focused && document.getElementById(focused)) || form.querySelector("[data-part=build] select");
  if (place && focused) place.focus({ preventScroll: Boolean(document.getElementById(focused)) });
}

if (form) {
  form.addEventListener("change", (event) => {
    if (event.target.name === "name" || event.target.name.startsWith("new")) return;
    clearTimeout(waiting);
    asked += 1;
    waiting = setTimeout(() => send(), PAUSE);
  });
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || button.value === "save" || form.dataset.refused) return;
    event.preventDefault();
    form.querySelector("[data-part=build]").setAttribute("aria-busy", "true");
    send(button).finally(() => form.querySelector("[data-part=build]").removeAttribute("aria-busy"));
  });
}
