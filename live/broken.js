"use strict";
// Chapters 3 and 12: break this gradient.
{
    const verdicts = ["PASS", "INCONCLUSIVE", "BUG"], colours = ["#009e73", "#e69f00", "#d55e00"];
    const text = codes => new TextDecoder().decode(Uint8Array.from(codes));
    gradus.define("broken", {
        title: "Break this gradient, and see whether the checker finds out how.",
        bits: 64,
        shape: { wide: [720, 330], narrow: [360, 400] },
        controls: [
            { key: "layer", label: "Layer", value: 0, choices: [["batch norm, 5 × 3", 0], ["dense, 5 × 4 → 3", 1], ["tanh, 5 × 3", 2]], before: f => { f.values.bug = 0; f.listed = null; } },
            { key: "bug", label: "Its dx is", value: 0, choices: [["right", 0]], open: true, from: -8, to: 64, set: 1 },
        ],
        options: v => [v.layer, v.bug],
        asked: [0, 1, 2, 3],
        draw(pen, [state, elements, , list], values, { narrow, figure }) {
            fill(figure, text(list), values);
            const n = elements.length / 3, box = narrow ? [46, 60, 300, 270] : [60, 60, 640, 210], each = k => elements.subarray(3 * k, 3 * k + 3);
            const largest = Math.max(...elements.filter(Number.isFinite).map(Math.abs)) || 1;
            const [to_x, to_y] = gradus.axes(pen, box, { x: [-0.7, n - 0.3], y: [-1.15 * largest, 1.15 * largest], name_x: "element of dx, row by row", ticks: 6 });
            for (let k = 0; k < n; k++) {
                const [claimed, numeric, bar] = each(k), off = !(Math.abs(claimed - numeric) <= bar), x = to_x(k);
                gradus.line(pen, [[x - 7, to_y(numeric)], [x + 7, to_y(numeric)]], gradus.colour("ink"), 3);
                if (!Number.isFinite(claimed)) { gradus.text(pen, "NaN", x, to_y(0), { align: "center", colour: colours[2], bold: true }); continue; }
                if (off) gradus.line(pen, [[x, to_y(numeric)], [x, to_y(claimed)]], colours[2], 1.5);
                gradus.dots(pen, [[x, to_y(claimed)]], off ? colours[2] : colours[0], 4.5);
            }
            gradus.text(pen, verdicts[state[0]], 14, 20, { size: 20, bold: true, colour: colours[state[0]] });
            gradus.text(pen, "— numeric", narrow ? 200 : 520, 14); gradus.text(pen, "● claimed", narrow ? 200 : 520, 32);
            gradus.text(pen, "The error bars are thinner than the lines.", box[0] + box[2], narrow ? 388 : 318, { size: 11, align: "right" });
        },
        say([state, elements, name]) {
            const said = text(name), worst = state[3], [claimed, numeric, bar] = elements.subarray(3 * worst, 3 * worst + 3);
            if (state[0] === 1) return "INCONCLUSIVE: some error bars are too wide to tell.";
            if (state[0] === 0) return `PASS: every element agrees with its finite difference within its error bar; at the widest, ${gradus.round(Math.abs(claimed - numeric), 2)} apart where ${gradus.round(bar, 2)} is allowed.`;
            return `BUG: element ${worst} is claimed to be ${gradus.round(claimed, 6)}, and is ${gradus.round(numeric, 6)}, give or take ${gradus.round(bar, 2)}. ` +
                (said ? `The checker says: ${said}.` : "The checker has no name for it.");
        },
        told: ([state, , name]) => ({ verdict: verdicts[state[0]], name: text(name) }),
        note: "“One unseen” plants a bug without telling you which; read what the checker says, guess, then choose what you think it was from the list, and compare the numbers.",
    });
    // The list of bugs comes from C: those that fit this layer and change its gradient.
    function fill(figure, list, values) {
        if (figure.listed === list) return;
        figure.listed = list;
        const names = list.trim().split("\n"), select = figure.inputs.bug, option = (t, v) => Object.assign(document.createElement("option"), { textContent: t, value: v });
        select.replaceChildren(option("right", 0), ...names.map((name, k) => option(name, k + 1)), ...[1, 2, 3, 4, 5, 6, 7, 8].map(k => option("one unseen, no. " + k, -k)));
        select.value = values.bug;
    }
}
