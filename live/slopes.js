"use strict";
// Chapter 3: the V of a finite difference.
{
    const names = ["forward, float", "central, float", "forward, double", "central, double"];
    gradus.define("slopes", {
        title: "Error of a finite difference by its step: the two ways to be wrong.",
        bits: 64, seed: false,
        shape: { wide: [720, 400], narrow: [360, 420] },
        controls: [
            { key: "f", label: "Function", value: 0, choices: [["e^sin(3x)", 0], ["x³", 1], ["√x", 2], ["sin(200x)", 3], ["|x − 1|, a kink", 4], ["10⁶ + x²", 5]] },
            { key: "x", label: "at x", value: 1, from: 0.02, to: 2, step: 0.01 },
            { key: "h", label: "Step h", value: 1e-3, from: 1e-15, to: 0.5, log: true, view: true },
            { key: "p", label: "Ridders in", value: 1, choices: [["float", 0], ["double", 1]], view: true },
        ],
        options: v => [v.f, v.x],
        asked: [0, 1],
        draw(pen, [state, curve], values, { narrow }) {
            const box = narrow ? [48, 96, 300, 270] : [56, 30, 440, 320], x = [1e-15, 0.5], y = [1e-16, 10];
            const [to_x, to_y] = gradus.axes(pen, box, { x, y, log_x: true, log_y: true, name_x: "step h", name_y: "relative error" });
            const rows = Array.from({ length: curve.length / 5 }, (_, k) => curve.subarray(5 * k, 5 * k + 5)), clamp = v => Math.max(y[0], Math.min(y[1], v));
            names.forEach((name, k) => gradus.line(pen, rows.map(r => [to_x(r[0]), Number.isFinite(r[k + 1]) ? to_y(clamp(r[k + 1])) : NaN]), gradus.palette[k], 2, k % 2 ? [] : [5, 4]));
            gradus.line(pen, [[to_x(values.h), box[1]], [to_x(values.h), box[1] + box[3]]], gradus.colour("accent"), 2);
            const [value, bar, error, , smallest] = state.subarray(1 + 6 * values.p, 7 + 6 * values.p), scale = Math.abs(state[0]) || 1;
            const at = to_x(Math.max(x[0], smallest)), e = to_y(clamp(error / scale)), b = to_y(clamp(bar / scale));
            gradus.dots(pen, [[at, e]], gradus.colour("ink"), 5);
            gradus.line(pen, [[at, e], [at, b]], gradus.colour("ink"), 2);
            gradus.line(pen, [[at - 6, b], [at + 6, b]], gradus.colour("ink"), 2);
            const [lx, ly] = narrow ? [12, 10] : [512, 40];
            gradus.legend(pen, lx, ly, names.map((n, k) => [n, gradus.palette[k]]));
            if (narrow) return;
            gradus.text(pen, "● Ridders: true error,", 512, 140, { size: 13 });
            gradus.text(pen, "at the smallest step it took;", 512, 158, { size: 13 });
            gradus.text(pen, "above it the bar it claims", 512, 176, { size: 13 });
        },
        say([state, curve], values) {
            const k = Math.round(2 * Math.log2(0.5 / values.h)), at = curve.subarray(5 * Math.min(100, Math.max(0, k)), 5 * Math.min(100, Math.max(0, k)) + 5);
            const [value, bar, error, noise, , bend] = state.subarray(1 + 6 * values.p, 7 + 6 * values.p);
            return `The slope is ${gradus.round(state[0], 8)}. At h = ${gradus.round(at[0], 2)} the central difference is off by ${gradus.round(at[2], 2)} of it in float and ${gradus.round(at[4], 2)} in double. ` +
                `Ridders's extrapolation in ${values.p ? "double" : "float"} finds ${gradus.round(value, 8)}${bend ? ` ± ${gradus.round(bend, 4)} to either side of a kink` : ""}, says that this may be off by ${gradus.round(bar, 2)}, and is off by ${gradus.round(error, 2)} (noise of the function: ${gradus.round(noise, 2)}).`;
        },
        told: ([state]) => ({ held: Number(state[3] <= state[2]) + Number(state[9] <= state[8]) }),
    });
}
