// The median error over two axes of the sweep.

function heat() {
  const { rows, columns, error, x, y, z } = now.heat();
  const text = z.map((row) => row.map((value) => (value === null ? "" : value.toPrecision(2))));
  const trace = {
    type: "heatmap", x: x.map(plain), y: y.map(plain), z: z.map((row) => row.map((v) => (v > 0 ? Math.log10(v) : null))), text,
    texttemplate: "%{text}", colorscale: "Cividis", reversescale: true, colorbar: { title: { text: `log10 of the ${label(error)} (std)`, side: "right" }, thickness: 16 },
    hovertemplate: `${rows} %{y}<br>${columns} %{x}<br>median ${label(error)} %{text} ${unit}<extra></extra>`,
  };
  const names = (levels, characters) => ({ type: "category", tickvals: levels.map(plain), ticktext: levels.map((name) => wrapped(name, characters)) });
  const some = now.cells().length > 0;
  const width = widthOf("heat");
  const given = { xaxis: names(x, Math.max(8, width / LETTER / (x.length + 1))), yaxis: names(y, width / 32), height: Math.max(tall(), 120 + y.reduce((all, name) => all + 12 + 20 * wrap(name, width / 32).length, 0)) };
  draw("heat", some ? [trace] : [], layout("heat", columns, rows, given));
  const plot = element("heat");
  if (some && !plot.dataset.listens) {
    plot.dataset.listens = "yes";
    plot.on("plotly_click", ({ points: [point] }) => {
      const { x, y } = now.heat();
      const level = (names, shown) => names.find((name) => plain(name) === shown);
      const hit = now.square(level(y, point.y), level(x, point.x));
      if (hit) state.cell = hit.id;
    });
  }
}
