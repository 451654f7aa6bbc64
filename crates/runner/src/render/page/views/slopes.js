// The slope of each network far out against its bound.

function slopes() {
  const found = now.slopes();
  // Points that the graphics card draws are not on paper; a hundred thousand others would be slow.
  const type = found.reduce((all, { trials }) => all + trials.length, 0) > 5000 && !printing ? "scattergl" : "scatter";
  const traces = found.map(({ name, trials }) => {
    const { colour, symbol } = now.look(name);
    const text = trials.map((trial) => `trial ${trial[0]}`);
    return { type, mode: "markers", name: wrapped(name, 24), x: trials.map((trial) => trial[6]), y: trials.map((trial) => trial[5]), text, marker: { color: colour, symbol, size: 6 } };
  });
  const bounds = numbers(traces.flatMap((trace) => trace.x));
  const span = [bounds[0], bounds.at(-1)];
  const bound = { x: span, y: span, name: "the bound", mode: "lines", line: { color: "gray", dash: "dot" } };
  const per = `${now.shown().target} per unit of input`;
  draw("slopes", traces.length ? [...traces, bound] : [], layout("slopes", `Lipschitz bound (${per})`, `far slope (${per})`, { xaxis: { type: "log" }, yaxis: { type: "log" } }));
}
