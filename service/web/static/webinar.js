// What speaks against a moment is asked again while it is chosen. Without this script it stands on the webinar's page.
"use strict";

const place = document.querySelector("[data-moment]");
const PAUSE = 300;
let asked = 0;
let waiting;

async function weigh() {
  const mine = ++asked;
  const typed = new FormData(place.closest("form"));
  const wanted = new URLSearchParams();
  for (const name of ["day", "starts", "ends"]) wanted.set(name, typed.get(name) || "");
  for (const tag of typed.getAll("tags")) wanted.append("tags", tag);
  if (place.dataset.webinar) wanted.set("webinar", place.dataset.webinar);
  const answer = await fetch(`${place.dataset.moment}?${wanted}`).catch(() => null);
  if (mine !== asked || !answer || !answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...fresh.body.childNodes);
}

if (place) {
  place.closest("form").addEventListener("change", (event) => {
    if (!["day", "starts", "ends", "tags"].includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(weigh, PAUSE);
  });
  weigh();
}
