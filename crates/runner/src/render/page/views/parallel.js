// All axes of the sweep at once: a line for each cell.

function parallel() {
  const found = now.parallel();
  if (found.cells < 2) return draw("parallel", [], {});
  if (printing) return parallelOnPaper(found);
  const { axes, test, far } = found;
  const characters = Math.max(8, widthOf("parallel") / LETTER / (axes.length + 2) - 2);
  const dimension = ({ name, names, places }) => ({
    label: wrapped(name, characters), values: places, tickvals: names.map((_, i) => i), ticktext: names.map((name) => wrapped(name, characters)),
  });
  const log = (error, values) => ({ label: wrapped(`log10 ${label(error)}`, characters), values });
  const dimensions = [...axes.map(dimension), log("test", test), log("far", far)];
  const line = { color: far, colorscale: "Cividis", reversescale: true, showscale: true, colorbar: { title: { text: `log10 ${label("far")}`, side: "right" }, thickness: 16 } };
  draw("parallel", [{ type: "parcoords", dimensions, line }], sheet({ height: HEIGHT, margin: { t: 72, r: 48, b: 24, l: 96 } }));
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
  const characters = (PAPER - 120) / LETTER / all.length;
  // Darker is better, as on the screen.
  const shade = (i) => `hsl(215, ${Math.round(70 - 40 * errors[1].at[i])}%, ${Math.round(25 + 55 * errors[1].at[i])}%)`;
  const some = even([...Array(cells).keys()], [0, cells - 1], Math.min(cells, 300)).reverse();
  const traces = some.map((i) => ({ x: all.map((_, axis) => axis), y: all.map(({ at }) => at[i]), mode: "lines", line: { color: shade(i), width: 1 }, hoverinfo: "skip" }));
  const shapes = all.map((_, axis) => ({ type: "line", x0: axis, x1: axis, y0: 0, y1: 1, line: { color: colour("--ink"), width: 1.5 } }));
  const tick = (axis, { at, text }) => ({ x: axis, y: at, text: wrapped(text, characters), font: { size: 11 }, align: "left", bgcolor: "rgba(255,255,255,0.8)", xanchor: axis === all.length - 1 ? "right" : "left", xshift: axis === all.length - 1 ? -3 : 3, showarrow: false });
  draw("parallel", traces, sheet({
    height: HEIGHT + 60, showlegend: false, shapes, annotations: all.flatMap(({ ticks }, axis) => ticks.map((of) => tick(axis, of))), margin: { t: 24, r: 48, b: 72, l: 48 },
    xaxis: { ...axisOf(), tickvals: all.map((_, axis) => axis), ticktext: all.map(({ name }) => wrapped(name, characters)), showgrid: false, zeroline: false },
    yaxis: { visible: false, range: [-0.05, 1.05] },
  }));
}
