"use strict";
// Chapters 15 and 16: a GAN in the plane.
{
    const SIDE = 340, LEFT = 8, TOP = 8, MAP = 40;
    const on_plane = ([x, y], reach) => [LEFT + SIDE * (x / reach + 1) / 2, TOP + SIDE * (1 - y / reach) / 2];
    const pairs = (numbers, each = 2) => Array.from({ length: numbers.length / each }, (_, k) => Array.from(numbers.subarray(each * k, each * (k + 1))));
    const belief_colour = p => {
        const dark = gradus.is_dark(), middle = dark ? [33, 35, 39] : [255, 255, 255];
        return p > 0.5 ? gradus.mix(2 * p - 1, middle, dark ? [150, 78, 20] : [244, 176, 116]) : gradus.mix(1 - 2 * p, middle, dark ? [30, 84, 140] : [133, 183, 226]);
    };
    const arrow = (pen, [x, y], [dx, dy]) => {
        const length = Math.hypot(dx, dy) || 1, shown = 26 * Math.tanh(length / 3), ux = dx / length, uy = -dy / length;
        const to = [x + shown * ux, y + shown * uy];
        gradus.line(pen, [[x, y], to], gradus.colour("accent"), 1.3);
        gradus.line(pen, [[to[0] - 4 * ux - 3 * uy, to[1] - 4 * uy + 3 * ux], to, [to[0] - 4 * ux + 3 * uy, to[1] - 4 * uy - 3 * ux]], gradus.colour("accent"), 1.3);
    };
    const add_point = (figure, x, y) => {
        figure.given = (figure.given || []).concat(x, y).slice(-4000);
        figure.send({ give: figure.given });
    };
    gradus.define("plane", {
        title: "A GAN in the plane. Grey: data. Black, or white on dark: samples of G. Orange where D says real, blue where it says fake.",
        bits: 32, runs: true, hash: true,
        shape: { wide: [720, 360], narrow: [360, 640] },
        controls: [
            { key: "data", label: "Data", value: 0, choices: [["the ring of 8", 0], ["the grid of 25", 1], ["drawn by you", 2]] },
            { key: "norm", label: "Batch norm in", value: 1, choices: [["neither", 0], ["G", 1], ["D", 2], ["both", 3]] },
            { key: "rate", label: "Learning rate", value: 1e-3, from: 1e-5, to: 0.3, log: true, set: [3, 4] },
            { key: "turn", label: "A step of", value: 0, choices: [["both", 0], ["D alone", 1], ["G alone", 2]], set: 5 },
            { key: "mode", label: "Samples by", value: 0, choices: [["running statistics", 0], ["their own batch's", 1]], set: 6 },
            { key: "arrows", label: "Where G is pulled", value: 0, choices: [["hidden", 0], ["as arrows", 1]], view: true },
        ],
        options: v => [v.data, v.norm & 1, v.norm >> 1, v.rate, v.rate, v.turn, v.mode],
        asked: [0, 1, 2, 3, 4, 5],
        draw(pen, [state, samples, belief, arrows, data, past], values, { narrow, figure }) {
            const reach = state[9];
            gradus.map(pen, [LEFT, TOP, SIDE, SIDE], belief, MAP, belief_colour);
            const inside = points => points.filter(([x, y]) => Math.abs(x) < reach && Math.abs(y) < reach).map(p => on_plane(p, reach));
            if (values.data !== 2 || figure.given) gradus.dots(pen, inside(pairs(data)), "#8a8a8a", 1.5);
            gradus.dots(pen, inside(pairs(samples)), gradus.colour("ink"), 1.5);
            if (values.arrows) for (const [x, y, dx, dy] of pairs(arrows, 4)) arrow(pen, on_plane([x, y], reach), [dx, dy]);
            if (values.data === 2 && !figure.given) gradus.text(pen, "draw here what G shall learn", LEFT + SIDE / 2, TOP + SIDE / 2, { align: "center", size: 15 });
            if (figure.at) { const [x, y] = on_plane(figure.at, reach); gradus.line(pen, [[x - 7, y], [x + 7, y]], gradus.colour("accent")); gradus.line(pen, [[x, y - 7], [x, y + 7]], gradus.colour("accent")); }
            pen.strokeStyle = gradus.colour("line"); pen.strokeRect(LEFT, TOP, SIDE, SIDE);
            const rows = pairs(past, 4), last = Math.max(state[0], 100), across = narrow ? [44, 385, 300, 100] : [408, 30, 300, 120], below = narrow ? [44, 550, 300, 60] : [408, 216, 300, 100];
            const top = Math.min(8, Math.max(2, ...rows.map(r => Math.max(r[1], r[2])).filter(Number.isFinite)));
            let [to_x, to_y] = gradus.axes(pen, across, { x: [0, last], y: [0, top], name_y: "losses", ticks: 4 });
            gradus.line(pen, rows.map(r => [to_x(r[0]), to_y(Math.min(r[1], top))]), gradus.palette[0]);
            gradus.line(pen, rows.map(r => [to_x(r[0]), to_y(Math.min(r[2], top))]), gradus.palette[1]);
            gradus.legend_row(pen, across[0] + across[2], across[1] - 12, [["D", gradus.palette[0]], ["G", gradus.palette[1]]]);
            if (values.data === 2) return;
            [to_x, to_y] = gradus.axes(pen, below, { x: [0, last], y: [0, state[2]], name_y: `modes found, of ${state[2]}`, name_x: "steps", ticks: 4 });
            gradus.line(pen, rows.map(r => [to_x(r[0]), to_y(r[3])]), gradus.palette[2]);
        },
        say: ([state], values) => `Step ${state[0]}: ` + (values.data === 2 ? "" : `${state[1]} of ${state[2]} modes, ${Math.round(100 * state[3])} % of the samples good; `) +
            `centre of the samples (${gradus.round(state[6], 2)}, ${gradus.round(state[7], 2)}), mean distance from it ${gradus.round(state[8], 2)}.`,
        told: ([state]) => ({ modes: state[1], centre: Math.hypot(state[6], state[7]).toFixed(3), radius: state[8].toFixed(3) }),
        note: "To draw data: choose it, then press and move on the plane; or move the cross with the arrow keys and drop points with the space bar. Backspace takes the last ten points away.",
        drawing: values => values.data === 2,
        touch: values => values.data === 2 ? "none" : "manipulation",
        pointer(figure, x, y) {
            if (figure.values.data !== 2) return;
            const reach = figure.reads[0][9], u = (2 * (x - LEFT) / SIDE - 1) * reach, v = (1 - 2 * (y - TOP) / SIDE) * reach;
            if (Math.abs(u) < reach && Math.abs(v) < reach) add_point(figure, u, v);
        },
        key(figure, key, fast) {
            const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
            if (figure.values.data !== 2 || !(move || key === " " || key === "Backspace")) return false;
            figure.at = figure.at || [0, 0];
            if (move) figure.at = figure.at.map((v, k) => Math.max(-1.5, Math.min(1.5, v + move[k] * (fast ? 0.2 : 0.05))));
            else if (key === " ") add_point(figure, ...figure.at);
            else figure.given = (figure.given || []).slice(0, -20), figure.send({ give: figure.given });
            figure.redraw();
            figure.said.textContent = `The cross is at (${figure.at.map(v => v.toFixed(2)).join(", ")}); ${(figure.given || []).length / 2} points are drawn.`;
            return true;
        },
    });
}
