// Entry forms: drafts that survive a lost connection, and a grid into which a block from a spreadsheet is pasted.
// Without this file the forms work as they stand; nothing here judges what may be entered.

const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (target, type, act, options) => target.addEventListener(type, act, options);

// Drafts: on the server for the account, and in this browser until the server has them. What is private stays off the
// browser's disk.
const OWN = new Set(["csrf", "key", "@base", "@seen", "do"]);
function drafts(form, answered) {
  const address = form.dataset.draft;
  const shelf = `qingyuan-draft:${address}`;
  const line = document.querySelector("[data-draft-line]");
  const offer = document.querySelector("[data-local-draft]");
  const refused = answered || document.querySelector("main .errors") !== null;
  const entries = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OWN.has(name));
  // A control of which only a part is private says itself what may be kept.
  const open = () => entries()
    .filter(([name]) => !form.elements[name]?.closest?.("[data-private]"))
    .map(([name, value]) => [name, form.elements[name]?.openly?.() ?? value]);
  // The version that was seen when it was written: restored over a later one, it must be told as a conflict.
  const BASED = ["@base", "@seen"];
  const based = () => BASED.map((name) => [name, form.elements[name]?.value]).filter(([, value]) => value);
  const value = (saved) => ({ entries: open(), based: based(), saved, key });
  const keep = (value) => { try { localStorage.setItem(shelf, JSON.stringify(value)); } catch { /* A full or forbidden store keeps nothing. */ } };
  const drop = () => { try { localStorage.removeItem(shelf); } catch { /* The same. */ } };
  const kept = () => { try { return JSON.parse(localStorage.getItem(shelf)); } catch { return null; } };
  // A form that was sent and not answered may have been saved: whoever sends it again must send it with the same key, so
  // that it counts once.
  let wait, dirty = false, key;
  const save = async () => {
    clearTimeout(wait);
    if (!dirty) return;
    keep(value(false));
    try {
      const body = new URLSearchParams(entries());
      body.set("csrf", form.elements.csrf.value);
      if (form.elements["@seen"]) body.set("@seen", form.elements["@seen"].value);
      const answer = await fetch(address, { method: "POST", body, headers: { accept: "application/json" } });
      if (!answer.ok) { if (line) line.textContent = line.dataset.here; return; }
      dirty = false;
      // Without its key the server's draft would be a second one.
      if (!key) keep(value(true));
      const time = new Date().toTimeString().slice(0, 5);
      if (line) line.textContent = `${line.dataset.saved} ${time}`;
    } catch {
      if (line) line.textContent = line.dataset.local;
    }
  };
  const touched = () => { dirty = true; clearTimeout(wait); wait = setTimeout(save, 2000); };
  on(form, "input", touched);
  on(form, "change", touched);
  on(window, "online", () => { if (form.isConnected) save(); });
  on(window, "pagehide", () => { if (dirty && form.isConnected) keep(value(false)); });
  on(form, "submit", () => {
    clearTimeout(wait);
    dirty = false;
    key = form.elements.key?.value;
    keep(value(false));
  }, { capture: true });
  on(form, "unanswered", () => { dirty = true; });
  on(form, "answered", ({ detail }) => {
    key = undefined;
    if (detail.ok) { drop(); return; }
    // Of what was refused the server has the draft as well, if the form that comes back does not see to it.
    dirty = true;
    if (form.isConnected || !document.querySelector("form[data-draft]")) save();
  });

  if (refused) { touched(); return; }
  const local = kept();
  if (!local) return;
  if (!local.key && (local.saved || JSON.stringify(local.entries) === JSON.stringify(open()))) { drop(); return; }
  if (!offer) return;
  offer.hidden = false;
  on(offer.querySelector("[data-discard]"), "click", () => { drop(); offer.hidden = true; });
  on(offer.querySelector("[data-restore]"), "click", () => {
    const values = new Map();
    for (const [name, value] of local.entries) values.set(name, [...(values.get(name) ?? []), value]);
    for (const [name, all] of values) {
      for (const control of $$(`[name="${CSS.escape(name)}"]`, form)) {
        if (control.type === "radio" || control.type === "checkbox") control.checked = all.includes(control.value);
        else if (control.type !== "file") [control.value] = all;
        control.dispatchEvent(new Event("input", { bubbles: true }));
        control.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    for (const [name, text] of local.based ?? []) if (form.elements[name]) form.elements[name].value = text;
    key = local.key;
    if (key && form.elements.key) form.elements.key.value = key;
    offer.hidden = true;
  });
}

// Cells of a block as spreadsheets put it on the clipboard, and back.
const parse = (text) => {
  const rows = [[""]];
  let quoted = false;
  const put = (letter) => { const row = rows.at(-1); row[row.length - 1] += letter; };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"' && quoted && text[at + 1] === '"') { put('"'); at++; }
    else if (letter === '"' && quoted) quoted = false;
    else if (letter === '"' && rows.at(-1).at(-1) === "") quoted = true;
    else if (letter === "\r") continue;
    else if (letter === "\t" && !quoted) rows.at(-1).push("");
    else if (letter === "\n" && !quoted) rows.push([""]);
    else put(letter === "\n" ? " " : letter);
  }
  if (rows.at(-1).every((cell) => cell === "")) rows.pop();
  return rows;
};
const written = (rows) => rows
  .filter((row) => row.some((cell) => cell.trim()))
  .map((row) => row.map((cell) => (/["\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t"))
  .join("\n");

function grid(box) {
  const columns = JSON.parse(box.dataset.columns);
  const faults = JSON.parse(box.dataset.faults);
  const words = JSON.parse(box.dataset.words);
  const text = box.querySelector("textarea");
  // Who somebody is stays off the browser's disk.
  text.openly = () => written(parse(text.value).map((row) => row.map((cell, place) => (columns[place]?.private ? "" : cell))));
  const field = box.querySelector("[data-field]");
  const frame = document.createElement("div");
  frame.className = "scroll wide";
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", words.grid);
  const table = document.createElement("table");
  table.className = "sheet grid";
  const head = table.createTHead().insertRow();
  for (const label of ["", ...columns.map((column) => column.label)]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = label;
    head.append(cell);
  }
  const body = table.createTBody();
  const cells = () => [...body.rows].map((row) => $$("input", row).map((input) => input.value));
  const number = () => [...body.rows].forEach((row, place) => {
    row.cells[0].firstChild.textContent = String(place + 1);
    $$("input", row).forEach((input, column) => input.setAttribute("aria-label", `${columns[column].label} ${words.row} ${place + 1}`));
  });
  const add = (values = []) => {
    const row = body.insertRow();
    const title = document.createElement("th");
    title.scope = "row";
    title.append("");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button quiet small";
    remove.textContent = "×";
    remove.setAttribute("aria-label", words.remove);
    on(remove, "click", () => { row.remove(); if (!body.rows.length) add(); number(); changed(); });
    title.append(document.createElement("span"), remove);
    title.firstChild.textContent = "";
    row.append(title);
    columns.forEach((_, place) => {
      const input = document.createElement("input");
      input.value = values[place] ?? "";
      row.insertCell().append(input);
    });
    return row;
  };
  // What is sent, and kept as a draft, is the text; it follows the grid, and the grid a draft that is taken up.
  const changed = () => table.dispatchEvent(new Event("input", { bubbles: true }));
  on(table, "input", () => { text.value = written(cells()); });
  on(text, "input", () => { if (!frame.hidden) fill(parse(text.value)); });
  const fill = (rows) => { body.replaceChildren(); for (const row of rows) add(row); while (body.rows.length < 5) add(); number(); };
  on(table, "paste", (event) => {
    const pasted = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(pasted) || !event.target.matches("input")) return;
    event.preventDefault();
    const block = parse(pasted);
    const named = block[0]?.filter((cell) => columns.some((column) => column.label.replace(/^\*/, "") === cell.trim().replace(/^\*/, ""))).length;
    if (named * 2 > (block[0]?.length ?? 0) && block[0].length > 1) block.shift();
    const first = event.target.closest("tr").sectionRowIndex;
    const left = $$("input", event.target.closest("tr")).indexOf(event.target);
    block.forEach((values, down) => {
      const row = body.rows[first + down] ?? add();
      const inputs = $$("input", row);
      values.forEach((value, right) => { if (inputs[left + right]) inputs[left + right].value = value; });
    });
    number();
    table.dispatchEvent(new Event("input", { bubbles: true }));
  });
  on(table, "keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    const row = event.target.closest("tr");
    const column = $$("input", row).indexOf(event.target);
    const next = body.rows[row.sectionRowIndex + 1] ?? add();
    number();
    $$("input", next)[column].focus();
  });
  const bar = document.createElement("div");
  bar.className = "actions";
  const more = document.createElement("button");
  more.type = "button";
  more.className = "button small";
  more.textContent = words.add;
  on(more, "click", () => { $$("input", add())[0].focus(); number(); });
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "button quiet small";
  const show = (grid) => {
    if (grid) fill(parse(text.value)); else text.value = written(cells());
    frame.hidden = more.hidden = !grid;
    field.hidden = grid;
    toggle.textContent = grid ? words.text : words.grid;
  };
  on(toggle, "click", () => show(frame.hidden));
  bar.append(more, toggle);
  frame.append(table);
  box.append(frame, bar);
  show(true);
  faults.forEach(({ row, column, words: wrong }, place) => {
    const input = column === null ? null : body.rows[row] && $$("input", body.rows[row])[column];
    if (!input) return;
    input.setAttribute("aria-invalid", "true");
    input.title = wrong;
    const note = document.createElement("span");
    note.className = "unseen";
    note.id = `wrong-${place}`;
    note.textContent = wrong;
    input.setAttribute("aria-describedby", note.id);
    input.parentElement.classList.add("bad");
    input.after(note);
  });
  on(box.closest("form"), "submit", () => { if (!frame.hidden) text.value = written(cells()); }, { capture: true });
}

const begin = (root, answered) => {
  for (const form of $$("form[data-draft]", root)) drafts(form, answered);
  for (const box of $$("[data-grid]", root)) grid(box);
};
on(document, "replaced", (event) => begin(event.target, true));
begin(document, false);
