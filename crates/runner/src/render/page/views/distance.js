// The error of the first cell of each activation against the distance from the range.

function distance() {
  const places = ["in the range", "1 to 1.5", "1.5 to 2", "2 to 4"];
  const found = now.distance();
  const traces = found.map(({ name, median, low, high }, i) => {
    const { colour, dash, symbol } = now.look(name);
    const error_y = { ...whiskers(median, low, high), color: colour, thickness: 1.5, width: 3 };
    const x = places.map((_, place) => place + aside(i, found.length));
    return { x, y: median, error_y, name: wrapped(name, 24), mode: "lines+markers", line: { color: colour, dash }, marker: { symbol, size: 8, color: colour } };
  });
  draw("distance", traces, layout("distance", "distance from the centre of the range (half-widths)", `error (${unit} there)`, {
    xaxis: { ...named(places, widthOf("distance") / 40), range: [-0.5, places.length - 0.5], showgrid: false, zeroline: false }, yaxis: { type: "log" },
  }));
  if (found.length > 0) element("distance-note").textContent = `Of each activation the cell with the lowest validation error among those that the filters leave: ${overSeeds(found)}. Points of an activation are set aside a little, so that bars do not hide each other.`;
}
