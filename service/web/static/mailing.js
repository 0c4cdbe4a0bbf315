// A mailing that one can watch: the figures every two seconds, and the rest of the page when more than figures changed.
// Without this the page loads itself anew every five seconds.
"use strict";

const watch = document.querySelector("[data-live]");
const EVERY = 2000, SELDOM = 10000, SAMPLES = 150;
const speeds = [];
let fetchedAt = Date.now();

function show(figures) {
  for (const place of document.querySelectorAll("[data-text]")) {
    const text = figures.texts[place.dataset.text];
    if (text !== undefined && place.textContent !== text) place.textContent = text;
  }
  for (const part of figures.bar) {
    const rect = watch.querySelector(`[data-bar="${part.name}"]`);
    rect.setAttribute("x", part.begin);
    rect.setAttribute("width", part.width);
  }
  watch.querySelector("[role=progressbar]").setAttribute("aria-valuenow", figures.percent);
  document.title = document.title.replace(/^\d+ %/, `${figures.percent} %`);
  draw(figures.speed);
}

// The speed of the last five minutes, as a line.
function draw(speed) {
  speeds.push(speed);
  if (speeds.length > SAMPLES) speeds.shift();
  const line = watch.querySelector("[data-line] polyline");
  if (!line || speeds.length < 3) return;
  const most = Math.max(...speeds) * 1.15 || 1;
  const step = 600 / (speeds.length - 1);
  line.setAttribute("points", speeds.map((one, place) => `${(place * step).toFixed(1)},${(46 - 44 * one / most).toFixed(1)}`).join(" "));
}

// What changed beside the figures (a state, a failure, a button) is taken from the page itself, piece by piece; the piece that
// somebody is busy in stays as it is until they are done.
async function renew() {
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  let whole = true;
  for (const piece of document.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part="${piece.dataset.part}"]`);
    if (!other || piece.innerHTML === other.innerHTML) continue;
    if (piece.contains(document.activeElement)) whole = false;
    else piece.innerHTML = other.innerHTML;
  }
  const now = fresh.querySelector("[data-live]");
  watch.className = now.className;
  watch.toggleAttribute("data-running", now.hasAttribute("data-running"));
  document.title = fresh.title;
  if (whole) watch.dataset.changes = now.dataset.changes;
  fetchedAt = Date.now();
}

async function look() {
  const asked = Date.now();
  if (!document.hidden) {
    const answer = await fetch(watch.dataset.live).catch(() => null);
    if (answer && answer.ok && !answer.redirected) {
      const figures = await answer.json();
      show(figures);
      const turned = figures.running !== watch.hasAttribute("data-running");
      if (figures.changes !== watch.dataset.changes && (turned || Date.now() - fetchedAt > SELDOM)) await renew();
    }
  }
  // One that does not run may be resumed by a colleague, or from the command line. A million takes a moment to count: then less often.
  setTimeout(look, watch.hasAttribute("data-running") ? Math.max(EVERY, 10 * (Date.now() - asked)) : SELDOM);
}
if (watch) setTimeout(look, EVERY);
