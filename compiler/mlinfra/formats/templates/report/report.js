
"use strict";
// What the compiler wrote is shown, hidden, moved and marked here; no text of it is ever read as markup.
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const root = document.documentElement, stage = $("#stage");
const canvas = $("#canvas");  // a layer of its own: moving it draws nothing anew
const TARGETS = $$("[data-target]").map(button => button.dataset.target);
const TABS = $$("[role=tab]").map(button => button.dataset.k);
const THEMES = ["auto", "light", "dark"];
const LISTED = $$("#list > li");  // the worst first
const READING = 700;  // pixels: a narrower map opens at the selected box, at reading size
let target = document.body.dataset.first, amount = "hit", change = null, box = "";
let drawing = null, x = 0, y = 0, scale = 1;

const has = (element, name) => element.dataset.t.split(" ").includes(name);
const template = (of, how) => $$("template[data-map]").find(each => each.dataset.map === `${of} ${how}`);
const shown = button => !button.closest("li").hidden;
const buttons = () => $$("#list button").filter(shown);
const boxAt = name => drawing && $$(".n", drawing).find(each => each.dataset.n === name);

function showTarget(name) {
  target = name;
  for (const each of $$("[data-t]")) each.hidden = !has(each, name);
  for (const each of $$("[data-target]")) each.setAttribute("aria-pressed", each.dataset.target === name);
  if (change && !shown(change)) change = null;
  if (!change && !box) change = buttons()[0] || null;
  if (change) box = change.dataset.box;
  showMap();
}

function group(byLine) {
  const groups = new Map();
  for (const each of LISTED) {
    const line = byLine ? each.dataset.l : "";
    groups.set(line, [...(groups.get(line) || []), each]);
  }
  $("#list").replaceChildren(...[...groups].flatMap(([line, items]) => byLine ? [heading(line, items), ...items] : items));
  $("#by").setAttribute("aria-pressed", byLine);
}

function heading(line, items) {
  const each = document.createElement("li");
  each.className = "line m";
  each.textContent = line;
  each.dataset.t = [...new Set(items.flatMap(item => item.dataset.t.split(" ")))].join(" ");
  each.hidden = !has(each, target);
  return each;
}

function showTab(name, focus) {
  for (const each of $$("[role=tab]")) {
    const on = each.dataset.k === name;
    each.setAttribute("aria-selected", on);
    each.tabIndex = on ? 0 : -1;
    $(`#p-${each.dataset.k}`).hidden = !on;
    if (on && focus) each.focus();
  }
  if (name === "map") fit();
}

function showMap() {
  const order = [amount, "hit", "all"];
  const found = order.map(how => template(target, how)).find(Boolean);
  for (const each of $$("[data-amount]")) {
    each.disabled = !template(target, each.dataset.amount);
    each.setAttribute("aria-pressed", !!found && found.dataset.map === `${target} ${each.dataset.amount}`);
  }
  drawing = found ? found.content.querySelector("svg").cloneNode(true) : null;
  canvas.replaceChildren(...(drawing ? [drawing] : []));
  stage.hidden = !drawing;
  $("#nomap").hidden = !!drawing;
  if (drawing) {
    const [, , width, height] = drawing.getAttribute("viewBox").split(" ");
    drawing.setAttribute("width", width);
    drawing.setAttribute("height", height);
    $$(".n", drawing).forEach((each, place) => { each.tabIndex = place ? -1 : 0; });
  }
  mark();
  fit();
}

function ends(lines, from, to, start) {
  const next = new Map(), found = new Set([start]), todo = [start];
  for (const line of lines) next.set(line.dataset[from], [...(next.get(line.dataset[from]) || []), line.dataset[to]]);
  while (todo.length) {
    const at = todo.pop();
    if (at !== start && at.includes(" ")) continue;  // many in one box: which of them needs what, it doesn't say
    for (const each of next.get(at) || []) if (!found.has(each)) { found.add(each); todo.push(each); }
  }
  return found;
}

function mark() {
  const word = $("#q").value.trim().toLowerCase(), lines = drawing ? $$("path[data-a]", drawing) : [];
  const there = boxAt(box), needs = there && ends(lines, "a", "b", box), needed = there && ends(lines, "b", "a", box);
  const isAlone = there && needs.size + needed.size === 2;
  if (drawing) drawing.classList.toggle("dimmed", !!(word || (there && !isAlone)));
  for (const line of lines) {
    const { a, b } = line.dataset;
    line.classList.toggle("on", !word && !!there && ((needs.has(a) && needs.has(b)) || (needed.has(a) && needed.has(b))));
  }
  for (const each of drawing ? $$(".n", drawing) : []) {
    const name = each.dataset.n, hit = !!word && name.toLowerCase().includes(word);
    each.classList.toggle("found", hit);
    each.classList.toggle("sel", name === box);
    each.classList.toggle("on", word ? hit : !!there && (needs.has(name) || needed.has(name)));
  }
  for (const each of $$("#list button")) each.setAttribute("aria-current", each === change);
  detail();
}

function detail() {
  for (const each of $$("#det article")) each.hidden = !(change && each.id === `d-${change.dataset.c}`);
  $("#nothing").hidden = !!(change || box);
  const row = $$("#all tr[data-row]").find(each => each.dataset.row === box);
  $("#d-box").hidden = !(box && !change && row);
  if (box && !change && row) {
    const look = $$(".k", row).find(each => has(each, target)), names = $$("code", row).filter(each => has(each, target));
    $("#box-name").textContent = box;
    $("#box-look").className = look ? look.className : "k same";
    $("#box-look").textContent = look ? look.textContent : "not in this target";
    $("#box-noun").textContent = $(".noun", row).textContent;
    $("#box-azure").textContent = names.map(each => each.textContent).join(" ");
    $("#box-because").textContent = $(".why", row).textContent;
    $("#box-place").textContent = $(".place", row).textContent;
  }
  near();
}

function near() {
  const all = template(target, "all"), lines = all ? $$("path[data-a]", all.content) : [];
  const list = (id, names) => $(id).replaceChildren(...(names.length ? names.flatMap(link) : ["nothing"]));
  $("#near").hidden = !box;
  list("#needs", lines.filter(line => line.dataset.a === box).map(line => line.dataset.b));
  list("#needed", lines.filter(line => line.dataset.b === box).map(line => line.dataset.a));
}

function link(name) {
  const button = document.createElement("button");
  button.className = "lnk m";
  button.dataset.n = name;
  button.textContent = name;
  return [button, " "];
}

function place() { canvas.style.transform = `translate(${x}px, ${y}px) scale(${scale})`; }

function fit() {
  if (!drawing || !stage.clientWidth) return;
  const width = +drawing.getAttribute("width"), height = +drawing.getAttribute("height");
  const rect = boxAt(box) && $("rect.r", boxAt(box)), isNarrow = stage.clientWidth < READING;
  const wide = Math.min(stage.clientWidth / width, 1.2), most = isNarrow ? 330 : Math.max(320, innerHeight * 0.55);
  stage.style.height = `${Math.min(most, Math.max(160, height * Math.max(wide, isNarrow ? 0.95 : 0.62) + 8))}px`;
  const whole = Math.min(wide, stage.clientHeight / height);
  scale = Math.max(whole, isNarrow ? 0.95 : 0.62);
  x = Math.max((stage.clientWidth - width * scale) / 2, 0);
  y = 0;
  if (rect && scale > whole) {
    x = stage.clientWidth / 2 - (+rect.getAttribute("x") + rect.getAttribute("width") / 2) * scale;
    y = stage.clientHeight / 2 - rect.getAttribute("y") * scale;
    x = Math.min(0, Math.max(x, stage.clientWidth - width * scale));
    y = Math.min(0, Math.max(y, stage.clientHeight - height * scale));
  }
  place();
}

function zoom(by, at = [stage.clientWidth / 2, stage.clientHeight / 2]) {
  const next = Math.min(3, Math.max(0.2, scale * by));
  x = at[0] - (at[0] - x) * next / scale;
  y = at[1] - (at[1] - y) * next / scale;
  scale = next;
  place();
}

function choose(name, from) {
  box = name;
  change = buttons().find(each => each.dataset.box === name) || null;
  if (name && !boxAt(name) && template(target, "all")) { amount = "all"; showMap(); } else mark();
  if (from !== "map") fit();
  if (from === "link") $("#det").scrollIntoView({ block: "nearest" });
}

function walk(step) {
  const all = buttons(), next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(change) + step))];
  if (!next) return;
  change = next;
  box = next.dataset.box;
  mark();
  fit();
  next.focus();
}

function neighbour(from, key) {
  const at = each => { const r = $("rect.r", each); return [+r.getAttribute("x"), +r.getAttribute("y")]; };
  const [fx, fy] = at(from), along = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  let best = null, least = Infinity;
  for (const each of $$(".n", drawing)) {
    const [ex, ey] = at(each), ahead = (ex - fx) * along[0] + (ey - fy) * along[1];
    const aside = Math.abs((ex - fx) * along[1]) + Math.abs((ey - fy) * along[0]);
    if (each !== from && ahead > 4 && ahead + 3 * aside < least) { least = ahead + 3 * aside; best = each; }
  }
  return best;
}

function focusBox(each) {
  for (const other of $$('.n[tabindex="0"]', drawing)) other.tabIndex = -1;
  each.tabIndex = 0;
  each.focus({ preventScroll: true });
  const at = each.getBoundingClientRect(), of = stage.getBoundingClientRect();
  x -= Math.max(0, at.right - of.right + 20) + Math.min(0, at.left - of.left - 20);
  y -= Math.max(0, at.bottom - of.bottom + 20) + Math.min(0, at.top - of.top - 20);
  stage.scrollTo(0, 0);
  place();
}

function setTheme(name) {
  if (name === "auto") delete root.dataset.theme; else root.dataset.theme = name;
  $("#th").textContent = name;
}

function filter(input, rows) {
  const word = input.value.trim().toLowerCase();
  for (const each of rows) each.classList.toggle("out", !each.textContent.toLowerCase().includes(word));
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(text);
    button.textContent = "Marked";
  }
}

let held = null, dragged = false;
stage.addEventListener("pointerdown", event => { held = [event.clientX - x, event.clientY - y, event.clientX, event.clientY]; dragged = false; });
addEventListener("pointermove", event => {
  if (!held) return;
  if (Math.abs(event.clientX - held[2]) + Math.abs(event.clientY - held[3]) > 5) dragged = true;
  if (dragged) { x = event.clientX - held[0]; y = event.clientY - held[1]; stage.classList.add("drag"); place(); }
});
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { held = null; stage.classList.remove("drag"); });
stage.addEventListener("wheel", event => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const of = stage.getBoundingClientRect();
  zoom(event.deltaY > 0 ? 0.9 : 1.1, [event.clientX - of.left, event.clientY - of.top]);
}, { passive: false });
stage.addEventListener("scroll", () => stage.scrollTo(0, 0));

document.addEventListener("click", event => {
  const on = name => event.target.closest(`[data-${name}]`);
  if (on("copy")) copy(on("copy"));
  else if (on("target")) showTarget(on("target").dataset.target);
  else if (on("amount")) { amount = on("amount").dataset.amount; showMap(); }
  else if (on("tab")) { showTab(on("tab").dataset.tab, true); $("#views").scrollIntoView({ block: "start" }); }
  else if (on("k")) showTab(on("k").dataset.k);
  else if (on("c")) { change = on("c"); box = change.dataset.box; showTab("map"); mark(); fit(); if (innerWidth <= 860) $("#det").scrollIntoView(); }
  else if (on("n") && !dragged) { const name = on("n").dataset.n, inside = !!on("n").closest("#stage"); if (!inside) showTab("map"); choose(name, inside ? "map" : "link"); }
  dragged = false;
});
$("#q").addEventListener("input", () => {
  mark();
  const first = drawing && $(".n.found rect.r", drawing);
  if (first) { x = stage.clientWidth / 2 - first.getAttribute("x") * scale; y = stage.clientHeight / 2 - first.getAttribute("y") * scale; place(); }
});
$("#aq").addEventListener("input", event => filter(event.target, $$("#p-access [data-f]")));
$("#fq").addEventListener("input", event => filter(event.target, $$("#all [data-f]")));
$("#zi").addEventListener("click", () => zoom(1.25));
$("#zo").addEventListener("click", () => zoom(0.8));
$("#zf").addEventListener("click", fit);
if ($("#by")) $("#by").addEventListener("click", event => group(event.target.getAttribute("aria-pressed") !== "true"));
$("#theme").addEventListener("click", () => setTheme(THEMES[(THEMES.indexOf(root.dataset.theme || "auto") + 1) % 3]));
$(".tabs").addEventListener("keydown", event => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) { event.preventDefault(); showTab(TABS[(TABS.indexOf(event.target.dataset.k) + step + TABS.length) % TABS.length], true); }
});
stage.addEventListener("keydown", event => {
  const inside = event.target.closest(".n");
  if (inside && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); choose(inside.dataset.n, "map"); }
  const way = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
  if (!way) return;
  event.preventDefault();
  const next = inside && !event.shiftKey && neighbour(inside, event.key);
  if (next) focusBox(next);
  else if (!inside || event.shiftKey) { x += way[0]; y += way[1]; place(); }
});
addEventListener("keydown", event => {
  if (event.target.matches("input")) { if (event.key === "Escape") event.target.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j" || event.key === "k") { showTab("map"); walk(event.key === "j" ? 1 : -1); }
  else if (event.key === "/") { event.preventDefault(); showTab("map"); $("#q").focus(); }
  else if (event.key === "t") showTarget(TARGETS[(TARGETS.indexOf(target) + 1) % TARGETS.length]);
  else if (/^[1-4]$/.test(event.key)) showTab(TABS[event.key - 1], true);
  else if (event.key === "l" && $("#by")) $("#by").click();
  else if (event.key === "+") zoom(1.25);
  else if (event.key === "-") zoom(0.8);
  else if (event.key === "0") fit();
  else if (event.key === "Escape") { box = ""; change = null; mark(); }
});
addEventListener("resize", fit);
for (const each of $$("#list .m, #det h2 .m")) {  // an address breaks between its names
  const parts = each.textContent.split(/(?<=[._])/);
  each.replaceChildren(...parts.flatMap((part, at) => at ? [document.createElement("wbr"), part] : [part]));
}

const asked = new URLSearchParams(location.hash.slice(1));
if (THEMES.includes(asked.get("theme"))) setTheme(asked.get("theme"));
if (["chg", "hit", "all"].includes(asked.get("amount"))) amount = asked.get("amount");
if (asked.get("by") === "line" && $("#by")) group(true);
if (asked.get("sel")) box = asked.get("sel");
showTarget(TARGETS.includes(asked.get("t")) ? asked.get("t") : target);
if (box && !change) choose(box, "link");
showTab(TABS.includes(asked.get("tab")) ? asked.get("tab") : "map");
