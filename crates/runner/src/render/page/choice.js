// From the page's data and its state to what is shown: which cells, which curves, which numbers. Nothing here touches the
// page or draws.

const numbers = (values) => values.filter((value) => value !== null).sort((a, b) => a - b);

// The median: of an even number of values the mean of the two in the middle.
function middle(values) {
  const order = numbers(values);
  if (order.length === 0) return null;
  const half = order.length >> 1;
  return order.length % 2 ? order[half] : (order[half - 1] + order[half]) / 2;
}

// Numbers by their size, names by the alphabet.
function natural(a, b) {
  return Number(a) - Number(b) || String(a).localeCompare(String(b), "en", { numeric: true });
}

// The lowest, the middle and the highest of several curves.
function band(curves) {
  const at = (pick) => (curves[0] || []).map((_, i) => pick(curves.map((curve) => curve[i])));
  return { low: at((values) => numbers(values)[0] ?? null), middle: at(middle), high: at((values) => numbers(values).at(-1) ?? null) };
}

// What is in the picture: a learned curve that leaves it far behind would flatten all others.
function extent(truth, curves) {
  const values = numbers(truth || curves.flat());
  const [low, high] = [values[0], values.at(-1)];
  const margin = 0.6 * (high - low) || 1;
  return [low - margin, high + margin];
}

function choice(data, state) {
  const axis = (name) => data.axes.indexOf(name);
  const setting = (cell, name) => cell.settings[axis(name)];
  const activation = (cell) => setting(cell, "activation");
  const levels = (name) => [...new Set(data.cells.map((cell) => setting(cell, name)))].sort(natural);
  const varied = () => data.axes.filter((name) => levels(name).length > 1);
  const look = (name) => data.palette.find((look) => look.name === name);
  const curves = (cell) => data.curves[data.cells.indexOf(cell)];
  const learned = (cell) => Boolean(curves(cell)?.learned?.length);
  const firstOf = (cells, name) => cells.find((cell) => activation(cell) === name);
  // Those of these cells, in the order of the palette.
  const activations = (cells) => data.palette.map((look) => look.name).filter((name) => firstOf(cells, name));
  // Those that have curves: the first of the cell that did not diverge.
  const trained = (cell) => cell.trials.filter((trial) => trial[7] === null);

  // What the controls show: the state, and where it says nothing what is taken instead.
  function shown() {
    return {
      target: state.target || data.cells[0]?.settings[axis("target")] || "",
      activation: state.activation || "",
      range: state.range || "",
      rows: state.rows || "activation",
      columns: state.columns || data.axes[3] || "range",
      error: state.error || "far",
    };
  }

  // The cells that the filters leave, the lowest validation error first.
  function cells() {
    const wanted = shown();
    return data.cells.filter(
      (cell) =>
        setting(cell, "target") === wanted.target &&
        (!wanted.activation || activation(cell) === wanted.activation) &&
        (!wanted.range || setting(cell, "range") === wanted.range),
    );
  }

  // The one whose networks are shown.
  const chosen = () => cells().find((cell) => cell.id === state.cell) || cells()[0];

  // The first cell with curves of each activation, all of one range: the chosen one, or else that of the first of them.
  function fits() {
    const all = cells().filter(learned);
    const first = firstOf(all, activations(all)[0]);
    if (!first) return { range: "", cells: [] };
    const range = shown().range || setting(first, "range");
    const of = all.filter((cell) => setting(cell, "range") === range);
    return { range, cells: activations(of).map((name) => firstOf(of, name)) };
  }

  // For each activation the errors of its first cell in the range and in the bands around it.
  function distance() {
    const of = (name) => {
      const { regions } = firstOf(cells(), name);
      const at = (i) => regions.map((region) => region && region[i]);
      return { name, median: at(0), low: at(1), high: at(2) };
    };
    return activations(cells()).map(of);
  }

  // Over two axes the medians of the cells that share both levels.
  function heat() {
    const { rows, columns, error } = shown();
    const [y, x] = [levels(rows), levels(columns)];
    const of = (row, column) => cells().filter((cell) => setting(cell, rows) === row && setting(cell, columns) === column);
    const z = y.map((row) => x.map((column) => middle(of(row, column).map((cell) => cell[error] && cell[error][0]))));
    return { rows, columns, error, x, y, z };
  }

  // The first cell of a square.
  function square(row, column) {
    const { rows, columns } = shown();
    return cells().find((cell) => setting(cell, rows) === row && setting(cell, columns) === column);
  }

  // Cells that have both errors, and their places on each axis.
  function parallel() {
    const of = cells().filter((cell) => cell.far && cell.far[0] > 0 && cell.test && cell.test[0] > 0);
    const places = (name) => {
      const names = levels(name);
      return { name, names, places: of.map((cell) => names.indexOf(setting(cell, name))) };
    };
    const log = (error) => of.map((cell) => Math.log10(cell[error][0]));
    const axes = varied().filter((name) => name !== "target");
    return { cells: of.length, axes: axes.map(places), test: log("test"), far: log("far") };
  }

  // How much of each error each axis explains, in percent.
  function variance() {
    const names = varied();
    const shares = Object.keys(data.errors).map((error) => [error, names.map((name) => 100 * data.variance[error][axis(name)])]);
    return { names, shares: Object.fromEntries(shares) };
  }

  // For each activation how many of its networks became what, in percent.
  function classes() {
    const { target, range, activation } = shown();
    const found = data.classes.of[target]?.[range] || [];
    const of = ([name, shares]) => ({
      name,
      counts: shares.map(([count, of]) => [count, of]),
      share: shares.map(([count, of]) => (100 * count) / of),
      low: shares.map((share) => 100 * share[2]),
      high: shares.map((share) => 100 * share[3]),
    });
    return found.filter(([name]) => !activation || name === activation).map(of);
  }

  // For each activation the networks whose slope and bound are known and positive.
  function slopes() {
    const of = (name) => {
      const networks = cells().filter((cell) => activation(cell) === name).flatMap((cell) => cell.trials);
      return { name, trials: networks.filter((trial) => trial[5] > 0 && trial[6] > 0) };
    };
    return activations(cells()).map(of).filter(({ trials }) => trials.length > 0);
  }

  return {
    activation, setting, levels, look, curves, learned, trained, shown, cells, chosen, fits, distance, heat, square, parallel, variance, classes, slopes,
  };
}

