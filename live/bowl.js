"use strict";
// Chapter 8: four optimisers on the bowl of two inputs.
{
    const names = ["gradient descent", "from 8 examples", "momentum 0.7", "Adam"], MAP = 96, SIDE = 340, LEFT = 36, TOP = 8, STEPS = 60;
    const place = ([u, v]) => [LEFT + SIDE * (u + 2) / 6, TOP + SIDE * (1 - (v + 2) / 6)];
    gradus.define("bowl", {
        title: "Sixty steps of four optimisers, from where you press.",
        bits: 64,
        shape: { wide: [720, 384], narrow: [380, 500] },
        controls: [
            { key: "spread", label: "x₁ is so many times as wide as x₂", value: 5, from: 1, to: 10, step: 0.1 },
            { key: "correlation", label: "Correlation of the two", value: 0, from: 0, to: 0.95, step: 0.01 },
            { key: "standard", label: "Inputs", value: 0, choices: [["raw", 0], ["standardised", 1]] },
            { key: "rate", label: "Rate, in best rates", value: 1, from: 0.05, to: 1.5, log: true },
            { key: "u", label: "Start, w₁", value: -1, from: -2, to: 4, step: 0.1 },
            { key: "v", label: "Start, w₂", value: 3, from: -2, to: 4, step: 0.1 },
        ],
        options: v => [v.spread, v.correlation, v.standard, v.rate, v.u, v.v],
        asked: [0, 1, 2],
        draw(pen, [state, paths, map], values, { narrow }) {
            const dark = gradus.is_dark(), low = dark ? [33, 35, 39] : [255, 255, 255], high = dark ? [78, 96, 120] : [150, 170, 196];
            gradus.map(pen, [LEFT, TOP, SIDE, SIDE], map, MAP, v => { const level = Math.log2(v + 0.02), share = level - Math.floor(level); return gradus.mix((level + 6) / 14 + (share > 0.85 ? 0.13 : 0), low, high); });
            pen.save(); pen.beginPath(); pen.rect(LEFT, TOP, SIDE, SIDE); pen.clip();
            for (let k = 0; k < 4; k++) {
                const points = Array.from({ length: STEPS + 1 }, (_, s) => place([paths[2 * (k * (STEPS + 1) + s)], paths[2 * (k * (STEPS + 1) + s) + 1]]));
                gradus.line(pen, points, gradus.palette[k], 1.8);
                gradus.dots(pen, points, gradus.palette[k], 2.3);
            }
            pen.restore();
            gradus.dots(pen, [place([values.u, values.v])], gradus.colour("ink"), 6);
            gradus.line(pen, [-5, 5].map(d => place([state[2], state[3]]).map((p, i) => p + (i ? 0 : d))), gradus.colour("ink"), 2);
            gradus.line(pen, [-5, 5].map(d => place([state[2], state[3]]).map((p, i) => p + (i ? d : 0))), gradus.colour("ink"), 2);
            for (let t = -2; t <= 4; t += 2) { gradus.text(pen, t, place([t, 0])[0], TOP + SIDE + 14, { align: "center", size: 12 }); gradus.text(pen, t, LEFT - 6, place([0, t])[1], { align: "right", size: 12 }); }
            gradus.text(pen, "w₁", LEFT + SIDE / 2, TOP + SIDE + 28, { align: "center" });
            const [x, y] = narrow ? [LEFT, 405] : [410, 30];
            gradus.legend(pen, x, y, names.map((n, k) => [n + ": " + gradus.round(state[4 + k], 2) + " left", gradus.palette[k]]));
            if (!narrow) gradus.text(pen, `condition number κ = ${gradus.round(state[0])}`, x, y + 100, { bold: true, size: 15 });
            if (!narrow) gradus.text(pen, `best rate 2/(λmax + λmin) = ${gradus.round(state[1])}`, x, y + 124);
        },
        say: ([state]) => `Condition number ${gradus.round(state[0])}, best rate of gradient descent ${gradus.round(state[1])}. After 60 steps the distances to the bottom are: ` + names.map((n, k) => `${n} ${gradus.round(state[4 + k], 2)}`).join(", ") + ".",
        told: ([state]) => ({ condition: state[0].toFixed(3) }),
        pointer(figure, x, y, type) {
            if (type !== "pointerdown") return;
            const u = 6 * (x - LEFT) / SIDE - 2, v = 6 * (1 - (y - TOP) / SIDE) - 2;
            if (u < -2 || u > 4 || v < -2 || v > 4) return;
            figure.inputs.u.value = u, figure.values.u = +figure.inputs.u.value;
            figure.inputs.v.value = v;
            figure.inputs.v.dispatchEvent(new Event("input"));
        },
    });
}
