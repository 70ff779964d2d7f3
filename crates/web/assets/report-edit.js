// The editor of reports: a draft and a preview a moment after the last key, figures put in where the cursor is, and
// faults that lead to their place. Without it the buttons do the same with a page each.

const text = document.getElementById("report-text");
const form = text?.form;
const look = document.querySelector("[data-report-look]");
const kept = document.querySelector("[data-report-kept]");
const csrf = form?.elements.csrf?.value;

const post = (address) => fetch(address, {
  method: "POST",
  headers: { accept: "application/json", "x-csrf-token": csrf },
  body: new URLSearchParams({ text: text.value, base: base() }),
});
// The box of a conflict says on top of which version.
const base = () => new FormData(form).get("upon") ?? new FormData(form).get("base");

if (text && form && look) {
  let shown = text.value;
  let saved = text.value;
  let turn = 0;
  let wait;
  let keep;

  const preview = async () => {
    if (text.value === shown) return;
    const now = ++turn;
    const typed = text.value;
    look.setAttribute("aria-busy", "true");
    try {
      const answer = await post(text.dataset.preview);
      if (now !== turn) return;
      if (answer.ok) {
        const { html } = await answer.json();
        const at = look.scrollTop;
        look.innerHTML = html;
        look.scrollTop = at;
        shown = typed;
      }
    } catch { /* The preview stays as it was; the draft's line tells of the connection. */ }
    if (now === turn) look.removeAttribute("aria-busy");
  };

  const draft = async () => {
    if (text.value === saved) return;
    const typed = text.value;
    try {
      const answer = await post(text.dataset.draft);
      if (!answer.ok) throw new Error();
      const { kept: at } = await answer.json();
      saved = typed;
      kept.textContent = `${text.dataset.kept} ${at}`;
    } catch {
      kept.textContent = text.dataset.unkept;
      clearTimeout(keep);
      keep = setTimeout(draft, 5000);
    }
  };

  text.addEventListener("input", () => {
    clearTimeout(wait);
    clearTimeout(keep);
    wait = setTimeout(preview, 600);
    keep = setTimeout(draft, 1000);
  });
  addEventListener("online", draft);
  document.addEventListener("visibilitychange", () => { if (document.hidden) draft(); });
  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("beforeunload", (event) => { if (!sent && text.value !== saved) event.preventDefault(); });

  // A figure found by name goes where the cursor is.
  form.addEventListener("suggested", (event) => {
    const { call } = event.detail;
    if (!call) return;
    event.target.value = "";
    text.focus();
    text.setRangeText(call, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // Enter in the field of search looks for a figure; it does not send the form.
  form.elements.find?.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) event.preventDefault(); });

  // A fault leads to its place.
  look.addEventListener("click", (event) => {
    const place = event.target.closest("[data-select]")?.dataset.select;
    if (!place) return;
    const [start, end] = place.split(",").map(Number);
    text.focus();
    text.setSelectionRange(start, Math.max(end, start));
    // Browsers scroll to a selection only when something is typed: the line's share of the text is near enough.
    const share = text.value.slice(0, start).length / Math.max(1, text.value.length);
    text.scrollTop = Math.max(0, share * text.scrollHeight - text.clientHeight / 3);
  });
}
