// What the page chooses from the fixed data in several states, left in an element of the name "seen".
const data = JSON.parse(document.getElementById("data").textContent);
const ids = (cells) => cells.map((cell) => cell.id);
const of = (state) => {
  const now = choice(data, state);
  const { range, cells, without } = now.fits();
  return {
    shown: now.shown(),
    cells: ids(now.cells()),
    chosen: now.chosen()?.id ?? null,
    fits: [range, ids(cells)],
    without,
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
  extents: [extent([0, 10], [[5]]), extent(null, [[1, null], [6]]), extent(null, [[2]]), extent(null, [[]]), extent(null, [[...Array(18).fill(0), 10, 1e9]])],
  logarithms: [null, 0, -0.5, 1, 10, -1000].map(signedLog),
  decades: [decades(-3, 2.5, 9), decades(-8, 8, 2)].map((ticks) => ticks.map(({ at, text }) => [at, text])),
  even: [even([-4, -1, 0, 1, 4], [-4, 4], 5), even([0, 10], [0, 1], 3)],
  veil: veil([1, 2, 3, 4, 5], [1, 2, null, 4, 5], [10, 20, 30, 40, 50]),
  within: within([null, 5, 1e9, -1e9], [0, 1]),
  wrapped: [wrap("one two three", 8), wrap("x_plus_three_tenths", 8), wrap("short", 8), wrap("abcdefghij", 4), wrapped("a<b &c", 3)],
  shortened: [shortened("short", 8), shortened("a_rather_long_name", 9)],
  // 3 a + b and a b over a full grid of a, b in 0, 1; the middle one does not vary.
  effects: [[0, 1, 3, 4], [2, 2, 2, 2], [0, 0, 0, 1]].map((values) => mainEffects([[0, 0, 1, 1], ["p", "q", "p", "q"]], values)),
  varied: [{ target: "x" }, { target: "x", range: "[-2, 2]" }].map((state) => choice(data, state).variance()),
  panels: [{}, { reach: "10" }, { reach: "logarithmic" }, { curve: "1" }, { curve: "2", reach: "logarithmic" }].map((state) => choice(data, state).panels()),
  seeds: choice(data, {}).seeds(),
  outputs: ["x", "y"].map((target) => choice(data, { target }).outputs()),
  second: ["1", "2"].map((output) => [choice(data, { output }).shown().output, choice(data, { output }).panels(), choice(data, { output }).seeds()]),
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
