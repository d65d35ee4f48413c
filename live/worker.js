"use strict";
// In a worker: the course's C, compiled to WebAssembly. It makes one figure, takes its steps, and sends what the page asks to see.
let c, handle = -1, number = 0, steps = 0, until = 0, playing = false, pace = 0, asked = [], waiting = false, timer = 0, hash = null, most = 0;
const words = []; // what C has printed: its last words, where it stops
const room = n => new Float64Array(c.memory.buffer, c.live_room(), n);

// What C's library asks of the outside: nothing but to say its last words.
function imports() {
    const memory = () => new DataView(c.memory.buffer);
    return {
        fd_write(fd, list, n, written) {
            let total = 0;
            for (let k = 0; k < n; k++) {
                const at = memory().getUint32(list + 8 * k, true), length = memory().getUint32(list + 8 * k + 4, true);
                words.push(new TextDecoder().decode(new Uint8Array(c.memory.buffer, at, length)));
                total += length;
            }
            memory().setUint32(written, total, true);
            return 0;
        },
        fd_close: () => 0,
        fd_seek: () => 0,
        proc_exit() { throw new Error("the program ended"); },
    };
}

function make({ name, options, seed, give }) {
    if (handle >= 0) c.live_free(handle);
    handle = -1;
    const numbers = [...name].map(letter => letter.charCodeAt(0)).concat(0, options);
    room(numbers.length).set(numbers);
    handle = c.live_make(seed);
    if (handle < 0) throw new Error("no figure is called " + name);
    steps = 0, hash = null;
    if (give) set_drawn(give);
}

function set_drawn(points) {
    room(points.length).set(points);
    c.live_give(handle, points.length);
}

const read = what => { // memory may grow meanwhile: the room is looked up afterwards
    const n = c.live_read(handle, what);
    return room(n).slice();
};

function frame() {
    waiting = true;
    const reads = asked.map(read);
    postMessage({ frame: reads, number, steps, hash }, reads.map(r => r.buffer));
}

// At step 100 exactly, the hash that the native program has too.
function run(n) {
    if (steps < 100 && steps + n >= 100) {
        c.live_run(handle, 100 - steps);
        n -= 100 - steps, steps = 100;
        if (asked.hash) hash = BigInt.asUintN(64, c.live_hash(handle)).toString(16).padStart(16, "0");
    }
    c.live_run(handle, n);
    steps += n;
}

// Steps for some 25 ms, or `most` of them, then a frame, once the page has drawn the last one. With a pace, so many steps a second.
function turn() {
    if (!playing) return;
    if (until && steps >= until) { playing = false; frame(); return; }
    const begun = performance.now(), single = pace || most;
    if (!waiting || !single)
        do run(pace || steps + 1 === until ? 1 : most || 2); while (!single && !(until && steps >= until) && performance.now() - begun < 25);
    if (!waiting) frame();
    timer = setTimeout(() => guarded(turn), pace ? 1000 / pace : most ? 16 : 0);
}

// Whatever goes wrong is told to the page, in C's own words where it had some.
async function guarded(act) {
    try {
        await act();
    } catch (e) {
        playing = false;
        postMessage({ failed: words.join("").trim() || e.message });
        words.length = 0;
    }
}

async function begin(code) {
    const bytes = Uint8Array.from(atob(code), letter => letter.charCodeAt(0));
    const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: imports() });
    c = instance.exports;
    c._initialize();
    postMessage({ ready: true });
}

function obey(data) {
    if (data.asked) asked = data.asked, asked.hash = data.hash, most = data.most, number = data.number;
    if (data.make) make(data.make);
    if (data.set) for (const [what, value] of data.set) c.live_set(handle, what, value);
    if (data.give) set_drawn(data.give);
    if (data.step) run(data.step);
    if (data.drawn) waiting = false;
    if ("pace" in data) pace = data.pace;
    if ("play" in data) {
        clearTimeout(timer);
        playing = data.play, until = data.until || 0;
        if (playing) turn();
    }
    if (!data.drawn && !playing) frame();
}

onmessage = ({ data }) => guarded(() => data.code ? begin(data.code) : obey(data));
