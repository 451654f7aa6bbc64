// The networks of the chosen cell, and what each of them learned.

function networks() {
  const cell = now.chosen();
  const settings = () => data.axes.map((name) => `${name} ${name === "range" ? now.rangeOf(cell) : now.setting(cell, name)}`);
  element("networks-of").textContent = cell ? `Cell ${cell.id.slice(0, 8)}: ${settings().join("; ")}.` : "no cell";
  const rows = (cell?.trials || []).map(([id, seed, far, test, becomes, slope, , diverged]) =>
    row([id, seed, diverged === undefined ? "done" : `diverged at step ${diverged}`, digits(far), digits(test), data.classes.names[becomes], digits(slope ?? null)]),
  );
  const pointed = (cell?.trials || []).findIndex(([id]) => state.trial && id.startsWith(state.trial));
  rows[pointed]?.setAttribute("aria-current", "true");
  element("networks").replaceChildren(row(["trial", "seed", "status", `${label("far")} (std)`, `${label("test")} (std)`, `looks like, up to ${data.distance} half-widths`, `far slope (${now.shown().target} per unit of input)`], "th"), ...rows);
  const run = document.documentElement.dataset.run;
  const first = cell?.trials[0]?.[0];
  element("commands").textContent = first ? `actlab show ${run} --trial ${first}\nactlab predict ${run} ${first} --x -10:10:0.1` : "";
  const curves = !cell || now.learned(cell) ? "" : " Curves are in the page for the first cells only; the commands show the others.";
  element("networks-note").textContent = `A row is one network; its errors are root mean square, in standard deviations of the target there (std). What it looks like is a fit with an R² of at least 0.99.${curves}`;
  seeds();
}

function seeds() {
  const found = now.seeds();
  if (!found) return draw("seeds", [], {});
  const { x, truth, points } = found;
  const style = { ...line({ ...lookOf(found.cell), dash: "solid" }, 1.5), simplify: false };
  const traces = [
    { ...points, name: "data", mode: "markers", marker: { color: "gray", size: 4 } },
    ...found.curves.map(({ seed, y }) => ({ x, y, name: `seed ${seed}`, mode: "lines", line: style })),
    { x, y: truth || [], name: "truth", mode: "lines", line: { ...neutral, simplify: false } },
  ].filter(({ y }) => y.length > 0);
  draw("seeds", traces, layout("seeds", `${found.input} (in its own units)`, `${found.output} (in its own units)`, {
    shapes: shades(found.trained, "x", "paper"), xaxis: { range: [x[0], x.at(-1)] }, yaxis: { range: found.extent }, showlegend: false,
  }));
}
