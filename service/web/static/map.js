// A map that is wider than the screen opens at the middle of the country, and not at the empty sea to the west.
// Without this script it opens at its left edge.
"use strict";

for (const map of document.querySelectorAll(".map[data-centre]")) {
  map.scrollLeft = map.scrollWidth * Number(map.dataset.centre) - map.clientWidth / 2;
}
