"use strict";
// Chapter 19: the checkerboard.
{
    gradus.define("checker", {
        title: "A grey image through a transposed convolution: kernel and stride make the pattern.",
        bits: 64,
        shape: { wide: [720, 360], narrow: [360, 560] },
        controls: [
            { key: "kernel", label: "Kernel size", value: 5, from: 1, to: 9, step: 1 },
            { key: "stride", label: "Stride", value: 2, from: 1, to: 4, step: 1 },
            { key: "even", label: "Kernel", value: 0, choices: [["random weights", 0], ["all weights 1", 1]] },
        ],
        options: v => [v.kernel, v.stride, v.even],
        asked: [0, 1, 2],
        draw(pen, [state, map, kernel], values, { narrow }) {
            const [side, K] = state, low = Math.min(...map), high = Math.max(...map), kl = Math.min(...kernel, 0), kh = Math.max(...kernel);
            const grey = (a, b) => v => { const g = Math.round(235 * (b > a ? (v - a) / (b - a) : 0.5)) + 10; return [g, g, g]; };
            pen.imageSmoothingEnabled = false;
            const box = narrow ? [20, 30, 320, 320] : [20, 30, 310, 310], small = narrow ? [20, 390, 140, 140] : [400, 30, 170, 170];
            gradus.map(pen, box, map, side, grey(low, high), false);
            gradus.map(pen, small, kernel, K, grey(kl, kh), false);
            gradus.text(pen, `${side} × ${side} pixels, from 8 × 8 that are all 1`, box[0], 16);
            gradus.text(pen, `kernel, ${K} × ${K}`, small[0], small[1] - 14);
            const x = narrow ? 180 : 400, y = narrow ? 410 : 230;
            gradus.text(pen, "away from the edges:", x, y);
            gradus.text(pen, `from ${gradus.round(state[2])} to ${gradus.round(state[3])}`, x, y + 22, { bold: true, size: 15 });
            gradus.text(pen, K % values.stride ? "the stride does not divide the kernel" : "the stride divides the kernel", x, y + 48);
        },
        say: ([state], values) => `Kernel ${values.kernel}, stride ${values.stride}: away from the edges the pixels go from ${gradus.round(state[2])} to ${gradus.round(state[3])}. ` +
            (state[3] - state[2] < 1e-9 ? "No pattern." : values.even ? "Weights that are all alike leave a pattern, for some pixels are painted by more taps than others." : values.kernel % values.stride ? "Some pixels are painted by more taps than others, and by other weights." : "Every pixel is painted by as many taps; but by other weights."),
        told: ([state]) => ({ flat: Number(state[3] - state[2] < 1e-9) }),
    });
}
