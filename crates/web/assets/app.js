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

// The summary of faults takes the focus, so that it is read out and the next Tab leads into it.
$$("[data-focus]")[0]?.focus();

// A box in the heading ticks all boxes of a table.
for (const all of $$("input[data-all]")) {
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
for (const button of $$("[data-copy]")) {
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

// Suggestions while typing: a combobox (WAI-ARIA) over [{value, label, note, href}].
for (const input of $$("input[data-suggest]")) {
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
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); take(items[at]); }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
      event.preventDefault();
      const count = items.length + 1;
      mark(((at + 1 + (event.key === "ArrowDown" ? 1 : count - 1)) % count) - 1);
    }
  });
}

// What is wrong, at the field.
export function showError(form, name, words) {
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

// A form is judged by the server when a field is left, by the rule that judges it when it is sent. Fields not yet
// visited are not complained about.
for (const form of $$("form[data-validate]")) {
  const visited = new Set();
  let turn = 0;
  on(form, "focusout", async (event) => {
    const name = event.target.closest?.("[data-field]")?.dataset.field;
    if (!name || event.relatedTarget?.closest?.("[data-field]")?.dataset.field === name) return;
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
  });
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

// Dropping files, what was chosen, and how far the upload is.
const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${(bytes / 1024).toFixed(0)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);
for (const zone of $$("[data-drop]")) {
  const input = zone.querySelector("input");
  for (const [type, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) on(zone, type, () => zone.classList.toggle("over", over));
  const field = zone.closest("[data-field]");
  const list = field?.querySelector("[data-files]");
  on(field ?? zone, "change", () => {
    const files = $$("input[type=file]", field ?? zone).flatMap((one) => [...one.files]);
    list?.replaceChildren(...files.map((file) => {
      const line = document.createElement("li");
      const name = document.createElement("span");
      const weight = document.createElement("span");
      name.textContent = file.name;
      weight.textContent = size(file.size);
      line.append(name, weight);
      return line;
    }));
  });
}
for (const form of $$("form[data-upload]")) {
  on(form, "submit", (event) => {
    const files = $$("input[type=file]", form).flatMap((one) => [...one.files]);
    // Small ones are sent the plain way; the browser follows the redirect by itself.
    if (event.defaultPrevented || files.reduce((sum, file) => sum + file.size, 0) < 262144) return;
    event.preventDefault();
    if (form.dataset.sent) return;
    busy(form, event.submitter);
    const line = form.querySelector("[data-busy-line]");
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", files.map((file) => file.name).join(", "));
    line?.replaceChildren(bar);
    const data = new FormData(form);
    if (event.submitter?.name) data.append(event.submitter.name, event.submitter.value);
    const request = new XMLHttpRequest();
    request.open("POST", event.submitter?.getAttribute("formaction") || form.action);
    request.responseType = "document";
    on(request.upload, "progress", (sent) => { if (sent.lengthComputable) bar.value = (100 * sent.loaded) / sent.total; });
    on(request, "load", () => {
      rested(form);
      // After a redirect the answer is another page, which is opened; else it is this page with its faults.
      if (request.responseURL !== new URL(form.action, location.href).href) { location.assign(request.responseURL); return; }
      const answer = request.response;
      if (!answer?.body) { location.reload(); return; }
      document.title = answer.title;
      document.querySelector("main").replaceWith(document.adoptNode(answer.querySelector("main")));
      document.querySelector("[data-focus]")?.focus();
      scrollTo(0, 0);
    });
    on(request, "error", () => { rested(form); line?.replaceChildren(); if (offline) offline.hidden = false; });
    request.send(data);
  }, { capture: true });
}

// While a popover is a plain block (older browsers), its button jumps to it.
if (!("popover" in HTMLElement.prototype)) {
  for (const button of $$("[popovertarget]")) on(button, "click", () => document.getElementById(button.getAttribute("popovertarget"))?.scrollIntoView());
}
