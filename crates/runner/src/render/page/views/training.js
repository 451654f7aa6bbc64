// How the networks of the chosen cell learned.

function training() {
  const cell = now.chosen();
  const of = cell && now.curves(cell);
  if (!of?.step) {
    draw("loss", [], {});
    return draw("sigma", [], {});
  }
  const style = line({ ...lookOf(cell), dash: "solid" }, 1.5);
  const losses = of.loss.map((y, i) => ({ x: of.step, y, name: `seed ${now.trained(cell)[i][1]}`, mode: "lines", line: style }));
  draw("loss", losses, layout("loss", "steps", "training loss, as trained", { yaxis: { type: "log" }, showlegend: false }));
  const look = (layer) => data.palette[layer % data.palette.length];
  const sigmas = of.sigma.map((y, i) => ({ x: of.step, y, name: `layer ${i + 1}`, mode: "lines", line: line(look(i), 2.5) }));
  draw("sigma", sigmas, layout("sigma", "steps", "spectral norm (median over seeds, no unit)", { showlegend: true }));
}
