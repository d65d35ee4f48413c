"use strict";
// A step of two GANs in one browser, ours and TensorFlow.js's in turns; then the book's pages: the first frame of a live figure,
// and the main thread's longest task while a GAN trains. Medians. Needs npm's packages beside this file, and Chromium.
//
// usage: node run.js BUILD/live BUILD/book
const fs = require("fs"), http = require("http"), path = require("path"), { chromium } = require("playwright-core");
const live = path.resolve(process.argv[2]), book = path.resolve(process.argv[3]), modules = name => path.dirname(require.resolve(name + "/package.json"));
const roots = { "/live/": live, "/tfjs/": modules("@tensorflow/tfjs") + "/dist", "/wasm/": modules("@tensorflow/tfjs-backend-wasm") + "/dist" };
const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const types = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

const server = http.createServer((request, answer) => {
    const root = Object.keys(roots).find(r => request.url.startsWith(r)), file = root ? path.join(roots[root], path.basename(request.url)) : path.join(__dirname, "page.html");
    fs.readFile(file, (error, data) => { answer.writeHead(error ? 404 : 200, { "Content-Type": types[path.extname(file)] || "text/plain" }); answer.end(data); });
});

async function steps(browser, port) {
    const page = await browser.newPage(), rounds = 7;
    page.on("pageerror", e => console.error(e.message));
    await page.goto(`http://127.0.0.1:${port}/`);
    console.log(`TensorFlow.js ${await page.evaluate(() => tf.version.tfjs)}, backend ${await page.evaluate(() => ready())}; medians of ${rounds} rounds in turns\n`);
    console.log("a step of                  here, ms   TensorFlow.js, ms   ratio");
    for (const name of await page.evaluate(() => Object.keys(systems))) {
        const ours = [], theirs = [];
        for (let k = 0; k < rounds; k++) {
            ours.push(await page.evaluate(n => time(n, 0, 60), name));
            theirs.push(await page.evaluate(n => time(n, 1, 15), name));
        }
        const a = median(ours), b = median(theirs);
        console.log(`${name.padEnd(26)} ${a.toFixed(2).padStart(8)} ${b.toFixed(1).padStart(19)} ${(a / b).toFixed(3).padStart(7)}`);
    }
    await page.close();
}

async function first_frames(browser) {
    console.log("\nfirst frame of a live figure after its page is asked for, ms; longest task of the page while it trains, ms");
    for (const [place, kind] of [["chapters/03_gradcheck.html", "slopes"], ["chapters/12_batchnorm.html", "four"], ["chapters/16_modes.html", "plane"], ["chapters/17_mlp_gan.html", "digits"], ["chapters/14_shift.html", "bands"]]) {
        const times = [], tasks = [];
        for (let k = 0; k < 3; k++) {
            const context = await browser.newContext({ viewport: { width: 1200, height: 900 } }), page = await context.newPage();
            await page.addInitScript(() => { window.longest = 0; new PerformanceObserver(list => list.getEntries().forEach(e => { if (window.watching) window.longest = Math.max(window.longest, e.duration); })).observe({ type: "longtask" }); });
            await page.goto(`file://${book}/${place}#${kind}?seed=1`, { waitUntil: "commit" });
            await page.waitForFunction(k => document.querySelector(`.live[data-figure=${k}]`)?.dataset.state, kind, { polling: "raf" });
            times.push(await page.evaluate(() => performance.now()));
            const train = page.locator(`.live[data-figure=${kind}]`).getByRole("button", { name: "Train" });
            if (await train.count()) {
                await train.click();
                await page.waitForTimeout(500);
                await page.evaluate(() => { window.watching = true; });
                await page.waitForTimeout(4000);
                tasks.push(await page.evaluate(() => window.longest));
            }
            await context.close();
        }
        console.log(`${kind.padEnd(8)} ${median(times).toFixed(0).padStart(5)}   ${tasks.length ? Math.max(...tasks) ? Math.max(...tasks).toFixed(0) : "none of 50 or more" : "-"}`);
    }
}

server.listen(0, "127.0.0.1", async () => {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
    await steps(browser, server.address().port);
    await first_frames(browser);
    await browser.close();
    server.close();
});
