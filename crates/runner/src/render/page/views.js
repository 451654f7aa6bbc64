// Draws what is chosen, and draws it again when the state changes.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const now = choice(data, state);
  const CONTROLS = ["target", "activation", "range", "rows", "columns", "error"];
  const element = (id) => document.getElementById(id);
  const unit = "std of the target";
  const label = (error) => data.errors[error].name;
  const lookOf = (cell) => now.look(now.activation(cell));
  const line = ({ colour, dash }, width) => ({ color: colour, dash, width });
  const neutral = { color: "gray", width: 1.5 };

  // Plotly takes tags in its texts for markup; names of the experiment are to be read as they are.
  const plain = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  let printing = false;
  const isDark = () =>
    printing ? false : state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  function layout(x, y, more) {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink");
    const grid = style.getPropertyValue("--line");
    const modebar = { bgcolor: "rgba(0,0,0,0)", color: style.getPropertyValue("--soft"), activecolor: ink };
    const axes = (title, given) => ({ title: { text: plain(title) }, gridcolor: grid, zerolinecolor: grid, automargin: true, exponentformat: "power", ...given });
    const { xaxis, yaxis, ...rest } = more || {};
    return {
      font: { color: ink, size: 14 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { t: 24, r: 16, b: 56, l: 72 },
      legend: { orientation: "h", y: 1.12 },
      modebar,
      xaxis: axes(x, xaxis),
      yaxis: axes(y, yaxis),
      // What fits on A4 and on letter paper; the width of the window would be cut off.
      ...(printing ? { width: 680 } : {}),
      ...rest,
    };
  }

  function draw(id, traces, given) {
    const plot = element(id);
    plot.closest("section").hidden = traces.length === 0;
    if (traces.length > 0) {
      Plotly.react(plot, traces, given, { responsive: true, displaylogo: false });
    }
    plot.dataset.drawn = traces.length;
  }

  // Of the lowest and the highest a veil, in the colour of the line in the middle.
  function ribbon(x, learned, name) {
    const look = now.look(name);
    const { low, middle, high } = band(learned);
    const edge = { x, mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false, legendgroup: name };
    return [
      { ...edge, y: low },
      { ...edge, y: high, fill: "tonexty", fillcolor: look.colour + "33" },
      { x, y: middle, name, mode: "lines", line: line(look, 2.5), legendgroup: name },
    ];
  }

  // Bars of an error to both sides of a value.
  const whiskers = (values, low, high) => ({
    type: "data", symmetric: false, array: high.map((h, i) => (h ?? values[i]) - values[i]), arrayminus: low.map((l, i) => values[i] - l),
  });

  function shades(ranges) {
    return ranges.map(([start, end]) => ({
      type: "rect", x0: start, x1: end, y0: 0, y1: 1, yref: "paper", line: { width: 0 }, fillcolor: "rgba(128,128,128,0.15)", layer: "below",
    }));
  }

  // Learned curves with the truth, over the inputs.
  function drawFits(id, of, traces, learned) {
    const truth = of.truth ? [{ x: of.x, y: of.truth, name: "truth", mode: "lines", line: neutral }] : [];
    const name = (what) => `${what} (in its own units)`;
    draw(id, [...traces, ...truth], layout(name(of.x_name), name(now.shown().target), {
      shapes: shades(of.range), yaxis: { range: extent(of.truth, learned) },
    }));
  }

  function fits() {
    const { range, cells } = now.fits();
    if (cells.length === 0) return draw("fits", [], {});
    const curves = cells.map(now.curves);
    const traces = cells.flatMap((cell, i) => ribbon(curves[i].x, curves[i].learned, now.activation(cell)));
    drawFits("fits", curves[0], traces, curves.flatMap((of) => of.learned));
    element("fits-note").textContent = `The cell of each activation with the lowest validation error, trained on ${range}: median over its networks, and from the lowest to the highest. The trained range is shaded.`;
  }

  function distance() {
    const places = ["in the range", "1 to 1.5", "1.5 to 2", "2 to 4"];
    const traces = now.distance().map(({ name, median, low, high }) => {
      const { colour, dash, symbol } = now.look(name);
      const error_y = { ...whiskers(median, low, high), color: colour };
      return { x: places, y: median, error_y, name, mode: "lines+markers", line: { color: colour, dash }, marker: { symbol, size: 9, color: colour } };
    });
    draw("distance", traces, layout("distance from the centre of the range (half-widths)", `root mean square error (${unit} there)`, { yaxis: { type: "log" } }));
  }

  function heat() {
    const { rows, columns, error, x, y, z } = now.heat();
    const text = z.map((row) => row.map((value) => (value === null ? "" : value.toPrecision(2))));
    const trace = {
      type: "heatmap", x: x.map(plain), y: y.map(plain), z: z.map((row) => row.map((v) => (v > 0 ? Math.log10(v) : null))), text,
      texttemplate: "%{text}", colorscale: "Cividis", reversescale: true, colorbar: { title: { text: `log10 of the ${label(error)}` } },
      hovertemplate: `${rows} %{y}<br>${columns} %{x}<br>median ${label(error)} %{text} ${unit}<extra></extra>`,
    };
    const category = { type: "category" };
    const some = now.cells().length > 0;
    draw("heat", some ? [trace] : [], layout(columns, rows, { xaxis: category, yaxis: category }));
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

  function training() {
    const cell = now.chosen();
    const of = cell && now.curves(cell);
    if (!of?.step) {
      draw("loss", [], {});
      return draw("sigma", [], {});
    }
    const losses = of.loss.map((y, i) => ({ x: of.step, y, name: `seed ${now.trained(cell)[i][1]}`, mode: "lines", line: line(lookOf(cell), 1.5) }));
    draw("loss", losses, layout("steps", "training loss (mean squared error, as trained)", { yaxis: { type: "log" }, showlegend: false }));
    const look = (layer) => data.palette[layer % data.palette.length];
    const sigmas = of.sigma.map((y, i) => ({ x: of.step, y, name: `layer ${i + 1}`, mode: "lines", line: line(look(i), 2.5) }));
    draw("sigma", sigmas, layout("steps", "spectral norm (median over seeds, no unit)"));
  }

  function parallel() {
    const { cells, axes, test, far } = now.parallel();
    if (cells < 2) return draw("parallel", [], {});
    const dimension = ({ name, names, places }) => ({
      label: name.replace("_", " "), values: places, tickvals: names.map((_, i) => i), ticktext: names.map(plain),
    });
    const log = (error, values) => ({ label: `log10 ${label(error)}`, values });
    const dimensions = [...axes.map(dimension), log("test", test), log("far", far)];
    const line = { color: far, colorscale: "Cividis", reversescale: true, showscale: true, colorbar: { title: { text: `log10 ${label("far")}` } } };
    draw("parallel", [{ type: "parcoords", dimensions, line }], layout("", "", { margin: { t: 64, r: 48, b: 24, l: 96 } }));
  }

  function variance() {
    const { names, shares } = now.variance();
    const bars = Object.entries(data.errors).map(([error, { name, colour, pattern }]) => ({
      type: "bar", name, x: names, y: shares[error], marker: { color: colour, pattern: { shape: pattern } },
    }));
    draw("variance", names.length ? bars : [], layout("axis of the sweep", "share of the variance of log error (%)", { barmode: "group" }));
  }

  function classes() {
    const traces = now.classes().map(({ name, counts, share, low, high }) => {
      const { colour, pattern } = now.look(name);
      const text = counts.map(([count, of]) => `${count} of ${of}`);
      const marker = { color: colour, pattern: { shape: pattern } };
      return { type: "bar", name, x: data.classes.names, y: share, text, textposition: "none", error_y: whiskers(share, low, high), marker };
    });
    draw("classes", traces, layout("what networks become outside of their range", "share of networks (%), 95 % interval by Wilson", { barmode: "group" }));
  }

  function slopes() {
    const traces = now.slopes().map(({ name, trials }) => {
      const { colour, symbol } = now.look(name);
      const text = trials.map((trial) => `trial ${trial[0].slice(0, 8)}`);
      return { type: "scattergl", mode: "markers", name, x: trials.map((trial) => trial[6]), y: trials.map((trial) => trial[5]), text, marker: { color: colour, symbol, size: 6 } };
    });
    const ends = traces.flatMap((trace) => trace.x);
    const span = [Math.min(...ends.slice(0, 1e5)), Math.max(...ends.slice(0, 1e5))];
    const bound = { x: span, y: span, name: "the bound", mode: "lines", line: { color: "gray", dash: "dot" } };
    const per = `${now.shown().target} per unit of input`;
    draw("slopes", traces.length ? [...traces, bound] : [], layout(`Lipschitz bound (${per})`, `far slope (${per})`, { xaxis: { type: "log" }, yaxis: { type: "log" } }));
  }

  function node(tag, text, attributes) {
    const made = Object.assign(document.createElement(tag), attributes || {});
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const digits = (value) => (value === null ? "-" : Number(value).toPrecision(3));
  const interval = (of) => (of ? `${digits(of[0])} [${digits(of[1])}, ${digits(of[2])}]` : "-");

  function row(cells, tag) {
    const made = node("tr");
    made.append(...cells.map((cell) => (cell instanceof Node ? cell : node(tag || "td", String(cell ?? "-")))));
    return made;
  }

  function cellsTable() {
    const names = data.axes.filter((name) => name !== "target");
    const button = (cell) => {
      const choose = node("button", cell.id.slice(0, 8), { type: "button", onclick: () => (state.cell = cell.id) });
      choose.setAttribute("aria-pressed", String(cell === now.chosen()));
      const place = node("td");
      place.append(choose);
      return place;
    };
    const shown = now.cells().slice(0, 100);
    const rows = shown.map((cell) => row([button(cell), ...names.map((name) => now.setting(cell, name)), interval(cell.far), interval(cell.test)]));
    const focused = element("cells").contains(document.activeElement);
    element("cells").replaceChildren(row(["networks of", ...names, label("far"), label("test")], "th"), ...rows);
    // The pressed button is a new one: without this the keyboard would start again at the top of the page.
    if (focused) element("cells").querySelector("[aria-pressed=true]")?.focus({ preventScroll: true });
    element("cells-note").textContent = `${shown.length} of ${now.cells().length} cells, the lowest validation error first, in ${unit} there: median [interval of order statistics].`;
  }

  function networks() {
    const cell = now.chosen();
    element("networks-of").textContent = cell ? `cell ${cell.id.slice(0, 8)}: ${cell.settings.join(", ")}` : "no cell";
    const rows = (cell?.trials || []).map(([id, seed, far, test, shape, slope, , diverged]) =>
      row([id.slice(0, 8), seed, diverged === null ? "done" : `diverged at step ${diverged}`, digits(far), digits(test), shape, digits(slope ?? null)]),
    );
    element("networks").replaceChildren(row(["trial", "seed", "status", label("far"), label("test"), "far field", "far slope"], "th"), ...rows);
    const run = document.documentElement.dataset.run;
    const first = cell?.trials[0]?.[0].slice(0, 8);
    element("commands").textContent = first ? `actlab show ${run} --trial ${first}\nactlab predict ${run} ${first} --x -10:10:0.1` : "";
    if (!cell || !now.learned(cell)) {
      element("networks-note").textContent = cell ? "Curves are in the page for the first cells only; the commands show the others." : "";
      return draw("seeds", [], {});
    }
    element("networks-note").textContent = "";
    const of = now.curves(cell);
    const traces = of.learned.map((y, i) => ({ x: of.x, y, name: `seed ${now.trained(cell)[i][1]}`, mode: "lines", line: line(lookOf(cell), 1.5) }));
    drawFits("seeds", of, traces, of.learned);
  }

  function select(id, names, all) {
    const choice = element(id);
    const options = names.map((name) => node("option", name, { value: name }));
    choice.replaceChildren(...(all ? [node("option", all, { value: "" })] : []), ...options);
    choice.onchange = () => (state[id] = choice.value);
  }

  function showState() {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    CONTROLS.forEach((name) => (element(name).value = now.shown()[name]));
    element("theme-button").setAttribute("aria-pressed", String(isDark()));
  }

  const VIEWS = [cellsTable, fits, distance, heat, networks, training, parallel, variance, classes, slopes];
  let drawing;

  // View by view, so that the page answers in between; what is not drawn yet is dropped when the state changes again.
  function drawFrom(next) {
    if (next === VIEWS.length) {
      document.documentElement.dataset.drawn = "yes";
      return;
    }
    VIEWS[next]();
    drawing = setTimeout(drawFrom, 0, next + 1);
  }

  function drawAll() {
    clearTimeout(drawing);
    delete document.documentElement.dataset.drawn;
    showState();
    drawFrom(0);
  }

  if (data.cells.length === 0) return;
  element("interactive").hidden = false;
  select("target", now.levels("target"));
  select("activation", now.levels("activation"), "all");
  select("range", now.levels("range"), "all");
  select("rows", data.axes);
  select("columns", data.axes);
  element("error").onchange = () => (state.error = element("error").value);
  element("theme-button").onclick = () => (state.theme = isDark() ? "light" : "dark");
  addEventListener("hashchange", drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  const print = (starts) => () => {
    printing = starts;
    clearTimeout(drawing);
    showState();
    VIEWS.forEach((view) => view());
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
  drawAll();
})();
