"use strict";
// Chapter 14: two networks learn side by side.
gradus.define("bands", {
    title: "Two networks of three sigmoid layers learn the same digits. The inputs of one unit of the third layer: 15th, 50th, 85th percentile.",
    bits: 32, runs: true,
    shape: { wide: [720, 400], narrow: [360, 620] },
    controls: [
        { key: "rate", label: "Learning rate", value: 0.5, from: 0.01, to: 8, log: true, set: 0 },
        { key: "unit", label: "Unit", value: 3, from: 0, to: 99, step: 1 },
    ],
    options: v => [v.rate, v.unit],
    asked: [0, 1],
    draw(pen, [state, past], values, { narrow }) {
        const n = past.length / 8, row = (arm, k) => past.subarray(4 * (arm * n + k), 4 * (arm * n + k + 1)), each = state[1], last = Math.max(100, state[0]);
        const names = ["without batch norm", "with batch norm"];
        for (let arm = 0; arm < 2; arm++) {
            const box = narrow ? [44, 30 + 190 * arm, 300, 130] : [48 + 350 * arm, 36, 300, 150], all = Array.from({ length: n }, (_, k) => row(arm, k));
            const low = Math.min(-1, ...all.map(r => r[0]).filter(Number.isFinite)), high = Math.max(1, ...all.map(r => r[2]).filter(Number.isFinite));
            const [to_x, to_y] = gradus.axes(pen, box, { x: [0, last], y: [low, high], name_y: names[arm], ticks: 4 });
            pen.fillStyle = gradus.palette[arm] + "44";
            pen.beginPath();
            all.forEach((r, k) => pen.lineTo(to_x(5 + each * k), to_y(r[2])));
            for (let k = n - 1; k >= 0; k--) pen.lineTo(to_x(5 + each * k), to_y(all[k][0]));
            pen.fill();
            gradus.line(pen, all.map((r, k) => [to_x(5 + each * k), to_y(r[1])]), gradus.palette[arm], 2);
        }
        const box = narrow ? [44, 430, 300, 130] : [48, 250, 650, 100];
        const [to_x, to_y] = gradus.axes(pen, box, { x: [0, last], y: [0, 1], name_y: "accuracy on 300 digits held back", name_x: "steps", ticks: 4 });
        for (let arm = 0; arm < 2; arm++) gradus.line(pen, Array.from({ length: n }, (_, k) => [to_x(5 + each * k), to_y(row(arm, k)[3])]), gradus.palette[arm], 2);
    },
    say: ([state]) => state[0] ? `Step ${state[0]}: ${Math.round(100 * state[2])} % right without batch norm, ${Math.round(100 * state[3])} % with it.` : "Press Train.",
    told: ([state]) => ({ without: state[2].toFixed(3), with: state[3].toFixed(3) }),
});
