// All axes of the sweep at once: a line for each cell.

function parallel() {
  const found = now.parallel();
  if (found.cells < 2) return draw("parallel", [], {});
  if (printing) return parallelOnPaper(found);
  const { axes, test, far } = found;
  const width = widthOf("parallel");
  // Ticks are left of their axis, and smaller than other text; there is one line for each.
  const small = 6.5;
  const longest = Math.max(0, ...(axes[0]?.names || []).map((name) => name.length));
  const left = Math.max(48, Math.min(0.3 * width, small * longest + 16));
  const between = (width - left - 80) / (axes.length + 1);
  const characters = Math.max(6, Math.floor(between / small) - 3);
  const dimension = ({ name, names, places }, i) => ({
    label: plain(name), values: places, tickvals: names.map((_, i) => i),
    ticktext: names.map((name) => shortened(name, i === 0 ? Math.floor((left - 10) / small) : characters)),
  });
  const log = (error, values) => ({ label: `log ${label(error)}`, values, tickformat: ".1f" });
  const dimensions = [...axes.map(dimension), log("test", test), log("far", far)];
  // Names that are longer than the way to the next axis rise.
  const rises = dimensions.some(({ label }) => label.length > characters + 3);
  // What is worse stands out from what is behind it.
  const line = { color: far, colorscale: "Cividis", reversescale: !isDark() };
  element("parallel-shades").textContent = isDark() ? "brighter" : "darker";
  draw("parallel", [{ type: "parcoords", dimensions, line, labelangle: rises ? -30 : 0, labelfont: { size: 12 }, tickfont: { size: 11 } }], sheet({ height: tall(), margin: { t: rises ? 112 : 72, r: rises ? 80 : 56, b: 24, l: left } }));
}

// The same in ordinary lines, since the graphics card's are not on paper.
function parallelOnPaper({ cells, axes, test, far }) {
  const errors = [["test", test], ["far", far]].map(([error, values]) => {
    const order = numbers(values);
    const [low, high] = [order[0], order.at(-1)];
    const at = (value) => (high > low ? (value - low) / (high - low) : 0.5);
    return { name: label(error), at: values.map(at), ticks: [low, high].map((value) => ({ at: at(value), text: (10 ** value).toPrecision(2) })) };
  });
  const named = axes.map(({ name, names, places }) => {
    const at = (place) => (names.length > 1 ? place / (names.length - 1) : 0.5);
    return { name, at: places.map(at), ticks: names.map((text, place) => ({ at: at(place), text })) };
  });
  const all = [...named, ...errors];
  // The names of the first axis are left of it, where there is room; the others are to the right of theirs, those of the last to its left.
  const [left, right] = [150, 48];
  const characters = (PAPER - left - right) / LETTER / (all.length - 1);
  const side = (axis) => (axis === 0 || axis === all.length - 1 ? { xanchor: "right", xshift: -4 } : { xanchor: "left", xshift: 4 });
  const rows = Math.max(...all.map(({ ticks }) => ticks.length));
  element("parallel-shades").textContent = "darker";
  const shade = (i) => `hsl(215, 60%, ${Math.round(75 - 50 * errors[1].at[i])}%)`;
  const some = even([...Array(cells).keys()], [0, cells - 1], Math.min(cells, 300)).reverse();
  const traces = some.map((i) => ({ x: all.map((_, axis) => axis), y: all.map(({ at }) => at[i]), mode: "lines", line: { color: shade(i), width: 1 }, hoverinfo: "skip" }));
  const shapes = all.map((_, axis) => ({ type: "line", x0: axis, x1: axis, y0: 0, y1: 1, line: { color: colour("--ink"), width: 1.5 } }));
  const tick = (axis, { at, text }) => ({
    x: axis, y: at, text: wrapped(text, axis === 0 ? (left - 10) / 7 : characters), font: { size: 11 }, align: axis === 0 ? "right" : "left", bgcolor: "rgba(255,255,255,0.8)", ...side(axis), showarrow: false,
  });
  draw("parallel", traces, sheet({
    height: Math.max(tall() + 60, 120 + 34 * rows), showlegend: false, shapes, annotations: all.flatMap(({ ticks }, axis) => ticks.map((of) => tick(axis, of))), margin: { t: 24, r: right, b: 72, l: left },
    xaxis: { ...axisOf(), tickvals: all.map((_, axis) => axis), ticktext: all.map(({ name }) => wrapped(name, characters)), showgrid: false, zeroline: false, range: [0, all.length - 1], automargin: false },
    yaxis: { visible: false, range: [-0.05, 1.05] },
  }));
}
