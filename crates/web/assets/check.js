// Through the marks of a checked text by keys (N, P) and buttons; each shows what is said of it. Without it every mark
// is a link to its claim, and every claim one to its mark.

const walk = document.querySelector("[data-check-walk]");
const marks = [...document.querySelectorAll("[data-mark]")];
const place = document.querySelector("[data-check-place]");

const show = (mark, focus) => {
  for (const one of document.querySelectorAll(".mark[aria-current], .claim[aria-current]")) one.removeAttribute("aria-current");
  mark.setAttribute("aria-current", "true");
  const claim = document.getElementById(mark.hash.slice(1));
  claim?.setAttribute("aria-current", "true");
  claim?.scrollIntoView({ block: "nearest" });
  if (focus) {
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "center" });
  }
  place.textContent = `${marks.indexOf(mark) + 1} / ${marks.length}`;
};

if (walk && marks.length) {
  walk.classList.add("ready");
  // Behind the last mark of a part of a long text comes the next part.
  const onward = document.querySelector(".pager a[rel=next]");
  let at = -1;
  for (const button of walk.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      if (onward && button.value === "1" && at === marks.length - 1) return onward.click();
      at = (at + Number(button.value) + marks.length + (at < 0 && button.value === "-1" ? 1 : 0)) % marks.length;
      show(marks[at], true);
    });
  }
  for (const [index, mark] of marks.entries()) {
    mark.addEventListener("focus", () => { at = index; show(mark, false); });
    // Where both stand beside each other nothing has to jump.
    mark.addEventListener("click", (event) => {
      if (!matchMedia("(min-width: 60rem)").matches) return;
      event.preventDefault();
      at = index;
      show(mark, true);
    });
  }
  // A claim leads to its place in the text.
  document.querySelector(".check-claims")?.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const mark = link && marks.find((one) => `#${one.id}` === link.getAttribute("href"));
    if (!mark) return;
    event.preventDefault();
    at = marks.indexOf(mark);
    show(mark, true);
  });
}
