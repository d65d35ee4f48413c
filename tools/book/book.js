"use strict";
// The book's pages: contents, search, copying, dark and light, keys. No page needs it to be read.
const root = document.documentElement.dataset.root;
const at = id => document.getElementById(id);

// ---- contents -----------------------------------------------------------------------------------------------

const contents = at("contents"), menu = at("menu"), wide = matchMedia("(min-width: 68rem)");
const contents_shown = () => getComputedStyle(contents).display !== "none";
function contents_toggle() {
    const show = !contents_shown();
    contents.classList.toggle("open", show);
    contents.classList.toggle("closed", !show);
    menu.setAttribute("aria-expanded", show);
    if (show && !wide.matches) contents.querySelector("a").focus();
}
menu.setAttribute("aria-expanded", contents_shown());
menu.addEventListener("click", contents_toggle);
for (const a of contents.querySelectorAll("a"))
    if (new URL(a.href).pathname === location.pathname) {
        a.setAttribute("aria-current", "page");
        if (wide.matches) contents.scrollTop = a.offsetTop - contents.clientHeight / 3;
    }

// ---- dark and light -------------------------------------------------------------------------------------------

const theme_button = at("theme");
const is_dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
function theme_label() { theme_button.textContent = is_dark() ? "Light" : "Dark"; }
function theme_toggle() {
    const theme = is_dark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("theme", theme); } catch (e) { /* a page from disk may have no storage */ }
    theme_label();
    document.dispatchEvent(new Event("theme"));
}
theme_label();
theme_button.addEventListener("click", theme_toggle);

// ---- links to sections -------------------------------------------------------------------------------------------

for (const heading of document.querySelectorAll("article h2[id], article h3[id]")) {
    const link = document.createElement("a");
    link.className = "anchor", link.href = "#" + heading.id, link.textContent = "#";
    link.setAttribute("aria-label", "Link to: " + heading.textContent);
    heading.after(link);
}

// ---- copying ----------------------------------------------------------------------------------------------------

function add_copy_button(pre) {
    const around = pre.closest(".sourceCode") || pre, button = document.createElement("button");
    const holder = around === pre ? document.createElement("div") : around;
    if (around === pre) {
        holder.className = "code";
        pre.replaceWith(holder);
        holder.append(pre);
    }
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
        await (navigator.clipboard ? navigator.clipboard.writeText(pre.innerText) : Promise.reject()).then(() => button.textContent = "Copied", () => button.textContent = "Press Ctrl-C");
        setTimeout(() => button.textContent = "Copy", 1500);
    });
    holder.append(button);
}
document.querySelectorAll("article pre").forEach(add_copy_button);

// What is wider than the page can be scrolled by the keyboard, too.
function wide_focusable() {
    for (const pre of document.querySelectorAll("article pre"))
        if (pre.scrollWidth > pre.clientWidth + 1) pre.tabIndex = 0, pre.setAttribute("role", "region"), pre.setAttribute("aria-label", "Code");
        else pre.removeAttribute("tabindex"), pre.removeAttribute("role"), pre.removeAttribute("aria-label");
    for (const formula of document.querySelectorAll("article math")) {
        const room = formula.closest("p, li, td, div, article").clientWidth;
        formula.classList.remove("long");
        if (formula.getAttribute("display") !== "block") formula.classList.toggle("long", formula.getBoundingClientRect().width > room);
        if (formula.scrollWidth > formula.clientWidth + 1 && formula.matches(".long, [display=block]")) formula.setAttribute("tabindex", "0");
        else formula.removeAttribute("tabindex");
    }
}
wide_focusable();
addEventListener("resize", wide_focusable);

// ---- search -------------------------------------------------------------------------------------------------------

const query = at("query"), found = at("found"), sections = [];
const add = (page, title, heading, text) => sections.push({ page, title, heading, text, lower: text.toLowerCase(), head: (title + " " + heading).toLowerCase() });
let index_loaded = null;
function load_index() {
    index_loaded = index_loaded || new Promise(done => {
        const script = document.createElement("script");
        script.src = root + "assets/search.js";
        script.onload = done;
        document.head.append(script);
    });
    return index_loaded;
}
// How well a section answers: all words must be there; a word in a heading weighs ten, each of the first ten in the text one.
function score(section, words) {
    let sum = 0;
    for (const word of words) {
        const in_text = section.lower.split(word).length - 1;
        const in_head = section.head.includes(word);
        if (!in_text && !in_head) return 0;
        sum += Math.min(in_text, 10) + (in_head ? 10 : 0);
    }
    const phrase = words.join(" ");
    return sum + (section.head.includes(phrase) ? 30 : 0) + (words.length > 1 && section.lower.includes(phrase) ? 10 : 0);
}
function excerpt(section, words) {
    const where = Math.max(0, section.lower.indexOf(words.find(w => section.lower.includes(w)) || "") - 60);
    const p = document.createElement("p"), text = (where ? "… " : "") + section.text.slice(where, where + 180) + " …";
    let rest = text, lower = text.toLowerCase();
    while (rest) {
        const hits = words.map(w => [lower.indexOf(w), w.length]).filter(h => h[0] >= 0).sort((a, b) => a[0] - b[0]);
        if (!hits.length) { p.append(rest); break; }
        const [first, length] = hits[0], mark = document.createElement("mark");
        mark.textContent = rest.slice(first, first + length);
        p.append(rest.slice(0, first), mark);
        rest = rest.slice(first + length); lower = lower.slice(first + length);
    }
    return p;
}
async function search() {
    const words = query.value.toLowerCase().split(/\s+/).filter(w => w);
    found.hidden = !words.length;
    if (!words.length) return;
    await load_index();
    const hits = sections.map(s => [score(s, words), s]).filter(h => h[0] > 0).sort((a, b) => b[0] - a[0]).slice(0, 20);
    const head = Object.assign(document.createElement("h2"), { id: "count" }), list = document.createElement("ol");
    head.textContent = hits.length ? `${hits.length === 20 ? "The best 20" : hits.length} for “${query.value.trim()}”` : `Nothing for “${query.value.trim()}”`;
    for (const [, s] of hits) {
        const item = document.createElement("li"), a = document.createElement("a");
        a.href = root + s.page;
        a.textContent = s.title === s.heading ? s.title : `${s.title}: ${s.heading}`;
        item.append(a, excerpt(s, words));
        list.append(item);
    }
    head.setAttribute("role", "status");
    found.replaceChildren(head, list);
}
query.addEventListener("input", search);
query.addEventListener("focus", load_index);
at("search").addEventListener("submit", async e => {
    e.preventDefault();
    await search();
    const first = found.querySelector("a");
    if (first) first.focus();
});

// ---- keys, and a switch for whom single letters do not suit ------------------------------------------------------

const keys_switch = at("keys");
try { keys_switch.checked = localStorage.getItem("keys") === "off"; } catch (e) { /* no storage */ }
keys_switch.addEventListener("change", () => { try { localStorage.setItem("keys", keys_switch.checked ? "off" : "on"); } catch (e) { /* no storage */ } });

document.addEventListener("keydown", e => {
    if (e.key === "Escape" && !found.hidden) { query.value = ""; found.hidden = true; query.focus(); return; }
    if (e.ctrlKey || e.altKey || e.metaKey || e.shiftKey || e.defaultPrevented || e.target.closest("input, select, textarea, button, canvas, svg, .live, .scroll, pre, math")) return;
    if (keys_switch.checked) return;
    const turn = rel => { const a = document.querySelector(`a[rel=${rel}]`); if (a) location.href = a.href; };
    if (e.key === "/") { e.preventDefault(); query.focus(); }
    else if (e.key === "ArrowLeft") turn("prev");
    else if (e.key === "ArrowRight") turn("next");
    else if (e.key === "c") contents_toggle();
    else if (e.key === "d") theme_toggle();
});
