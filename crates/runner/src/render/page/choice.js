// From the page's data and its state to what is shown: which cells, which curves, which numbers. Nothing here touches the
// page or draws.

// How far out curves are shown where nothing is chosen, in half-widths: what the page has all curves for.
const DENSE = 3;

function choice(data, state) {
  const axis = (name) => data.axes.indexOf(name);
  const setting = (cell, name) => cell.settings[axis(name)];
  const activation = (cell) => setting(cell, "activation");
  const levels = (name) => [...new Set(data.cells.map((cell) => setting(cell, name)))].sort(natural);
  // The problems that a cell stands for, its own first: [target, range]. A repeated one is trained and counted with the first.
  const problems = (cell) => [[setting(cell, "target"), setting(cell, "range")], ...(cell.also || [])];
  const offered = (place) => [...new Set(data.cells.flatMap((cell) => problems(cell).map((problem) => problem[place])))].sort(natural);
  const targets = () => offered(0);
  // The ranges of the target that is shown, each with the first that it repeats, where it has no cell of its own.
  function ranges() {
    const own = levels("range");
    const first = (range) => data.cells.find((cell) => problems(cell).some((problem) => problem[1] === range));
    const name = (range) => (own.includes(range) ? range : `${range}, the same as ${setting(first(range), "range")}`);
    return offered(1).map((range) => [range, name(range)]);
  }
  // The range of a cell, with those that are the same problem.
  function rangeOf(cell) {
    const others = (cell.also || []).map(([target, range]) => (target === setting(cell, "target") ? range : `${target} on ${range}`));
    return others.length > 0 ? `${setting(cell, "range")}, the same as ${others.join(", ")}` : setting(cell, "range");
  }
  // The cell that has a trial, by the beginning of its id.
  const cellOf = (id) => data.cells.find((cell) => cell.trials.some((trial) => trial[0].startsWith(id)));
  // The state in which a cell is the chosen one, with no filter that leaves it out.
  const towards = (cell) => ({ target: setting(cell, "target"), activation: "", range: "", cell: cell.id });
  const varied = () => data.axes.filter((name) => levels(name).length > 1);
  const look = (name) => data.palette.find((look) => look.name === name);
  const positions = new Map(data.cells.map((cell, position) => [cell, position]));
  const curves = (cell) => data.curves[positions.get(cell)];
  const learned = (cell) => Boolean(curves(cell)?.learned?.[output()]?.length);
  const firstOf = (cells, name) => cells.find((cell) => activation(cell) === name);
  // Those of these cells, in the order of the palette.
  const activations = (cells) => data.palette.map((look) => look.name).filter((name) => firstOf(cells, name));
  // Those that have curves: the first of the cell that did not diverge.
  const trained = (cell) => cell.trials.filter((trial) => trial[7] === undefined);

  const shownTarget = () => state.target || data.cells[0]?.settings[axis("target")] || "";

  // The names of the outputs of the target that is shown, where it is drawn over a line; the place of the one whose curves are shown.
  function outputs() {
    const cell = data.cells.find((cell) => problems(cell).some(([target]) => target === shownTarget()));
    const ranges = (cell && data.lines[setting(cell, "target")]) || {};
    return (Object.values(ranges)[0] || []).map((of) => of.output);
  }
  const output = () => (Number(state.output) < outputs().length ? Number(state.output) : 0);

  // What the controls show: the state, and where it says nothing what is taken instead.
  function shown() {
    return {
      target: shownTarget(),
      activation: state.activation || "",
      range: state.range || "",
      output: String(output()),
      rows: state.rows || "activation",
      columns: state.columns || data.axes[3] || "range",
      error: state.error || "far",
      curve: state.curve || "0",
      reach: state.reach || String(DENSE),
    };
  }

  // The cells that the filters leave, the lowest validation error first.
  function cells() {
    const wanted = shown();
    const isOf = ([target, range]) => target === wanted.target && (!wanted.range || range === wanted.range);
    return data.cells.filter((cell) => problems(cell).some(isOf) && (!wanted.activation || activation(cell) === wanted.activation));
  }

  // The one whose networks are shown.
  const chosen = () => cells().find((cell) => cell.id === state.cell) || cells()[0];

  // The first cell with curves to any distance of each activation, all of one range: the chosen one, or else that of the first
  // of them. Activations that have none are without.
  function fits() {
    const all = cells().filter((cell) => curves(cell)?.bands);
    const first = firstOf(all, activations(all)[0]);
    if (!first) return { range: "", cells: [], without: activations(cells()) };
    const of = all.filter((cell) => setting(cell, "range") === setting(first, "range"));
    const without = activations(cells()).filter((name) => !firstOf(of, name));
    return { range: rangeOf(first), cells: activations(of).map((name) => firstOf(of, name)), without };
  }

  const line = (cell) => data.lines[setting(cell, "target")][setting(cell, "range")][output()];

  // Where a distance from the centre and a value are drawn. Values are in the target's standard deviations from its mean, and
  // their derivatives in those for each half-width: a logarithmic picture has them as they are, another one in the target's own units.
  function places(of, order, logarithmic) {
    if (logarithmic) return { x: signedLog, y: signedLog };
    const unit = of.deviation / of.half_width ** order;
    const start = order === 0 ? of.mean : 0;
    return { x: (distance) => of.centre + of.half_width * distance, y: (value) => (value === null ? null : start + unit * value) };
  }

  // The points of the data, which have no derivatives, as they are drawn.
  function points(of, order, place) {
    const found = data.points[shown().target]?.[output()];
    if (!found || order > 0) return { x: [], y: [] };
    return {
      x: found.x.map((x) => place.x((x - of.centre) / of.half_width)),
      y: found.y.map((y) => place.y((y - of.mean) / of.deviation)),
    };
  }

  // The panels of the learned curves, and what they share, as it is drawn.
  function panels() {
    const { range, cells, without } = fits();
    if (cells.length === 0) return { range, without, panels: [] };
    const of = line(cells[0]);
    const order = Number(shown().curve);
    const logarithmic = shown().reach === "logarithmic";
    const place = places(of, order, logarithmic);
    const { distances } = data.grid;
    const x = distances.map(place.x);
    const reach = logarithmic ? distances.at(-1) : Number(shown().reach);
    const window = [place.x(-reach), place.x(reach)];
    const panel = (cell) => {
      const { bands, settles } = curves(cell);
      const drawn = (name) => bands[output()][order][name].map(place.y);
      const marks = (settles?.[output()] || []).map((distance, side) => (distance === null ? null : place.x(side ? distance : -distance)));
      return { name: activation(cell), low: drawn("low"), middle: drawn("middle"), high: drawn("high"), settles: marks.filter((mark) => mark !== null) };
    };
    const found = cells.map(panel);
    const truth = of.truth && of.truth[order].map(place.y);
    const seen = even(x, window, 201);
    const pick = (curve) => seen.map((i) => curve[i]);
    // What has no middle is seen by its ends.
    const shape = ({ low, middle, high }) => {
      const end = (values) => values.map((value, i) => (middle[i] === null ? value : null));
      return [middle, end(low), end(high)].map(pick);
    };
    const height = extent(truth && pick(truth), found.flatMap(shape));
    const kept = (panel) => ({ ...panel, ...Object.fromEntries(["low", "middle", "high"].map((name) => [name, within(panel[name], height)])) });
    return {
      range, without, order, logarithmic, x, window, input: of.input, output: of.output, extent: height,
      truth: truth && within(truth, height),
      panels: found.map(kept),
      // Whether a line is missing in what is seen where the curve has finite values.
      swings: found.some(({ low, middle }) => seen.some((i) => middle[i] === null && low[i] !== null)),
      points: points(of, order, place),
      trained: of.trained.map((interval) => interval.map((x) => place.x((x - of.centre) / of.half_width))),
    };
  }

  // What each network of the chosen cell learned near its range, in the target's own units; none where the page has no curves.
  function seeds() {
    const cell = chosen();
    if (!cell || !learned(cell)) return null;
    const of = line(cell);
    const place = places(of, 0, false);
    const near = (values) => values.slice(...data.grid.dense);
    const drawn = curves(cell).learned[output()].map((values, i) => ({ seed: trained(cell)[i][1], y: values.map(place.y) }));
    const truth = of.truth && near(of.truth[0]).map(place.y);
    const height = extent(truth, drawn.map(({ y }) => y));
    return {
      cell, input: of.input, output: of.output, trained: of.trained, extent: height, x: near(data.grid.distances).map(place.x),
      truth: truth && within(truth, height),
      curves: drawn.map(({ seed, y }) => ({ seed, y: within(y, height) })),
      points: points(of, 0, place),
    };
  }

  // For each activation the errors of its first cell in the range and in the bands around it.
  function distance() {
    const of = (name) => {
      const { regions, covers, trials } = firstOf(cells(), name);
      const at = (i) => regions.map((region) => region && region[i]);
      return { name, median: at(0), low: at(1), high: at(2), seeds: trials.length, covers };
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

  // How much of each error each axis explains, in percent: over everything, or of the cells that the filters leave where one
  // is set; axes that do not vary there explain nothing.
  function variance() {
    const filters = ["target", "activation", "range"].filter((name) => state[name]);
    const of = filters.length > 0 ? cells() : data.cells;
    const names = data.axes.filter((name) => new Set(of.map((cell) => setting(cell, name))).size > 1);
    const place = { far: 2, test: 3 };
    const measured = (error) => of.flatMap((cell) => cell.trials.filter((trial) => trial[place[error]] > 0).map((trial) => ({ cell, value: Math.log10(trial[place[error]]) })));
    const effects = (error) => {
      if (filters.length === 0) return names.map((name) => data.variance[error][axis(name)]);
      const trials = measured(error);
      return mainEffects(names.map((name) => trials.map(({ cell }) => setting(cell, name))), trials.map(({ value }) => value));
    };
    const errors = Object.keys(data.errors);
    const shares = errors.map((error) => [error, effects(error).map((share) => 100 * share)]);
    return { names, filters, networks: measured("far").length, shares: Object.fromEntries(shares) };
  }

  // For each activation how many of its networks became what, in percent.
  function classes() {
    const { target, range, activation } = shown();
    const own = [...new Set(cells().map((cell) => setting(cell, "range")))];
    // What is repeated throughout is counted with the first.
    const counted = range && !own.includes(range) ? own[0] : range;
    const found = data.classes.of[target]?.[counted] || [];
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
    activation, setting, levels, targets, outputs, ranges, rangeOf, cellOf, towards, look, curves, learned, trained, shown, cells, chosen, fits, panels, seeds, distance, heat, square, parallel, variance, classes, slopes,
  };
}

