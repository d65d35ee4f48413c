"use strict";
// Looks at the book with Chromium; a line "passed: ..." or "failed: ..." a check. See tests/book.sh.
const fs = require("fs"), path = require("path"), { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const book = path.resolve(process.argv[2]), hashes = fs.readFileSync(process.argv[3], "utf8").trim().split("\n").filter(l => l).map(l => l.split(" "));
const address = page => "file://" + path.join(book, page);
const live = fs.existsSync(path.join(book, "assets/gradus32.js"));

function check(what, wrong) { // wrong: a list of what is, empty if all is well
    const list = [].concat(wrong || []);
    console.log(list.length ? `failed: ${what}: ${list.slice(0, 5).join("; ")}${list.length > 5 ? `; and ${list.length - 5} more` : ""}` : `passed: ${what}`);
}
function all_pages(dir = "") {
    return fs.readdirSync(path.join(book, dir), { withFileTypes: true }).flatMap(e =>
        e.isDirectory() ? (["assets", "made"].includes(e.name) ? [] : all_pages(path.join(dir, e.name))) : e.name.endsWith(".html") ? [path.join(dir, e.name)] : []);
}

// ---- one page, read ------------------------------------------------------------------------------------------

async function read_page(context, page_path, known) {
    const page = await context.newPage(), said = [], off = [];
    page.on("console", m => m.type() === "error" && said.push(m.text()));
    page.on("pageerror", e => said.push(e.message));
    page.on("request", r => /^(file|data|blob):/.test(r.url()) || off.push(r.url()));
    await page.goto(address(page_path));
    const found = await page.evaluate(() => ({
        links: [...document.querySelectorAll("a[href]")].map(a => a.href),
        ids: [...document.querySelectorAll("[id]")].map(e => e.id),
        pictures: [...document.querySelectorAll("img")].map(i => [i.src, i.alt]),
        formulas: document.querySelectorAll("math").length,
        tex: [...document.querySelectorAll("article p, article li, article td")].filter(e => /\$[^$\s][^$]*\$|\\(frac|sum|hat|sqrt)\b/.test([...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join(" "))).map(e => e.textContent.slice(0, 60)),
        title: document.title, heading: document.querySelectorAll("h1").length,
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    known.set(page_path, { ...found, said, off });
    return page;
}

async function axe_says(page) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"], preload: false }));
    return violations.filter(v => ["serious", "critical"].includes(v.impact)).map(v => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 110)}`);
}

async function every_page(browser) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    const known = new Map(), pages = all_pages(), texts = pages.filter(p => !/\.(c|h|sh|py|gp|tsv|json|awk|yml|mk)\.html$/.test(p) && !/results/.test(p));
    for (const p of pages) {
        const page = await read_page(context, p, known), k = known.get(p);
        if (texts.includes(p)) {
            check(`${p}: nothing in the console`, k.said);
            check(`${p}: no request off the page`, k.off);
            check(`${p}: every picture is there, and has words`, k.pictures.filter(([src, alt]) => !fs.existsSync(decodeURIComponent(new URL(src).pathname)) || !alt).map(x => x[0]));
            check(`${p}: formulas are MathML`, k.tex);
            check(`${p}: a title and one heading`, k.heading === 1 && k.title ? [] : [`${k.heading} headings, title '${k.title}'`]);
            check(`${p}: accessible`, await axe_says(page));
        }
        await page.close();
    }
    const broken = [];
    for (const [p, k] of known)
        for (const link of k.links) {
            const url = new URL(link);
            if (url.protocol !== "file:") continue;
            const target = path.relative(book, decodeURIComponent(url.pathname)), id = decodeURIComponent(url.hash.slice(1));
            if (!fs.existsSync(path.join(book, target))) broken.push(`${p} -> ${target}`);
            else if (id && !id.includes("?") && known.has(target) && !known.get(target).ids.includes(id)) broken.push(`${p} -> ${target}#${id}`);
        }
    check(`no broken link among ${[...known.values()].reduce((n, k) => n + k.links.length, 0)}`, [...new Set(broken)]);
    check("chapters have formulas", [...known].filter(([p, k]) => /chapters\/(0[1-9]|1[02-9])_/.test(p) && !k.formulas).map(x => x[0]));
    await context.close();
}

async function narrow_and_dark(browser) {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: "dark", reducedMotion: "reduce" });
    for (const p of ["index.html", "docs/index.html", "docs/verdict.html", "chapters/03_gradcheck.html", "chapters/12_batchnorm.html", "chapters/16_modes.html", "chapters/fast/18_winograd.html"]) {
        const known = new Map(), page = await read_page(context, p, known);
        check(`${p}: fits 360 pixels`, known.get(p).wide > 0 ? [`${known.get(p).wide} pixels too wide`] : []);
        check(`${p}: accessible in the dark, narrow`, await axe_says(page));
        await page.close();
    }
    await context.close();
}

// ---- a reader's ways --------------------------------------------------------------------------------------------

async function search_and_keys(browser) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" }), page = await context.newPage();
    await page.goto(address("index.html"));
    await page.keyboard.press("/");
    await page.keyboard.type("batch norm backward");
    await page.waitForSelector("#found ol li");
    const first = await page.locator("#found li a").first().getAttribute("href");
    check("the search finds batch norm's backward pass", first.includes("12_batchnorm") ? [] : [first]);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.waitForURL(/12_batchnorm/);
    await page.keyboard.press("ArrowRight");
    await page.waitForURL(/13_inference/);
    check("Enter goes to what was found, and an arrow turns the page", []);
    await page.keyboard.press("d");
    await page.locator("#keys").check();
    await page.locator("#text").focus();
    await page.keyboard.press("d");
    check("keys that are switched off do nothing", (await page.evaluate(() => document.documentElement.dataset.theme)) === "dark" ? [] : ["they do"]);
    await page.locator("#keys").uncheck();
    await page.locator("#text").focus();
    check("d makes it dark", (await page.evaluate(() => document.documentElement.dataset.theme)) === "dark" ? [] : ["it is not"]);
    await page.keyboard.press("/");
    await page.keyboard.type("qqqzzz");
    await page.waitForFunction(() => document.getElementById("found").textContent.includes("Nothing"));
    check("what is not there is said", []);
    await context.close();
}

// ---- live figures ---------------------------------------------------------------------------------------------

async function open_figure(context, page_path, kind, query) {
    const page = await context.newPage();
    page.errors = [];
    page.on("console", m => m.type() === "error" && page.errors.push(m.text()));
    page.on("pageerror", e => page.errors.push(e.message));
    await page.goto(address(page_path) + `#${kind}?${query}`);
    const place = page.locator(`.live[data-figure=${kind}]`);
    await page.waitForFunction(k => document.querySelector(`.live[data-figure=${k}]`).dataset.state === "ready", kind, { timeout: 30000 });
    await place.locator("canvas").scrollIntoViewIfNeeded(); // out of sight it would pause
    return { page, place, data: () => place.evaluate(e => ({ ...e.dataset })) };
}
const until = (page, kind, test, argument) => page.waitForFunction(([k, t, a]) => new Function("d", "a", "return " + t)(document.querySelector(`.live[data-figure=${k}]`).dataset, a), [kind, test, argument], { timeout: 180000 });

const kinds = [["chapters/03_gradcheck.html", "slopes"], ["chapters/03_gradcheck.html", "broken"], ["chapters/08_optimizer.html", "bowl"], ["chapters/12_batchnorm.html", "four"],
    ["chapters/12_batchnorm.html", "broken"], ["chapters/13_inference.html", "cloud"], ["chapters/14_shift.html", "bands"], ["chapters/15_gan.html", "plane"], ["chapters/16_modes.html", "plane"],
    ["chapters/17_mlp_gan.html", "digits"], ["chapters/19_upsample.html", "checker"]];

async function every_figure(browser) {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: "dark", reducedMotion: "reduce" });
    for (const [p, kind] of kinds) {
        const { page, place, data } = await open_figure(context, p, kind, "seed=2");
        const picture = () => place.locator("canvas").evaluate(c => c.toDataURL()), before_picture = await picture(), address_before = await page.evaluate(() => location.hash);
        const train = place.getByRole("button", { name: "Train" });
        if (await train.count()) { // by the keyboard alone
            await train.focus();
            await page.keyboard.press("Enter");
            await until(page, kind, "+d.steps > 30");
            await page.keyboard.press("Enter");
            await until(page, kind, "d.state === 'ready'");
            check(`${p}, ${kind}: trains and pauses by the keyboard`, []);
            const control = place.locator(".controls select, .controls input").first();
            await control.focus();
            await page.keyboard.press(await control.evaluate(e => e.value === e.lastElementChild?.value) ? "ArrowUp" : "ArrowDown");
            await page.waitForFunction(before => location.hash !== before, address_before, { timeout: 20000 }).catch(() => 0);
        } else {
            const before = await place.locator(".said").innerText(), control = place.locator(".controls select, .controls input").first();
            await control.focus();
            await page.keyboard.press(await control.evaluate(e => e.tagName) === "SELECT" ? "ArrowDown" : "ArrowRight");
            await page.waitForFunction(([k, b]) => document.querySelector(`.live[data-figure=${k}] .said`).textContent !== b, [kind, before], { timeout: 20000 }).then(() => check(`${p}, ${kind}: answers the keyboard`, []), () => check(`${p}, ${kind}: answers the keyboard`, ["it says the same as before"]));
        }
        await page.waitForTimeout(500);
        check(`${p}, ${kind}: draws something else now`, await picture() !== before_picture ? [] : ["the same picture"]);
        const address_now = await page.evaluate(() => location.hash);
        check(`${p}, ${kind}: its new state is in the address`, address_now.startsWith(`#${kind}?`) && address_now !== address_before ? [] : [address_now]);
        check(`${p}, ${kind}: fits 360 pixels`, await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth) ? ["too wide"] : []);
        check(`${p}, ${kind}: accessible`, await axe_says(page));
        check(`${p}, ${kind}: nothing in the console`, page.errors);
        await page.close();
    }
    await context.close();
}

// The stories that the chapters tell must come out in the page.
async function stories(browser) {
    const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, reducedMotion: "reduce" });
    const train = async (figure, steps) => { // so many, to the step
        await figure.page.evaluate(([k, n]) => gradus.figures.find(f => f.name === k).play(true, n), [figure.kind, steps]);
        await until(figure.page, figure.kind, "+d.steps >= a && d.state === 'ready'", steps);
        return figure.data();
    };
    let f = { ...await open_figure(context, "chapters/16_modes.html", "plane", "norm=1"), kind: "plane" }, most = 0, d = null;
    for (let steps = 500; steps <= 3000 && most < 7; steps += 500) d = await train(f, steps), most = Math.max(most, +d.modes);
    check("ring, batch norm in G: 7 modes or more within 3,000 steps", most >= 7 && +d.steps <= 3000 ? [] : [JSON.stringify(d)]);
    await f.page.close();
    f = { ...await open_figure(context, "chapters/16_modes.html", "plane", "norm=3"), kind: "plane" }, d = await train(f, 3000);
    check("ring, batch norm in both: its ring is in a wrong place or of a wrong size", +d.centre > 0.1 || Math.abs(d.radius - 1) > 0.15 ? [] : [JSON.stringify(d)]);
    await f.page.close();
    f = { ...await open_figure(context, "chapters/16_modes.html", "plane", "norm=0&seed=5"), kind: "plane" }, d = await train(f, 3000);
    check("ring, no batch norm, seed 5: no mode after 3,000 steps", +d.modes === 0 ? [] : [JSON.stringify(d)]);
    d = await train(f, 4000);
    check("all modes after 4,000", +d.modes === 8 ? [] : [JSON.stringify(d)]);
    await f.place.getByLabel("Batch norm in").selectOption({ label: "G" });
    await until(f.page, "plane", "d.steps === '0' && d.state === 'ready'");
    d = await train(f, 2000);
    check("with batch norm in G, seven after 2,000", +d.modes >= 7 ? [] : [JSON.stringify(d)]);
    await f.page.close();
    f = { ...await open_figure(context, "chapters/16_modes.html", "plane", "norm=0&rate=0.05"), kind: "plane" }, d = await train(f, 1000);
    check("ring, a rate of 0.05: all samples in one point", +d.modes <= 1 && +d.radius < 0.01 ? [] : [JSON.stringify(d)]);
    await f.place.getByLabel("Learning rate").fill("-3"); // the slider is of its logarithm
    d = await train(f, 4000);
    check("lowered to 0.001, they stay in one mode", +d.modes === 1 ? [] : [JSON.stringify(d)]);
    await f.place.getByRole("button", { name: "Begin again" }).click();
    await until(f.page, "plane", "d.steps === '0' && d.state === 'ready'");
    d = await train(f, 2000);
    check("begun again at 0.001: all modes", +d.modes === 8 ? [] : [JSON.stringify(d)]);
    await f.page.close();
    f = await open_figure(context, "chapters/03_gradcheck.html", "broken", "bug=0"), d = await f.data();
    check("a right gradient passes", d.verdict === "PASS" ? [] : [d.verdict]);
    await f.place.getByLabel("Its dx is").selectOption({ label: "no path through the mean" });
    await until(f.page, "broken", "d.verdict === 'BUG'");
    d = await f.data();
    check("a missing path is named", d.name.includes("missing: path through the mean") ? [] : [d.name]);
    await f.page.close();
    f = await open_figure(context, "chapters/19_upsample.html", "checker", "kernel=4&stride=2&even=1"), d = await f.data();
    check("a stride that divides the kernel leaves no pattern", d.flat === "1" ? [] : ["it does"]);
    await f.page.evaluate(() => { location.hash = "#checker?kernel=5&stride=2&even=1"; });
    await until(f.page, "checker", "d.flat === '0'");
    check("another address is followed", []);
    await f.page.close();
    await context.close();
}

// Wrong addresses, failures, and hands that are too quick.
async function misuse(browser) {
    const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, reducedMotion: "reduce" });
    for (const [p, kind, query] of [["chapters/19_upsample.html", "checker", "kernel=50&stride=1e9&even=7"], ["chapters/13_inference.html", "cloud", "m=1&momentum=5&x=NaN"],
        ["chapters/14_shift.html", "bands", "unit=100000"], ["chapters/03_gradcheck.html", "broken", "layer=100000&bug=-999"], ["chapters/16_modes.html", "plane", "norm=7&rate=-1&toString=3&%"]]) {
        const f = await open_figure(context, p, kind, query);
        check(`${p}, ${kind}: an address out of range does no harm`, f.page.errors);
        await f.page.close();
    }
    let f = await open_figure(context, "chapters/16_modes.html", "plane", "norm=1");
    await f.place.getByRole("button", { name: "Train" }).click();
    await until(f.page, "plane", "+d.steps > 120");
    await f.place.getByRole("button", { name: "Begin again" }).click();
    await until(f.page, "plane", "+d.steps < 120");
    await until(f.page, "plane", "d.hash");
    check("begun again while it trains: the same hash once more", (await f.data()).hash === (hashes.find(h => h[1] === "norm=1") || [])[2] ? [] : [(await f.data()).hash]);
    await f.page.evaluate(() => gradus.figures[0].send({ set: [[99, 1]], make: { name: "nothing", options: [], seed: 1 } }));
    await until(f.page, "plane", "d.state === 'failed'");
    check("a failure is said", (await f.place.locator(".said").innerText()).includes("It stopped") ? [] : ["it is not"]);
    await f.place.getByRole("button", { name: "Begin again" }).click();
    await until(f.page, "plane", "d.state === 'ready'");
    check("and one can begin again", []);
    await f.page.close();
    await context.close();
}

async function same_bytes(browser) {
    const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, reducedMotion: "reduce" });
    const where = { plane: "chapters/16_modes.html", digits: "chapters/17_mlp_gan.html" };
    for (const [kind, query, native] of hashes) {
        const f = await open_figure(context, where[kind], kind, query);
        await f.place.getByRole("button", { name: "Train" }).click();
        await until(f.page, kind, "d.hash");
        const { hash } = await f.data();
        check(`${kind}, ${query}: the same bytes as the native program after 100 steps`, hash === native ? [] : [`page ${hash}, native ${native}`]);
        await f.page.close();
    }
    await context.close();
}

function sizes() {
    const zlib = require("zlib"), size = names => names.reduce((n, name) => n + zlib.gzipSync(fs.readFileSync(path.join(book, "assets", name)), { level: 9 }).length, 0);
    for (const [p, kind] of kinds) {
        const page = fs.readFileSync(path.join(book, p), "utf8"), names = [...page.matchAll(/assets\/([a-z_]+\.js)"/g)].map(m => m[1]);
        const bits = new Set(kinds.filter(k => k[0] === p).map(([, k]) => /bits: (\d+)/.exec(fs.readFileSync(path.join(book, "assets", k + ".js"), "utf8"))[1]));
        const bytes = size([...names, ...[...bits].map(b => `gradus${b}.js`)]);
        check(`${p}: WebAssembly and scripts, compressed, are ${Math.round(bytes / 1000)} KB`, bytes <= 150e3 ? [] : ["more than 150"]);
    }
}

(async () => {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
    try {
        await every_page(browser);
        await narrow_and_dark(browser);
        await search_and_keys(browser);
        if (live) {
            await every_figure(browser);
            await stories(browser);
            await misuse(browser);
            await same_bytes(browser);
            sizes();
        }
    } catch (e) {
        check("the browser's tests come to their end", [e.message.split("\n")[0]]);
    }
    await browser.close();
})();
