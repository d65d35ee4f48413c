"use strict";
// What all live figures share: a worker, controls, the address, and drawing. A kind of figure is an object with
//   bits      32 or 64: which of the two builds of the C code it runs in
//   controls  what the reader may change: { key, label, choices: [[text, value]] } or { key, label, from, to, step, log }, and
//             `set`: the C option that changes while it runs; without it the figure is made anew
//   options   from the values of the controls to the options of live_make, in order
//   asked     what is read for each frame, by number
//   draw      (pen, reads, values): on a canvas of `wide` x `high`
//   say       (reads, values): what is seen, in words
// and, where it takes steps, `runs: true`.
const gradus = { kinds: {}, code: {}, figures: [] };
gradus.define = (name, kind) => { gradus.kinds[name] = kind; };

// ---- colours, and a pen that knows them ------------------------------------------------------------------

gradus.known = {}; // until the theme changes
gradus.colour = name => gradus.known[name] ||= getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
gradus.is_dark = () => gradus.colour("paper") !== "#fdfcf9";
const forget = () => { gradus.known = {}; };
document.addEventListener("theme", forget);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { forget(); gradus.figures.forEach(f => f.redraw()); });
gradus.palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]; // Okabe and Ito's, told apart by all eyes
gradus.mix = (t, low, high) => low.map((v, k) => Math.round(v + (high[k] - v) * Math.min(1, Math.max(0, t))));

// A chart's frame: box [left, top, width, height], ranges x and y ([from, to], each may be logarithmic). Returns the two scales.
gradus.axes = (pen, box, { x, y, log_x, log_y, name_x, name_y, ticks = 5 }) => {
    const [left, top, width, height] = box, ink = gradus.colour("ink"), line = gradus.colour("line");
    const scale = (range, log, from, length) => v => {
        const [a, b] = log ? range.map(Math.log10) : range;
        return from + length * ((log ? Math.log10(Math.max(v, 1e-300)) : v) - a) / ((b - a) || 1);
    };
    const to_x = scale(x, log_x, left, width), to_y = scale(y, log_y, top + height, -height);
    const marks = (range, log) => {
        if (log) {
            const a = Math.ceil(Math.log10(range[0])), b = Math.floor(Math.log10(range[1])), every = Math.max(1, Math.ceil((b - a) / ticks));
            return Array.from({ length: Math.floor((b - a) / every) + 1 }, (_, k) => 10 ** (a + every * k));
        }
        const raw = (range[1] - range[0]) / ticks || 1, power = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].map(m => m * power).find(s => s >= raw);
        const list = [];
        for (let v = Math.ceil(range[0] / step) * step; v <= range[1] + step * 1e-6; v += step) list.push(Math.abs(v) < step * 1e-6 ? 0 : v);
        return list;
    };
    const number = v => v !== 0 && (Math.abs(v) >= 1e5 || Math.abs(v) < 1e-3) ? v.toExponential(0) : +v.toPrecision(6) + "";
    pen.lineWidth = 1;
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = ink;
    pen.strokeStyle = line;
    pen.textAlign = "center"; pen.textBaseline = "top";
    for (const v of marks(x, log_x)) {
        pen.beginPath(); pen.moveTo(to_x(v), top); pen.lineTo(to_x(v), top + height); pen.stroke();
        pen.fillText(number(v), to_x(v), top + height + 4);
    }
    pen.textAlign = "right"; pen.textBaseline = "middle";
    for (const v of marks(y, log_y)) {
        pen.beginPath(); pen.moveTo(left, to_y(v)); pen.lineTo(left + width, to_y(v)); pen.stroke();
        pen.fillText(number(v), left - 5, to_y(v));
    }
    pen.textAlign = "center"; pen.textBaseline = "top";
    if (name_x) pen.fillText(name_x, left + width / 2, top + height + 20);
    pen.textAlign = "left"; pen.textBaseline = "bottom";
    if (name_y) pen.fillText(name_y, left, top - 4);
    return [to_x, to_y];
};
gradus.line = (pen, points, colour, width = 2, dash = []) => {
    pen.strokeStyle = colour; pen.lineWidth = width; pen.setLineDash(dash);
    pen.beginPath();
    let down = false;
    for (const [x, y] of points) {
        if (!Number.isFinite(x + y)) { down = false; continue; }
        if (down) pen.lineTo(x, y); else pen.moveTo(x, y);
        down = true;
    }
    pen.stroke();
    pen.setLineDash([]);
};
gradus.dots = (pen, points, colour, radius = 1.6) => {
    pen.fillStyle = colour;
    for (const [x, y] of points) { pen.beginPath(); pen.arc(x, y, radius, 0, 7); pen.fill(); }
};
gradus.legend = (pen, x, y, entries) => {
    pen.font = "13px system-ui, sans-serif"; pen.textAlign = "left"; pen.textBaseline = "middle";
    for (const [text, colour] of entries) {
        pen.fillStyle = colour; pen.fillRect(x, y - 2, 16, 4);
        pen.fillStyle = gradus.colour("ink"); pen.fillText(text, x + 22, y);
        y += 19;
    }
};
// The same side by side, ending at `right`.
gradus.legend_row = (pen, right, y, entries) => {
    pen.font = "13px system-ui, sans-serif"; pen.textAlign = "left"; pen.textBaseline = "middle";
    let x = right - entries.reduce((sum, [text]) => sum + pen.measureText(text).width + 36, 0);
    for (const [text, colour] of entries) {
        pen.fillStyle = colour; pen.fillRect(x, y - 2, 14, 4);
        pen.fillStyle = gradus.colour("ink"); pen.fillText(text, x + 19, y);
        x += pen.measureText(text).width + 36;
    }
};
gradus.text = (pen, text, x, y, { align = "left", size = 13, colour = gradus.colour("ink"), bold = false } = {}) => {
    pen.font = `${bold ? "600 " : ""}${size}px system-ui, sans-serif`; pen.textAlign = align; pen.textBaseline = "middle"; pen.fillStyle = colour;
    pen.fillText(text, x, y);
};
// A map of n x n numbers as colours; of: number to [r, g, b].
gradus.map = (pen, box, numbers, n, of, up = true) => {
    const image = new ImageData(n, n);
    for (let k = 0; k < n * n; k++) {
        const row = up ? n - 1 - Math.floor(k / n) : Math.floor(k / n), [r, g, b] = of(numbers[k]);
        image.data.set([r, g, b, 255], 4 * (row * n + k % n));
    }
    const small = document.createElement("canvas");
    small.width = small.height = n;
    small.getContext("2d").putImageData(image, 0, 0);
    pen.drawImage(small, ...box);
};
gradus.round = (v, digits = 3) => Number.isFinite(v) ? +v.toPrecision(digits) + "" : "no number";

// A value that C can be given: one of the choices, or within the range; else what was there before.
gradus.allowed = (control, value, before) => {
    if (control.choices && !control.open) return control.choices.some(([, v]) => v === value) ? value : before;
    const inside = Math.min(control.to, Math.max(control.from, value));
    return control.step >= 1 || control.open ? Math.round(inside) : inside;
};

// ---- a figure --------------------------------------------------------------------------------------------------

class Figure {
    constructor(place, name) {
        this.place = place, this.name = name, this.kind = gradus.kinds[name];
        this.values = { seed: 1, ...Object.fromEntries(this.kind.controls.map(c => [c.key, c.value])) };
        this.read_address();
        this.build();
        this.start();
    }

    // The state of a figure is in the address, #plane?norm=3&seed=1; those of several are parted by &&.
    read_address() {
        const part = location.hash.slice(1).split("&&").find(p => p.startsWith(this.name + "?"));
        if (!part) return;
        const query = new URLSearchParams(part.slice(this.name.length + 1));
        for (const control of [...this.kind.controls, { key: "seed", from: 1, to: 9999, step: 1 }]) {
            const value = query.has(control.key) ? +query.get(control.key) : NaN;
            if (Number.isFinite(value)) this.values[control.key] = gradus.allowed(control, value, this.values[control.key]);
        }
    }
    // Some time after the last change: browsers limit how often an address may change.
    write_address() {
        clearTimeout(this.writing);
        this.writing = setTimeout(() => {
            const query = new URLSearchParams(["seed", ...this.kind.controls.map(c => c.key)].map(key => [key, this.values[key]]));
            const others = location.hash.slice(1).split("&&").filter(p => p.includes("?") && !p.startsWith(this.name + "?"));
            history.replaceState(null, "", "#" + [`${this.name}?${query}`, ...others].join("&&"));
        }, 300);
    }

    build() {
        const kind = this.kind, element = (tag, properties, ...inside) => { const e = Object.assign(document.createElement(tag), properties); e.append(...inside); return e; };
        this.canvas = element("canvas", { className: "pen" });
        this.canvas.setAttribute("role", "img");
        this.canvas.setAttribute("aria-label", kind.title);
        this.said = element("p", { className: "said" });
        this.said.setAttribute("role", "status");
        const controls = element("div", { className: "controls" });
        for (const control of kind.controls) controls.append(this.control(control, element));
        const buttons = element("div", { className: "buttons" });
        const button = (text, act) => { const b = element("button", { type: "button", textContent: text }); b.addEventListener("click", act); buttons.append(b); return b; };
        if (kind.runs) {
            this.play_button = button("Train", () => this.play(!this.playing));
            button("One step", () => { this.play(false); this.send({ step: 1 }); });
            const pace = element("select", {}, ...[["full speed", 0], ["10 steps a second", 10], ["2 steps a second", 2]].map(([t, v]) => element("option", { textContent: t, value: v })));
            pace.addEventListener("change", () => this.send({ pace: this.pace = +pace.value }));
            buttons.append(element("label", {}, "Speed ", pace));
        }
        if (kind.seed !== false) {
            const seed = element("input", { type: "number", min: 1, max: 9999, value: this.values.seed });
            seed.addEventListener("change", () => { this.values.seed = Math.max(1, Math.round(+seed.value) || 1); seed.value = this.values.seed; this.remake(); });
            this.inputs.seed = seed;
            buttons.append(element("label", {}, "Seed ", seed));
        }
        button("Begin again", () => this.remake());
        this.place.append(element("p", { className: "live-title", textContent: kind.title }), controls, this.canvas, buttons, this.said);
        if (kind.note) this.place.append(element("p", { className: "note", textContent: kind.note }));
        if (kind.pointer) this.listen();
        addEventListener("hashchange", () => { if (location.hash.includes(this.name + "?")) this.follow_address(); });
        new ResizeObserver(() => this.redraw()).observe(this.canvas);
        document.addEventListener("theme", () => this.redraw());
        new IntersectionObserver(entries => { this.seen = entries.at(-1).isIntersecting; this.pause_or_go(); }).observe(this.canvas);
        document.addEventListener("visibilitychange", () => this.pause_or_go());
    }

    // Another address, while the page is open.
    follow_address() {
        this.read_address();
        for (const control of this.kind.controls) {
            const input = this.inputs[control.key], value = this.values[control.key];
            input.value = control.log ? Math.log10(value) : value;
            if (!control.choices) input.nextElementSibling.textContent = gradus.round(value);
        }
        this.inputs.seed && (this.inputs.seed.value = this.values.seed);
        this.remake();
    }

    control(control, element) {
        this.inputs = this.inputs || {};
        const { key, label } = control;
        let input, shown = null;
        if (control.choices) {
            input = element("select", {}, ...control.choices.map(([t, v]) => element("option", { textContent: t, value: v })));
            input.value = this.values[key];
        } else {
            const inside = v => control.log ? Math.log10(v) : v;
            input = element("input", { type: "range", min: inside(control.from), max: inside(control.to), step: control.step || "any", value: inside(this.values[key]) });
            shown = element("span", { className: "value", textContent: gradus.round(this.values[key]) });
            shown.setAttribute("aria-hidden", "true");
            input.setAttribute("aria-valuetext", shown.textContent);
        }
        input.addEventListener("input", () => {
            const value = control.log ? +(10 ** +input.value).toPrecision(2) : +input.value;
            this.values[key] = value;
            if (control.before) control.before(this);
            if (shown) shown.textContent = gradus.round(value), input.setAttribute("aria-valuetext", shown.textContent);
            if (control.view) this.redraw();
            else if (control.set === undefined) this.remake();
            else this.send({ set: [].concat(control.set).map(what => [what, value]) });
            if (control.set !== undefined || control.view) this.write_address();
        });
        this.inputs[key] = input;
        return element("label", {}, element("span", { textContent: label }), input, ...(shown ? [shown] : []));
    }

    start() {
        this.worker = new Worker(URL.createObjectURL(new Blob([gradus.worker], { type: "text/javascript" })));
        this.worker.onmessage = ({ data }) => this.receive(data);
        this.worker.onerror = e => this.receive({ failed: e.message });
        this.worker.postMessage({ code: gradus.code[this.kind.bits] });
    }
    send(message) { if (this.ready) this.worker.postMessage(message); }

    // Begins anew with the values as they are; after a failure, in a new worker. While one is being made, the next waits.
    remake() {
        this.write_address();
        delete this.place.dataset.hash;
        this.hash = null;
        if (this.failure) {
            this.failure = null, this.ready = this.making = false;
            delete this.place.dataset.state;
            this.worker.terminate();
            this.start();
        } else if (this.making) this.again = true;
        else this.make();
    }
    make() {
        const kind = this.kind;
        if (!this.ready) return;
        this.making = true, this.again = false, this.number = (this.number || 0) + 1;
        this.send({ number: this.number, asked: kind.asked, hash: kind.hash, most: kind.most || 0, make: { name: this.name, options: kind.options(this.values), seed: this.values.seed, give: this.given } });
    }

    receive(data) {
        if (data.ready) {
            this.ready = true;
            this.make();
            if (this.pace) this.send({ pace: this.pace });
            if (this.going) this.send({ play: true, until: this.until });
        }
        if (data.failed) {
            this.failure = `It stopped: ${data.failed}. Begin again, perhaps at a smaller rate.`;
            this.play(false);
        }
        if (data.frame && data.number !== this.number) this.send({ drawn: true }); // of what was there before
        if (!data.frame || data.number !== this.number) return;
        this.making = false;
        this.place.querySelector(".still")?.remove();
        this.reads = data.frame, this.steps = data.steps;
        this.hash = data.steps < 100 ? null : data.hash;
        this.drawing ||= requestAnimationFrame(() => {
            this.drawing = null;
            this.redraw();
            this.send({ drawn: true });
            if (this.until && this.steps >= this.until) this.play(false);
        });
        if (this.again) this.make();
    }

    redraw() {
        if (this.failure) {
            this.said.textContent = this.failure;
            this.place.dataset.state = "failed";
            return;
        }
        if (!this.reads) return;
        const kind = this.kind, canvas = this.canvas, ratio = devicePixelRatio || 1, width = canvas.clientWidth;
        const shape = kind.shape && width < 560 ? kind.shape.narrow : kind.shape ? kind.shape.wide : [720, 360];
        canvas.style.aspectRatio = `${shape[0]} / ${shape[1]}`;
        const height = width * shape[1] / shape[0];
        if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio), canvas.height = Math.round(height * ratio);
        const pen = canvas.getContext("2d"), scale = canvas.width / shape[0];
        pen.setTransform(scale, 0, 0, scale, 0, 0);
        pen.clearRect(0, 0, shape[0], shape[1]);
        this.scale = width / shape[0];
        if (kind.pointer) canvas.style.touchAction = kind.touch ? kind.touch(this.values) : "manipulation"; // a finger can still scroll the page
        if (kind.key) {
            const drawing = kind.drawing(this.values);
            canvas.tabIndex = drawing ? 0 : -1;
            canvas.setAttribute("role", drawing ? "application" : "img");
        }
        kind.draw(pen, this.reads, this.values, { wide: shape[0], high: shape[1], narrow: width < 560, figure: this });
        const now = performance.now();
        if (!this.playing || !(now - this.said_at < 700)) {
            this.said_at = now;
            this.said.setAttribute("aria-live", this.playing ? "off" : "polite");
            const words = kind.say(this.reads, this.values, this) + (this.hash ? ` After 100 steps, hash ${this.hash}.` : "");
            if (this.said.textContent !== words) this.said.textContent = words;
        }
        Object.assign(this.place.dataset, { state: this.playing ? "running" : "ready", steps: this.steps, ...(this.hash ? { hash: this.hash } : {}), ...(kind.told ? kind.told(this.reads) : {}) });
    }

    // Until so many steps, where that is said: for tests.
    play(on, until = 0) {
        this.playing = on, this.until = until;
        if (this.play_button) this.play_button.textContent = on ? "Pause" : "Train";
        this.pause_or_go();
        if (!on) this.redraw();
    }
    pause_or_go() {
        const go = Boolean(this.playing && this.seen !== false && !document.hidden);
        if (go !== Boolean(this.going)) this.going = go, this.send({ play: go, until: this.until, drawn: true });
    }

    // Where the reader points, in the figure's own units.
    listen() {
        const at = e => { const r = this.canvas.getBoundingClientRect(); return [(e.clientX - r.left) / this.scale, (e.clientY - r.top) / this.scale]; };
        const move = e => { if (this.reads && (e.buttons || e.type === "pointerdown")) this.kind.pointer(this, ...at(e), e.type); };
        for (const type of ["pointerdown", "pointermove"]) this.canvas.addEventListener(type, move);
        if (!this.kind.key) return;
        this.canvas.addEventListener("keydown", e => { if (this.kind.key(this, e.key, e.shiftKey)) e.preventDefault(); });
    }
}

// Scripts by their order: this one, the worker's text, the kinds, and the code, once a figure comes near.
document.addEventListener("DOMContentLoaded", () => {
    const root = document.documentElement.dataset.root;
    const load = bits => gradus.code[bits] === undefined
        ? new Promise(done => { const s = document.createElement("script"); s.src = `${root}assets/gradus${bits}.js`; s.onload = done; s.onerror = done; document.head.append(s); }) : Promise.resolve();
    for (const place of document.querySelectorAll(".live")) {
        const name = place.dataset.figure, kind = gradus.kinds[name];
        if (!kind) continue;
        const begin = async () => { watch.disconnect(); await load(kind.bits); if (gradus.code[kind.bits]) gradus.figures.push(new Figure(place, name)); };
        const watch = new IntersectionObserver(entries => { if (entries.at(-1).isIntersecting) begin(); }, { rootMargin: "600px" });
        if (location.hash.slice(1).split("&&").some(p => p.startsWith(name + "?"))) place.scrollIntoView({ behavior: "instant" }), begin();
        else watch.observe(place);
    }
});
