// What every page gains from a script; nothing needs it. One module, no dependencies, no inline handlers.

const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (target, type, act, options) => target.addEventListener(type, act, options);
const typing = (element) => element?.closest?.("input, textarea, select, [contenteditable]");

// Keys: "/" to the search, what a button names in data-key presses it, j and k walk through a table's rows.
on(document, "keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.key.length === 1 ? event.key.toUpperCase() : event.key}`;
  if (event.key === "Escape") {
    for (const menu of $$("details[data-menu][open]")) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    }
    return;
  }
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && typing(event.target)) return;
  const target = $$("[data-key]").find((one) => one.dataset.key.toUpperCase() === key.toUpperCase() && one.offsetParent);
  if (target) {
    event.preventDefault();
    if (target.matches("input")) { target.focus(); target.select(); } else target.click();
  } else if (plain && (key === "J" || key === "K")) {
    const rows = $$("table[data-rows] tr[data-row]");
    const next = rows[rows.indexOf(document.activeElement?.closest?.("tr")) + (key === "J" ? 1 : -1)];
    next?.querySelector("a")?.focus();
  }
});

// A menu closes when something else is pressed.
on(document, "click", (event) => {
  for (const menu of $$("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

// The whole row leads where its first link leads; text can still be selected, other controls still work.
on(document, "click", (event) => {
  const row = event.target.closest?.("tr[data-row]");
  if (!row || event.target.closest("a, button, input, label, summary, select") || String(getSelection())) return;
  const link = row.querySelector("a[href]");
  if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
  else link?.click();
});

/** Gives the elements of a page, or of a part that has come later, what they gain from the script. */
function enliven(root) {
  // The summary of faults takes the focus, so that it is read out and the next Tab leads into it.
  $$("[data-focus]", root)[0]?.focus();

  // A box in the heading ticks all boxes of a table.
  for (const all of $$("input[data-all]", root)) {
    const boxes = $$(`input[name="${CSS.escape(all.dataset.all)}"]`, all.closest("table"));
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    };
    all.hidden = boxes.length === 0;
    on(all, "change", () => { for (const box of boxes) box.checked = all.checked; });
    for (const box of boxes) on(box, "change", show);
    show();
  }

  // Copying.
  for (const button of $$("[data-copy]", root)) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    on(button, "click", async (event) => {
      event.preventDefault();
      const words = button.querySelector("span");
      const before = words.textContent;
      await navigator.clipboard.writeText(button.parentElement.querySelector("code, pre, input")?.textContent ?? "");
      words.textContent = button.dataset.copy;
      setTimeout(() => { words.textContent = before; }, 2000);
    });
  }

  // Suggestions while typing: a combobox (WAI-ARIA) over [{value, label, note, href}].
  for (const input of $$("input[data-suggest]", root)) {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `${input.id}-suggestions`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels?.[0]?.textContent?.trim() || input.placeholder);
    input.parentElement.append(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) input.setAttribute(name, value);
    let at = -1, wait, asked = 0, items = [];
    const close = () => {
      // What was asked for and has not come yet must not open the list again.
      clearTimeout(wait);
      asked += 1;
      list.hidden = true; at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (next) => {
      at = next;
      [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    };
    const take = (item) => {
      close();
      if (item.href) { location.assign(item.href); return; }
      input.value = item.value ?? item.label;
      input.dispatchEvent(new CustomEvent("suggested", { bubbles: true, detail: item }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const ask = async () => {
      const words = input.value.trim();
      if (!words) return close();
      const turn = ++asked;
      const address = new URL(input.dataset.suggest, location.href);
      address.searchParams.set("q", words);
      let found;
      try {
        const answer = await fetch(address, { headers: { accept: "application/json" } });
        found = answer.ok ? await answer.json() : [];
      } catch { found = []; }
      if (turn !== asked || document.activeElement !== input) return;
      items = found;
      list.replaceChildren(...items.map((item, place) => {
        const line = document.createElement("li");
        line.id = `${list.id}-${place}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        for (const text of [item.label, item.note]) {
          if (!text) continue;
          const part = document.createElement("span");
          part.textContent = text;
          line.append(part);
        }
        on(line, "mousedown", (event) => { event.preventDefault(); take(item); });
        return line;
      }));
      list.hidden = items.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      mark(-1);
    };
    on(input, "input", () => { clearTimeout(wait); wait = setTimeout(ask, 120); });
    on(input, "blur", close);
    on(input, "keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") {
        if (!list.hidden) event.preventDefault();
        close();
      }
      else if (event.key === "Enter" && at >= 0) { event.preventDefault(); take(items[at]); }
      else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
        event.preventDefault();
        const count = items.length + 1;
        mark(((at + 1 + (event.key === "ArrowDown" ? 1 : count - 1)) % count) - 1);
      }
    });
  }

  // A form is judged by the server when a field is left, by the rule that judges it when it is sent. Fields not yet
  // visited are not complained about.
  for (const form of $$("form[data-validate]", root)) {
    const visited = new Set();
    let turn = 0;
    const judge = async (name) => {
      visited.add(name);
      const now = ++turn;
      const data = new FormData(form);
      for (const [key, value] of [...data]) if (value instanceof File) data.delete(key);
      try {
        const answer = await fetch(form.dataset.validate, { method: "POST", body: new URLSearchParams(data), headers: { accept: "application/json" } });
        if (!answer.ok || now !== turn) return;
        const { errors = {} } = await answer.json();
        for (const one of visited) showError(form, one, errors[one]);
      } catch { /* Without a connection the form is judged when it is sent. */ }
    };
    on(form, "focusout", (event) => {
      const name = event.target.closest?.("[data-field]")?.dataset.field;
      if (name && event.relatedTarget?.closest?.("[data-field]")?.dataset.field !== name) judge(name);
    });
    // What is drawn on a map stands in a field that is never left.
    on(form, "judge", (event) => judge(event.target.closest("[data-field]").dataset.field));
  }

  // Files: dropped, chosen or photographed. Where there may be several, they add up, each with its preview and a button that
  // takes it back; a photograph joins the others, so that the next one does not take its place.
  for (const zone of $$("[data-drop]", root)) {
    const input = zone.querySelector("input");
    for (const [type, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) on(zone, type, () => zone.classList.toggle("over", over));
    const field = zone.closest("[data-field]") ?? zone;
    const list = field.querySelector("[data-files]");
    let held = [];
    const hold = (files) => {
      const all = new DataTransfer();
      for (const file of files) all.items.add(file);
      held = files;
      input.files = all.files;
      for (const image of $$("img", list ?? field)) URL.revokeObjectURL(image.src);
      list?.replaceChildren(...files.map((file) => fileLine(file, list.dataset.files, () => {
        hold(held.filter((one) => one !== file));
        input.focus();
      })));
    };
    on(field, "change", ({ target }) => {
      if (target.type !== "file") return;
      const chosen = [...target.files];
      if (target !== input) target.value = "";
      const known = (file) => held.some((one) => one.name === file.name && one.size === file.size && one.lastModified === file.lastModified);
      hold(input.multiple ? [...held, ...chosen.filter((file) => !known(file))] : chosen);
    });
  }

  // A form with files, or with a draft, is sent from where it stands: the page stays until there is an answer, so that nothing
  // is lost with the connection. Other forms, and all of them without this script, are sent the plain way.
  for (const form of $$("form[data-upload], form[data-draft]", root)) {
    on(form, "submit", (event) => {
      const files = $$("input[type=file]", form).flatMap((one) => [...one.files]);
      const large = files.reduce((sum, file) => sum + file.size, 0) >= 262144;
      if (event.defaultPrevented || !(large || form.dataset.draft)) return;
      event.preventDefault();
      if (form.dataset.sent) return;
      busy(form, event.submitter);
      send(form, event.submitter, large && files);
    });
  }
}

// The connection.
const offline = document.getElementById("offline");
if (offline) {
  const show = () => { offline.hidden = navigator.onLine; };
  on(window, "offline", show);
  on(window, "online", show);
  show();
}

// Without a connection the browser shows our page for that. (Only over HTTPS, and on the machine itself.)
if (navigator.serviceWorker && isSecureContext) navigator.serviceWorker.register("/sw.js").catch(() => {});

// What is wrong, at the field.
function showError(form, name, words) {
  const field = $$("[data-field]", form).find((one) => one.dataset.field === name);
  const line = field?.querySelector(".error");
  if (!line) return;
  line.querySelector("span").textContent = words ?? "";
  line.hidden = !words;
  field.classList.toggle("bad", Boolean(words));
  for (const control of $$("input, select, textarea", field)) {
    if (words) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
    const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (words) ids.add(line.id); else ids.delete(line.id);
    if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" ")); else control.removeAttribute("aria-describedby");
  }
}

// Forms are sent once; what takes longer than a second says what it is doing.
const busy = (form, button) => {
  form.dataset.sent = "true";
  button?.setAttribute("aria-busy", "true");
  const line = form.querySelector("[data-busy-line]");
  if (line && button?.dataset.busy) setTimeout(() => { if (form.dataset.sent) line.textContent = button.dataset.busy; }, 1000);
};
const rested = (form) => {
  delete form.dataset.sent;
  for (const button of $$("[aria-busy]", form)) button.removeAttribute("aria-busy");
};
on(window, "pageshow", () => { for (const form of $$("form[data-sent]")) rested(form); });
on(document, "submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  // A file that is sent as an attachment leaves the page standing: it must not stay locked.
  busy(form, event.submitter);
  setTimeout(() => rested(form), 15000);
});

// A list's filters act when they are changed, where the form says so.
on(document, "change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-auto]") && event.target.matches("select, [type=checkbox], [type=radio], [type=date]")) form.requestSubmit();
});

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${(bytes / 1024).toFixed(0)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);

/** A line that tells of a chosen file: a preview where it is a picture, its name, its size, and a way back. */
function fileLine(file, words, remove) {
  const line = document.createElement("li");
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.alt = "";
    image.height = 48;
    on(image, "error", () => image.remove());
    image.src = URL.createObjectURL(file);
    line.append(image);
  }
  for (const text of [file.name, size(file.size)]) line.append(Object.assign(document.createElement("span"), { textContent: text }));
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button quiet small", textContent: words });
  button.setAttribute("aria-label", `${words} ${file.name}`);
  on(button, "click", remove);
  line.append(button);
  return line;
}

/** Says at the form's end why it was not saved; the form stays as it is. */
function say(form, words) {
  rested(form);
  const line = form.querySelector("[data-busy-line]");
  line?.replaceChildren(Object.assign(document.createElement("strong"), { textContent: words }));
  line?.scrollIntoView({ block: "nearest" });
}

/** Sends a form and shows what comes of it. Its draft is told by an event: `answered` with `ok`, or `unanswered`. */
function send(form, submitter, files) {
  const line = form.querySelector("[data-busy-line]");
  const tell = (type, detail) => form.dispatchEvent(new CustomEvent(type, { detail }));
  const lost = () => {
    tell("unanswered");
    say(form, line?.dataset.lost ?? "");
  };
  const address = new URL(submitter?.getAttribute("formaction") || form.action, location.href).href;
  const data = form.enctype === "multipart/form-data" ? new FormData(form) : new URLSearchParams(new FormData(form));
  // The forms of entry answer a script with where to go.
  if (form.id === "entry") data.append("@stay", "1");
  if (submitter?.name) data.append(submitter.name, submitter.value);
  if (!navigator.onLine) { lost(); return; }
  const request = new XMLHttpRequest();
  request.open("POST", address);
  request.responseType = "document";
  if (files) {
    const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
    bar.setAttribute("aria-label", files.map((file) => file.name).join(", "));
    line?.replaceChildren(bar);
    on(request.upload, "progress", (sent) => { if (sent.lengthComputable) bar.value = (100 * sent.loaded) / sent.total; });
  }
  on(request, "load", () => {
    // Where to go is said, or was gone to already; else the answer is this page with what is wrong.
    const place = request.getResponseHeader("x-lead-to") ?? (request.responseURL === address ? null : request.responseURL);
    if (place) {
      tell("answered", { ok: true });
      location.assign(place);
      return;
    }
    const page = request.response;
    const main = page?.querySelector("main");
    if (!main?.querySelector("form[method=post]")) {
      // An answer without a form, such as “too large”: shown in its place it would take away what was typed.
      tell("answered", { ok: false });
      const why = main?.querySelector("h1 ~ p, .trouble p, p")?.textContent.trim();
      say(form, why ? `${line?.dataset.refused ?? ""}${why}` : line?.dataset.lost ?? "");
      return;
    }
    document.title = page.title;
    const fresh = document.adoptNode(main);
    document.querySelector("main").replaceWith(fresh);
    tell("answered", { ok: false });
    enliven(fresh);
    // For the scripts of single pages, which have looked for their elements in what is gone.
    fresh.dispatchEvent(new CustomEvent("replaced", { bubbles: true }));
    scrollTo(0, 0);
  });
  on(request, "error", lost);
  request.send(data);
}

// A file that misses its zone must not open in place of the page and all that was typed into it.
for (const type of ["dragover", "drop"]) {
  on(document, type, (event) => {
    if (event.dataTransfer?.types.includes("Files") && !event.target.closest?.("input[type=file]") && $$("[data-drop]").length) event.preventDefault();
  });
}

// While a popover is a plain block (older browsers), its button jumps to it.
if (!("popover" in HTMLElement.prototype)) {
  for (const button of $$("[popovertarget]")) on(button, "click", () => document.getElementById(button.getAttribute("popovertarget"))?.scrollIntoView());
}

enliven(document);
