"use strict";
// Draws the page's data. The state (filters, chosen cell, theme) is in the address after #, so that a view can be
// linked to and the back button works.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  // Colours that the colour-blind tell apart (Okabe & Ito, 2008); dashes and symbols say the same again.
  const LOOKS = {
    relu: ["#0072B2", "solid", "circle"],
    leaky_relu: ["#56B4E9", "dash", "square"],
    tanh: ["#D55E00", "dot", "diamond"],
    sinu: ["#009E73", "dashdot", "cross"],
    sigmoid: ["#CC79A7", "longdash", "x"],
    identity: ["#E69F00", "longdashdot", "triangle-up"],
  };
  const STATE = ["target", "activation", "range", "cell", "rows", "columns", "error", "theme"];
  const ERRORS = { far: "far error", test: "test error" };
  const element = (id) => document.getElementById(id);
  const axis = (name) => data.axes.indexOf(name);
  const setting = (cell, name) => cell.settings[axis(name)];
  const levels = (name) => [...new Set(data.cells.map((cell) => setting(cell, name)))].sort(natural);
  const unit = "std of the target";

  function natural(a, b) {
    return Number(a) - Number(b) || String(a).localeCompare(String(b), "en", { numeric: true });
  }

  const state = new Proxy(
    {},
    {
      get: (_, name) => new URLSearchParams(location.hash.slice(1)).get(name) || "",
      set: (_, name, value) => {
        const parameters = new URLSearchParams(location.hash.slice(1));
        if (value) parameters.set(name, value);
        else parameters.delete(name);
        location.hash = parameters.toString();
        return true;
      },
    },
  );

  const target = () => state.target || data.cells[0]?.settings[axis("target")] || "";
  const filtered = () =>
    data.cells.filter(
      (cell) =>
        setting(cell, "target") === target() &&
        (!state.activation || setting(cell, "activation") === state.activation) &&
        (!state.range || setting(cell, "range") === state.range),
    );
  const curves = (cell) => data.curves[data.cells.indexOf(cell)];
  const chosen = () => filtered().find((cell) => cell.id === state.cell) || filtered()[0];
  const bestOf = (cells, activation) => cells.find((cell) => setting(cell, "activation") === activation);
  // An activation that has no look of its own here is drawn all the same, after the others.
  const others = levels("activation").filter((name) => !(name in LOOKS));
  const OTHER_COLOURS = ["#7F7F7F", "#8C564B", "#17BECF", "#BCBD22"];
  const look = (name) => LOOKS[name] || [OTHER_COLOURS[Math.max(0, others.indexOf(name)) % OTHER_COLOURS.length], "longdash", "star"];
  const activations = (cells) => [...Object.keys(LOOKS), ...others].filter((name) => bestOf(cells, name));
  const sorted = (values) => values.filter((value) => value !== null).sort((a, b) => a - b);
  // The median: of an even number of values the mean of the two in the middle.
  function middle(values) {
    const order = sorted(values);
    if (order.length === 0) return null;
    const half = order.length >> 1;
    return order.length % 2 ? order[half] : (order[half - 1] + order[half]) / 2;
  }
  // Plotly takes tags in its texts for markup; names of the experiment are to be read as they are.
  const plain = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  let printing = false;
  const isDark = () =>
    printing ? false : state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  function layout(x, y, more) {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink");
    const line = style.getPropertyValue("--line");
    const modebar = { bgcolor: "rgba(0,0,0,0)", color: style.getPropertyValue("--soft"), activecolor: ink };
    const axes = (title, given) => ({ title: { text: plain(title) }, gridcolor: line, zerolinecolor: line, automargin: true, exponentformat: "power", ...given });
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

  // A translucent fill in the colour of a line.
  const veil = (colour) => colour + "33";

  function band(x, rows, name, look) {
    const at = (pick) => x.map((_, i) => pick(rows.map((row) => row[i])));
    const [colour, dash] = look;
    const edge = { x, mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false, legendgroup: name };
    return [
      { ...edge, y: at((values) => sorted(values)[0] ?? null) },
      { ...edge, y: at((values) => sorted(values).at(-1) ?? null), fill: "tonexty", fillcolor: veil(colour) },
      { x, y: at(middle), name, mode: "lines", line: { color: colour, dash, width: 2.5 }, legendgroup: name },
    ];
  }

  function shades(ranges) {
    return ranges.map(([start, end]) => ({
      type: "rect", x0: start, x1: end, y0: 0, y1: 1, yref: "paper", line: { width: 0 }, fillcolor: "rgba(128,128,128,0.15)", layer: "below",
    }));
  }

  // A learned curve that leaves the picture far behind would flatten all others.
  function window(truth, rows) {
    const values = sorted(truth || rows.flat());
    const [low, high] = [values[0], values.at(-1)];
    const margin = 0.6 * (high - low) || 1;
    return [low - margin, high + margin];
  }

  function fits() {
    const cells = filtered();
    const shown = activations(cells)
      .map((name) => cells.filter((cell) => setting(cell, "activation") === name).find((cell) => curves(cell)?.learned?.length))
      .filter(Boolean);
    if (shown.length === 0) return draw("fits", [], {});
    const range = state.range || setting(shown[0], "range");
    const same = shown.map((cell) =>
      setting(cell, "range") === range
        ? cell
        : cells.find((other) => setting(other, "range") === range && setting(other, "activation") === setting(cell, "activation") && curves(other)?.learned?.length),
    ).filter(Boolean);
    const first = curves(same[0]);
    const traces = same.flatMap((cell) => band(curves(cell).x, curves(cell).learned, setting(cell, "activation"), look(setting(cell, "activation"))));
    if (first.truth) traces.push({ x: first.x, y: first.truth, name: "truth", mode: "lines", line: { color: "gray", width: 1.5 } });
    const rows = same.flatMap((cell) => curves(cell).learned);
    draw("fits", traces, layout(`${first.x_name} (in its own units)`, `${target()} (in its own units)`, {
      shapes: shades(first.range), yaxis: { range: window(first.truth, rows) },
    }));
    element("fits-note").textContent = `The best cell of each activation trained on ${range}: median over its networks, and from the lowest to the highest. The trained range is shaded.`;
  }

  function distance() {
    const cells = filtered();
    const places = ["in the range", "1 to 1.5", "1.5 to 2", "2 to 4"];
    const traces = activations(cells).map((name) => {
      const cell = bestOf(cells, name);
      const [colour, dash, symbol] = look(name);
      const of = (i) => cell.regions.map((region) => region && region[i]);
      const [median, low, high] = [of(0), of(1), of(2)];
      const error = { type: "data", symmetric: false, array: high.map((h, i) => h - median[i]), arrayminus: low.map((l, i) => median[i] - l), color: colour };
      return { x: places, y: median, error_y: error, name, mode: "lines+markers", line: { color: colour, dash }, marker: { symbol, size: 9, color: colour } };
    });
    draw("distance", traces, layout("distance from the centre of the range (half-widths)", `root mean square error (${unit} there)`, { yaxis: { type: "log" } }));
  }

  function heat() {
    const [rows, columns, error] = [state.rows || "activation", state.columns || data.axes[3] || "range", state.error || "far"];
    const cells = filtered();
    const [y, x] = [levels(rows), levels(columns)];
    const at = (row, column) => cells.filter((cell) => setting(cell, rows) === row && setting(cell, columns) === column);
    const z = y.map((row) => x.map((column) => middle(at(row, column).map((cell) => cell[error] && cell[error][0]))));
    const text = z.map((row) => row.map((value) => (value === null ? "" : value.toPrecision(2))));
    const trace = {
      type: "heatmap", x: x.map(plain), y: y.map(plain), z: z.map((row) => row.map((v) => (v > 0 ? Math.log10(v) : null))), text,
      texttemplate: "%{text}", colorscale: "Cividis", reversescale: true, colorbar: { title: { text: `log10 of the ${ERRORS[error]}` } },
      hovertemplate: `${rows} %{y}<br>${columns} %{x}<br>median ${ERRORS[error]} %{text} ${unit}<extra></extra>`,
    };
    const category = { type: "category" };
    draw("heat", cells.length ? [trace] : [], layout(columns, rows, { xaxis: category, yaxis: category }));
    const plot = element("heat");
    if (cells.length && !plot.dataset.listens) {
      plot.dataset.listens = "yes";
      plot.on("plotly_click", ({ points: [point] }) => {
        const [row, column] = [state.rows || "activation", state.columns || data.axes[3] || "range"];
        const hit = filtered().find((cell) => plain(setting(cell, row)) === point.y && plain(setting(cell, column)) === point.x);
        if (hit) state.cell = hit.id;
      });
    }
  }

  // Those that have curves: the first of the cell that did not diverge.
  const trained = (cell) => cell.trials.filter((trial) => trial[7] === null);

  function training() {
    const cell = chosen();
    const of = cell && curves(cell);
    if (!of?.step) {
      draw("loss", [], {});
      return draw("sigma", [], {});
    }
    const [colour, dash] = look(setting(cell, "activation"));
    const losses = of.loss.map((y, i) => ({ x: of.step, y, name: `seed ${trained(cell)[i][1]}`, mode: "lines", line: { color: colour, dash, width: 1.5 } }));
    draw("loss", losses, layout("steps", "training loss (mean squared error, as trained)", { yaxis: { type: "log" }, showlegend: false }));
    const looks = Object.values(LOOKS);
    const sigmas = of.sigma.map((y, i) => ({ x: of.step, y, name: `layer ${i + 1}`, mode: "lines", line: { color: looks[i % looks.length][0], dash: looks[i % looks.length][1], width: 2.5 } }));
    draw("sigma", sigmas, layout("steps", "spectral norm (median over seeds, no unit)"));
  }

  function parallel() {
    const cells = filtered().filter((cell) => cell.far && cell.far[0] > 0 && cell.test && cell.test[0] > 0);
    if (cells.length < 2) return draw("parallel", [], {});
    const of = (name) => {
      const names = levels(name);
      return { label: name.replace("_", " "), values: cells.map((cell) => names.indexOf(setting(cell, name))), tickvals: names.map((_, i) => i), ticktext: names.map(plain) };
    };
    const log = (error) => ({ label: `log10 ${ERRORS[error]}`, values: cells.map((cell) => Math.log10(cell[error][0])) });
    const dimensions = [...data.axes.filter((name) => levels(name).length > 1 && name !== "target").map(of), log("test"), log("far")];
    const line = { color: dimensions.at(-1).values, colorscale: "Cividis", reversescale: true, showscale: true, colorbar: { title: { text: "log10 far error" } } };
    draw("parallel", [{ type: "parcoords", dimensions, line }], layout("", "", { margin: { t: 64, r: 48, b: 24, l: 96 } }));
  }

  function variance() {
    const names = data.axes.filter((name) => levels(name).length > 1);
    const bars = Object.keys(ERRORS).map((error, i) => ({
      type: "bar", name: ERRORS[error], x: names, y: names.map((name) => 100 * data.variance[error][axis(name)]),
      marker: { color: ["#0072B2", "#E69F00"][i], pattern: { shape: ["", "/"][i] } },
    }));
    draw("variance", names.length ? bars : [], layout("axis of the sweep", "share of the variance of log error (%)", { barmode: "group" }));
  }

  function classes() {
    const shares = data.classes.of[target()]?.[state.range] || [];
    const traces = shares.filter(([name]) => !state.activation || name === state.activation).map(([name, found], i) => {
      const value = found.map(([count, of]) => (100 * count) / of);
      const error = { type: "data", symmetric: false, array: found.map((share, i) => 100 * share[3] - value[i]), arrayminus: found.map((share, i) => value[i] - 100 * share[2]) };
      const text = found.map(([count, of]) => `${count} of ${of}`);
      const marker = { color: look(name)[0], pattern: { shape: ["", "/", "x", "-", "+", "."][i] } };
      return { type: "bar", name, x: data.classes.names, y: value, text, textposition: "none", error_y: error, marker };
    });
    draw("classes", traces, layout("what networks become outside of their range", "share of networks (%), 95 % interval by Wilson", { barmode: "group" }));
  }

  function slopes() {
    const cells = filtered();
    const traces = activations(cells).map((name) => {
      const trials = cells.filter((cell) => setting(cell, "activation") === name).flatMap((cell) => cell.trials).filter((trial) => trial[5] > 0 && trial[6] > 0);
      const [colour, , symbol] = look(name);
      return { type: "scattergl", mode: "markers", name, x: trials.map((trial) => trial[6]), y: trials.map((trial) => trial[5]), text: trials.map((trial) => `trial ${trial[0].slice(0, 8)}`), marker: { color: colour, symbol, size: 6 } };
    }).filter((trace) => trace.x.length > 0);
    const ends = traces.flatMap((trace) => trace.x);
    const span = [Math.min(...ends.slice(0, 1e5)), Math.max(...ends.slice(0, 1e5))];
    const bound = { x: span, y: span, name: "the bound", mode: "lines", line: { color: "gray", dash: "dot" } };
    const per = `${target()} per unit of input`;
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
      choose.setAttribute("aria-pressed", String(cell === chosen()));
      const place = node("td");
      place.append(choose);
      return place;
    };
    const rows = filtered().slice(0, 100).map((cell) => row([button(cell), ...names.map((name) => setting(cell, name)), interval(cell.far), interval(cell.test)]));
    const focused = element("cells").contains(document.activeElement);
    element("cells").replaceChildren(row(["networks of", ...names, "far error", "test error"], "th"), ...rows);
    // The pressed button is a new one: without this the keyboard would start again at the top of the page.
    if (focused) element("cells").querySelector("[aria-pressed=true]")?.focus({ preventScroll: true });
    element("cells-note").textContent = `${Math.min(100, filtered().length)} of ${filtered().length} cells, best far error first, in ${unit} there: median [95 % interval].`;
  }

  function networks() {
    const cell = chosen();
    element("networks-of").textContent = cell ? `cell ${cell.id.slice(0, 8)}: ${cell.settings.join(", ")}` : "no cell";
    const rows = (cell?.trials || []).map(([id, seed, far, test, shape, slope, , diverged]) =>
      row([id.slice(0, 8), seed, diverged === null ? "done" : `diverged at step ${diverged}`, digits(far), digits(test), shape, digits(slope ?? null)]),
    );
    element("networks").replaceChildren(row(["trial", "seed", "status", "far error", "test error", "far field", "far slope"], "th"), ...rows);
    const run = document.documentElement.dataset.run;
    const first = cell?.trials[0]?.[0].slice(0, 8);
    element("commands").textContent = first ? `actlab show ${run} --trial ${first}\nactlab predict ${run} ${first} --x -10:10:0.1` : "";
    const of = cell && curves(cell);
    if (!of?.learned?.length) {
      element("networks-note").textContent = cell ? "Curves are in the page for the best cells only; the commands show the others." : "";
      return draw("seeds", [], {});
    }
    element("networks-note").textContent = "";
    const [colour, dash] = look(setting(cell, "activation"));
    const traces = of.learned.map((y, i) => ({ x: of.x, y, name: `seed ${trained(cell)[i][1]}`, mode: "lines", line: { color: colour, dash, width: 1.5 } }));
    if (of.truth) traces.push({ x: of.x, y: of.truth, name: "truth", mode: "lines", line: { color: "gray", width: 1.5 } });
    draw("seeds", traces, layout(`${of.x_name} (in its own units)`, `${target()} (in its own units)`, { shapes: shades(of.range), yaxis: { range: window(of.truth, of.learned) } }));
  }

  function select(id, names, all) {
    const choice = element(id);
    const options = names.map((name) => node("option", name, { value: name }));
    choice.replaceChildren(...(all ? [node("option", all, { value: "" })] : []), ...options);
    choice.onchange = () => (state[id] = choice.value);
  }

  function showState() {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    const defaults = { target: target(), rows: "activation", columns: data.axes[3] || "range", error: "far" };
    STATE.filter((name) => element(name)).forEach((name) => (element(name).value = state[name] || defaults[name] || ""));
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
  select("target", levels("target"));
  select("activation", levels("activation"), "all");
  select("range", levels("range"), "all");
  select("rows", data.axes);
  select("columns", data.axes);
  element("error").onchange = () => (state.error = element("error").value);
  element("theme-button").onclick = () => (state.theme = isDark() ? "light" : "dark");
  addEventListener("hashchange", drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  const print = (now) => () => {
    printing = now;
    clearTimeout(drawing);
    showState();
    VIEWS.forEach((view) => view());
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
  drawAll();
})();
