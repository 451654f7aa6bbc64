// A panel for each activation: what the networks of its first cell learned, with its derivatives, to any distance.

const CURVES = [
  { name: "value", of: (target) => target, unit: "" },
  { name: "first derivative", of: (target, input) => `first derivative of ${target} by ${input}`, unit: " per half-width" },
  { name: "second derivative", of: (target, input) => `second derivative of ${target} by ${input}`, unit: " per half-width²" },
];
const REACHES = { 3: "3 half-widths", 10: "10 half-widths", 30: "30 half-widths", 100: "100 half-widths", 1000: "1,000 half-widths", logarithmic: "1,000 half-widths, logarithmic" };

// Where the panels are, in pixels and in parts of the picture; `up` is what stands beside them all.
function tiles(id, names, up) {
  const gap = printing ? 20 : 44;
  const columns = Math.min(names.length, Math.max(1, Math.min(4, Math.floor(widthOf(id) / (printing ? 160 : 190)))));
  const rows = Math.ceil(names.length / columns);
  const lowest = rows === 1 ? 220 : 140;
  const beside = wrap(up, (rows * lowest) / LETTER);
  const edge = { t: 28, r: 24, b: 60, l: 48 + 18 * beside.length };
  const inner = widthOf(id) - edge.l - edge.r;
  const width = (inner - gap * (columns - 1)) / columns;
  const titles = names.map((name) => wrap(name, width / LETTER));
  const top = 8 + 18 * Math.max(...titles.map((lines) => lines.length));
  const height = Math.min(260, Math.max(lowest, 0.75 * width));
  const all = rows * (height + top);
  const place = (i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const left = (column * (width + gap)) / inner;
    const bottom = 1 - ((row + 1) * (height + top)) / all;
    return { x: [left, left + width / inner], y: [bottom, bottom + height / all], isLeft: column === 0, isLowest: i + columns >= names.length };
  };
  return { edge, width, beside, height: all + edge.t + edge.b, titles, places: names.map((_, i) => place(i)) };
}

function panelTraces(found, panel, axes) {
  const look = now.look(panel.name);
  const { x, truth, points, logarithmic } = found;
  const quiet = { ...axes, hoverinfo: "skip" };
  const hover = logarithmic
    ? { text: data.grid.distances.map((distance, i) => `${digits(distance)} half-widths: ${digits(panel.middle[i])}`), hoverinfo: "text" }
    : {};
  return [
    { ...quiet, ...points, name: "data", mode: "markers", marker: { color: "gray", size: 3 } },
    { ...quiet, ...veil(x, panel.low, panel.high), name: "from the lowest to the highest", mode: "lines", line: { width: 0.5, color: look.colour, simplify: false }, fill: "toself", fillcolor: look.colour + "40" },
    { ...quiet, x, y: truth || [], name: "truth", mode: "lines", line: { ...neutral, simplify: false } },
    { ...axes, ...hover, x, y: panel.middle, name: plain(panel.name), mode: "lines", line: { color: look.colour, width: 2, simplify: false } },
  ].filter(({ y }) => y.length > 0);
}

// Ticks of a logarithmic axis.
function logarithmicTicks([low, high], most) {
  const ticks = decades(low, high, most);
  return { tickvals: ticks.map(({ at }) => at), ticktext: ticks.map(({ text }) => text) };
}

function curves() {
  const found = now.panels();
  if (found.panels.length === 0) return draw("fits", [], {});
  const { name, of, unit: per } = CURVES[found.order];
  const up = found.logarithmic ? `${name} (${unit}${per})` : `${of(found.output, found.input)} (in its own units)`;
  const { edge, width, beside, height, titles, places } = tiles("fits", found.panels.map(({ name }) => name), up);
  const key = (axis, i) => axis + (i > 0 ? i + 1 : "");
  const [xticks, yticks] = found.logarithmic ? [logarithmicTicks(found.window, width > 200 ? 2 : 1), logarithmicTicks(found.extent, 3)] : [{ nticks: width > 200 ? 6 : 3 }, { nticks: 6, tickformat: ".4~g" }];
  const axes = {};
  const shapes = [];
  const annotations = [];
  const traces = found.panels.flatMap((panel, i) => {
    const place = places[i];
    const [x, y] = [key("x", i), key("y", i)];
    const common = { tickfont: { size: 12 }, automargin: false };
    axes[key("xaxis", i)] = axisOf({ ...common, ...xticks, domain: place.x, anchor: y, range: found.window, showticklabels: place.isLowest, ...(i > 0 ? { matches: "x" } : {}) });
    axes[key("yaxis", i)] = axisOf({ ...common, ...yticks, domain: place.y, anchor: x, range: found.extent, showticklabels: place.isLeft, ...(i > 0 ? { matches: "y" } : {}) });
    shapes.push(...shades(found.trained, x, `${y} domain`));
    shapes.push(...panel.settles.map((at) => ({ type: "line", x0: at, x1: at, y0: 0, y1: 1, xref: x, yref: `${y} domain`, line: { color: colour("--ink"), width: 1.5, dash: "dot" } })));
    annotations.push({ text: titles[i].map(plain).join("<br>"), align: "left", xref: `${x} domain`, yref: `${y} domain`, x: 0, y: 1, xanchor: "left", yanchor: "bottom", showarrow: false });
    return panelTraces(found, panel, { xaxis: x, yaxis: y });
  });
  const across = found.logarithmic ? "distance from the centre of the range (half-widths)" : `${found.input} (in its own units)`;
  annotations.push(
    { name: "across", text: wrapped(across, (widthOf("fits") - edge.l) / LETTER), xref: "paper", yref: "paper", x: 0.5, y: 0, yanchor: "top", yshift: -24, showarrow: false },
    { name: "up", text: beside.map(plain).join("<br>"), xref: "paper", yref: "paper", x: 0, y: 0.5, xanchor: "right", xshift: -40, textangle: -90, showarrow: false },
  );
  draw("fits", traces, sheet({ ...axes, height, shapes, annotations, margin: edge, showlegend: false }));
  element("fits-note").textContent = curvesNote(found);
}

function curvesNote(found) {
  const parts = [`The cell of each activation with the lowest validation error, trained on ${found.range}: the median over its networks, and from the lowest to the highest (shaded in its colour).`];
  if (found.truth) parts.push("The gray line is the truth.");
  if (found.points.x.length > 0) parts.push("The dots are the data.");
  parts.push("The shaded part of the axis is the trained range.");
  if (found.logarithmic) parts.push("Both axes are linear within ±1, and logarithmic beyond: distances in half-widths of the range, values in standard deviations of the target in the range, from its mean.");
  if (found.order > 0) parts.push("Derivatives are means over 1/32 of a half-width, so that the kinks of a piecewise linear network are peaks of its second derivative.");
  if (found.swings) parts.push("Where there is no line a network goes up and down faster than the picture has points: its lowest and highest values within each step are shown.");
  if (found.panels.some(({ settles }) => settles.length > 0)) parts.push("Dotted lines are where the curve has settled to what it becomes.");
  if (found.without.length > 0) parts.push(`Without curves here, as no network of theirs on this range is among the cells with curves: ${found.without.join(", ")}.`);
  return parts.join(" ");
}
