"use strict";
// Chapter 13: a cloud, a point, and running statistics that lag behind.
gradus.define("cloud", {
    title: "One example among ever new batch mates: its output in training mode, and in evaluation mode.",
    bits: 32, runs: true, most: 3,
    shape: { wide: [720, 380], narrow: [360, 460] },
    controls: [
        { key: "x", label: "The example", value: 1, from: -3, to: 3, step: 0.1, set: 0 },
        { key: "m", label: "Batch size", value: 8, from: 2, to: 256, step: 1, set: 1 },
        { key: "momentum", label: "Momentum (weight of the new batch)", value: 0.1, from: 0.001, to: 1, log: true },
        { key: "drift", label: "Drift of the true mean, a step", value: 0, from: 0, to: 0.02, step: 0.0005, set: 3 },
    ],
    options: v => [v.x, v.m, v.momentum, v.drift],
    asked: [0, 1],
    draw(pen, [state, past], values, { narrow }) {
        const rows = Array.from({ length: past.length / 5 }, (_, k) => past.subarray(5 * k, 5 * k + 5)), from = rows.length ? rows[0][0] : 0, to = Math.max(from + 100, state[0]);
        const range = (columns, least) => { const all = rows.flatMap(r => columns.map(c => r[c])).filter(Number.isFinite); return [Math.min(least[0], ...all), Math.max(least[1], ...all)]; };
        const width = narrow ? 300 : 650, above = [48, 44, width, narrow ? 150 : 130], below = [48, narrow ? 270 : 232, width, narrow ? 130 : 100];
        let [to_x, to_y] = gradus.axes(pen, above, { x: [from, to], y: range([1, 2], [-2, 2]), name_y: "output of the example" });
        gradus.dots(pen, rows.map(r => [to_x(r[0]), to_y(r[1])]), gradus.palette[0], 1.8);
        gradus.line(pen, rows.map(r => [to_x(r[0]), to_y(r[2])]), gradus.palette[1], 2.5);
        gradus.legend_row(pen, above[0] + above[2], above[1] - (narrow ? 28 : 12), [["training mode", gradus.palette[0]], ["evaluation mode", gradus.palette[1]]]);
        [to_x, to_y] = gradus.axes(pen, below, { x: [from, to], y: range([3, 4], [-0.5, 0.5]), name_y: "mean of the inputs", name_x: "steps", ticks: 4 });
        gradus.line(pen, rows.map(r => [to_x(r[0]), to_y(r[4])]), gradus.palette[2], 2);
        gradus.line(pen, rows.map(r => [to_x(r[0]), to_y(r[3])]), gradus.palette[1], 2);
        gradus.legend_row(pen, below[0] + below[2], below[1] - 12, [["true", gradus.palette[2]], ["running", gradus.palette[1]]]);
    },
    say: ([state]) => state[0] ? `Step ${state[0]}: in training mode the output is ${gradus.round(state[1], 2)} with a spread of ${gradus.round(state[2], 2)}; in evaluation mode ${gradus.round(state[3], 3)}. True mean ${gradus.round(state[5], 3)}, running mean ${gradus.round(state[4], 3)}.` : "Press Train: every step draws other batch mates.",
    told: ([state]) => ({ spread: state[2].toFixed(4) }),
});
