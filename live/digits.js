"use strict";
// Chapter 17: the blog's GAN learns digits.
{
    const grey = v => { const g = Math.max(0, Math.min(255, Math.round(127.5 * (v + 1)))); return [g, g, g]; };
    gradus.define("digits", {
        title: "The blog's GAN at its work: 36 samples, the mean of 200, and both losses.",
        bits: 32, runs: true, hash: true,
        shape: { wide: [720, 372], narrow: [360, 700] },
        controls: [
            { key: "norm", label: "Batch norm in", value: 3, choices: [["neither", 0], ["G", 1], ["D", 2], ["both, as given", 3]] },
            { key: "rate", label: "Learning rate", value: 2e-4, from: 1e-5, to: 0.02, log: true, set: 1 },
            { key: "turn", label: "A step of", value: 0, choices: [["both", 0], ["D alone", 1], ["G alone", 2]], set: 2 },
            { key: "mode", label: "Samples in", value: 0, choices: [["evaluation mode", 0], ["training mode", 1]], set: 3 },
            { key: "mates", label: "Batch mates", value: 0, from: 0, to: 20, step: 1, set: 4 },
        ],
        options: v => [v.norm, v.rate, v.turn, v.mode, v.mates],
        asked: [0, 1, 2, 3],
        draw(pen, [state, images, mean, past], values, { narrow }) {
            const side = 56, gap = 2;
            pen.imageSmoothingEnabled = false;
            for (let k = 0; k < 36; k++)
                gradus.map(pen, [8 + (k % 6) * (side + gap), 8 + Math.floor(k / 6) * (side + gap), side, side], images.subarray(784 * k, 784 * (k + 1)), 28, grey, false);
            pen.strokeStyle = gradus.palette[1]; pen.lineWidth = 3; pen.strokeRect(8, 8, side, side);
            const mean_box = narrow ? [8, 376, 120, 120] : [376, 8, 140, 140], chart = narrow ? [44, 560, 300, 90] : [408, 206, 300, 116];
            gradus.map(pen, mean_box, mean, 28, grey, false);
            pen.imageSmoothingEnabled = true;
            gradus.text(pen, "mean of 200", mean_box[0] + mean_box[2] + 12, mean_box[1] + 14);
            gradus.text(pen, "error in the border,", mean_box[0] + mean_box[2] + 12, mean_box[1] + 44);
            gradus.text(pen, "black in every digit:", mean_box[0] + mean_box[2] + 12, mean_box[1] + 62);
            gradus.text(pen, state[5].toFixed(3), mean_box[0] + mean_box[2] + 12, mean_box[1] + 86, { size: 18, bold: true });
            const rows = Array.from({ length: past.length / 3 }, (_, k) => past.subarray(3 * k, 3 * k + 3)), top = 5;
            const [to_x, to_y] = gradus.axes(pen, chart, { x: [0, Math.max(state[0], 100)], y: [0, top], name_y: "losses", name_x: "steps", ticks: 4 });
            gradus.line(pen, rows.map(r => [to_x(r[0]), to_y(Math.min(top, r[1]))]), gradus.palette[0]);
            gradus.line(pen, rows.map(r => [to_x(r[0]), to_y(Math.min(top, r[2]))]), gradus.palette[1]);
            gradus.legend_row(pen, chart[0] + chart[2], chart[1] - 12, [["D", gradus.palette[0]], ["G", gradus.palette[1]]]);
        },
        say: ([state]) => `Step ${state[0]}: D gives real digits ${gradus.round(state[3], 2)} and generated ones ${gradus.round(state[4], 2)}; error in the always-black border ${state[5].toFixed(3)}.`,
        told: ([state]) => ({ border: state[5].toFixed(4) }),
        note: "The framed sample has the same noise always. In training mode it changes with its batch mates; in evaluation mode it does not. With batch norm in D the border fills with speckle, and stays so.",
    });
}
