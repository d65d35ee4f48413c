"use strict";
// Chapter 12: batch norm of four numbers.
{
    const M = 4, paths = [["direct", 0], ["through the mean", 1], ["through the variance", 2], ["dx, their sum", 3]];
    const handles = v => [v.x1, v.x2, v.x3, v.x4];
    const to_line = { from: -5, to: 5, left: 40, width: 640 };
    const x_of = (value, wide) => to_line.left + (wide - 80) * (value - to_line.from) / (to_line.to - to_line.from);
    const slider = (key, label, value, set, from = -5, to = 5) => ({ key, label, value, from, to, step: 0.05, set });
    gradus.define("four", {
        title: "Batch norm of four numbers: drag them, or use the sliders.",
        bits: 64, seed: false,
        shape: { wide: [720, 400], narrow: [360, 420] },
        controls: [
            slider("x1", "x₁", -1, 0), slider("x2", "x₂", 0.5, 1), slider("x3", "x₃", 1, 2), slider("x4", "x₄", 3, 3),
            slider("dy1", "dy₁", 1, 4, -2, 2), slider("dy2", "dy₂", 0, 5, -2, 2), slider("dy3", "dy₃", 0, 6, -2, 2), slider("dy4", "dy₄", 0, 7, -2, 2),
            slider("gamma", "γ", 1, 8, -3, 3), slider("beta", "β", 0, 9, -3, 3), { key: "eps", label: "ε", value: 1e-5, from: 1e-8, to: 10, log: true, set: 10 },
        ],
        options: v => [v.x1, v.x2, v.x3, v.x4, v.dy1, v.dy2, v.dy3, v.dy4, v.gamma, v.beta, v.eps],
        asked: [0],
        draw(pen, [r], values, { wide, narrow }) {
            const x = handles(values), lines = [["x", x, 60], ["x̂", r.subarray(3, 7), 130], ["y", r.subarray(7, 11), 200]];
            for (const [name, , y] of lines) {
                gradus.line(pen, [[40, y], [wide - 40, y]], gradus.colour("line"), 2);
                for (let v = -5; v <= 5; v++) gradus.line(pen, [[x_of(v, wide), y - 4], [x_of(v, wide), y + 4]], gradus.colour("line"), 1);
                gradus.text(pen, name, 16, y, { size: 17, bold: true });
            }
            for (let i = 0; i < M; i++) {
                gradus.line(pen, [[x_of(x[i], wide), 60], [x_of(r[3 + i], wide), 130], [x_of(r[7 + i], wide), 200]], gradus.palette[i], 1.2, [3, 3]);
                for (const [, v, y] of lines) gradus.dots(pen, [[x_of(Math.max(-5.4, Math.min(5.4, v[i])), wide), y]], gradus.palette[i], y === 60 ? 9 : 6);
            }
            gradus.line(pen, [[x_of(r[0], wide), 42], [x_of(r[0], wide), 78]], gradus.colour("ink"), 2);
            const s = Math.sqrt(r[1]);
            gradus.line(pen, [[x_of(r[0] - s, wide), 82], [x_of(r[0] + s, wide), 82]], gradus.colour("ink"), 2);
            gradus.text(pen, "mean, and a standard deviation to either side", x_of(Math.max(-2, Math.min(2, r[0])), wide), 96, { align: "center", size: 12 });
            gradus.text(pen, "What each number's dx is made of:", 16, 236, { size: 14, bold: true });
            const unit = (narrow ? 0.6 : 1) * 34;
            paths.forEach(([name, k], row) => {
                const y = 268 + 36 * row;
                gradus.text(pen, name, 16, y, { size: narrow ? 11 : 13, bold: k === 3 });
                for (let i = 0; i < M; i++) {
                    const at = narrow ? 150 + 55 * i : 220 + 125 * i, v = k === 3 ? r[11 + i] : r[15 + 4 * k + i], to = at + unit * Math.tanh(v / 1.2) * 1.5;
                    gradus.line(pen, [[at, y - 9], [at, y + 9]], gradus.colour("line"), 1);
                    if (Math.abs(v) > 1e-9) {
                        gradus.line(pen, [[at, y], [to, y]], gradus.palette[i], k === 3 ? 5 : 3);
                        const d = Math.sign(v) * 6;
                        gradus.line(pen, [[to - d, y - 5], [to, y], [to - d, y + 5]], gradus.palette[i], 2);
                    }
                    if (!narrow) gradus.text(pen, v.toFixed(3), at + (v < 0 ? 6 : -6), y, { size: 11, align: v < 0 ? "left" : "right" });
                }
            });
        },
        say: ([r]) => `Mean ${gradus.round(r[0])}, variance ${gradus.round(r[1])}, rstd ${gradus.round(r[2])}. dx = (${[11, 12, 13, 14].map(k => r[k].toFixed(3)).join(", ")}): ` +
            `it sums to ${gradus.round(r[11] + r[12] + r[13] + r[14], 1)}, and to ${gradus.round(r[11] * r[3] + r[12] * r[4] + r[13] * r[5] + r[14] * r[6], 1)} when weighted by x̂, so that no batch can be moved or stretched by it (the second but for ε).`,
        touch: () => "pan-y",
        pointer(figure, x, y, type) {
            const wide = figure.canvas.clientWidth / figure.scale, value = to_line.from + (x - to_line.left) / (wide - 80) * 10;
            if (type === "pointerdown") figure.dragged = y > 30 && y < 100 ? handles(figure.values).map((v, k) => [Math.abs(v - value), k]).sort((a, b) => a[0] - b[0])[0] : null;
            if (!figure.dragged || figure.dragged[0] > 0.6) return;
            const input = figure.inputs["x" + (figure.dragged[1] + 1)];
            input.value = Math.max(-5, Math.min(5, value));
            input.dispatchEvent(new Event("input"));
        },
    });
}
