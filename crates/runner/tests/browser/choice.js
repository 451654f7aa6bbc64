// What the page chooses from the fixed data in several states, left in an element of the name "seen".
const data = JSON.parse(document.getElementById("data").textContent);
const ids = (cells) => cells.map((cell) => cell.id);
const of = (state) => {
  const now = choice(data, state);
  const { range, cells } = now.fits();
  return {
    shown: now.shown(),
    cells: ids(now.cells()),
    chosen: now.chosen()?.id ?? null,
    fits: [range, ids(cells)],
    distance: now.distance(),
    heat: now.heat(),
    square: now.square("relu", "10")?.id ?? null,
    parallel: now.parallel(),
    classes: now.classes(),
    slopes: now.slopes().map(({ name, trials }) => [name, trials.map((trial) => trial[0])]),
  };
};
const all = choice(data, {});
const seen = {
  levels: Object.fromEntries(data.axes.map((name) => [name, all.levels(name)])),
  variance: all.variance(),
  look: all.look("novel").symbol,
  trained: all.trained(data.cells[0]).map((trial) => trial[0]),
  middles: [[], [null], [3, 1, 2], [4, 1, null, 2, 3]].map(middle),
  band: band([[1, 5, null], [3, null, null], [2, 4, null]]),
  extents: [extent([0, 10], [[99]]), extent(null, [[1, null], [6]]), extent(null, [[2]])],
  opened: of({}),
  filtered: of({ activation: "novel", range: "[-4, 4]" }),
  ranged: of({ range: "[-2, 2]", cell: "d", error: "test", rows: "spectral", columns: "activation" }),
  other: of({ target: "y", cell: "a" }),
  squares: of({ columns: "range" }).heat.z,
  nothing: of({ target: "z" }),
};
const out = document.createElement("pre");
out.id = "seen";
out.textContent = JSON.stringify(seen);
document.body.append(out);
