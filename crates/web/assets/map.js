// The maps of a page. Nothing here is needed to read the page: whatever a map shows stands beside it as text, and what is
// drawn goes into a field that can be typed into.
//
//   <div class="map" data-map="show"  data-geojson='…'>               one or several shapes, to look at
//   <div class="map" data-map="edit"  data-input="ID" data-shape="…"> draws into the field with this id (WKT)
//   <div class="map" data-map="page"  data-config='…'>                the map's own page
//
// All have data-library, data-worker and data-css (where MapLibre is), data-tiles (the base map's tiles) and data-words.
// MapLibre is fetched when the first map comes into view. It draws letters with the system's fonts, so there is no server
// of glyphs; its worker is a file of ours, so the policy needs no blob: and no eval.
import { show } from "./map-show.js";
import { edit } from "./map-edit.js";
import { page } from "./map-page.js";

const KINDS = { show, edit, page };

async function begin(element) {
  if (element.dataset.begun) return;
  element.dataset.begun = "yes";
  try {
    await KINDS[element.dataset.map](element);
  } catch (error) {
    // No WebGL, no module worker, no network: the page is complete without its picture, but says why there is none.
    console.error(error);
    const words = JSON.parse(element.dataset.words || "{}");
    const note = document.createElement("p");
    note.className = "map-trouble";
    note.textContent = words.trouble || "The map could not be drawn.";
    element.replaceChildren(note);
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    begin(target);
  }
}, { rootMargin: "200px" });
const watch = (root) => { for (const element of root.querySelectorAll("[data-map]")) seen.observe(element); };
document.addEventListener("replaced", (event) => watch(event.target));
watch(document);
