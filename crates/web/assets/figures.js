// The slider over the months of a figure: moving it says the day, letting it go asks for it.
for (const slider of document.querySelectorAll("[data-as-of]")) {
  const input = slider.querySelector("input");
  const output = slider.querySelector("output");
  const first = Number(slider.dataset.first);
  const day = () => {
    const months = Number(input.value);
    // The last day of the month: the day before the next one's first.
    return new Date(Date.UTC(first + Math.floor(months / 12), (months % 12) + 1, 0)).toISOString().slice(0, 10);
  };
  input.addEventListener("input", () => {
    output.textContent = day();
  });
  input.addEventListener("change", () => {
    const to = new URL(slider.dataset.asOf, location.href);
    to.searchParams.set("period", day().slice(0, 4));
    to.searchParams.set("as_of", day());
    location.assign(to);
  });
  slider.classList.add("ready");
}
