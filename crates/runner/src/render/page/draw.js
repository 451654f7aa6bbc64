// What all views are drawn with.

const data = unpacked(JSON.parse(document.getElementById("data").textContent));
const now = choice(data, state);
const element = (id) => document.getElementById(id);
const unit = "std of the target";
const label = (error) => data.errors[error].name;
const lookOf = (cell) => now.look(now.activation(cell));
const line = ({ colour, dash }, width) => ({ color: colour, dash, width });
const neutral = { color: "gray", width: 1.5 };

let printing = false;
const isDark = () => (printing ? false : state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

// What fits on A4 and on letter paper; the width of the window would be cut off.
const PAPER = 680;
const widthOf = (id) => (printing ? PAPER : element(id).clientWidth || element("interactive").clientWidth || PAPER);
// Two pictures with their notes fit on a page of paper.
const tall = () => (printing ? 320 : 416);
const MARGIN = { t: 24, r: 16, b: 56, l: 72 };
// Of a letter, in pixels, at the size of the text.
const LETTER = 8.2;

const axisOf = (given) => ({ gridcolor: colour("--line"), zerolinecolor: colour("--line"), automargin: true, exponentformat: "power", ...given });

// All but the axes.
function sheet(more) {
  const ink = colour("--ink");
  const transparent = "rgba(0,0,0,0)";
  return {
    font: { color: ink, size: 14 },
    paper_bgcolor: transparent,
    plot_bgcolor: transparent,
    margin: MARGIN,
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
    modebar: { bgcolor: transparent, color: colour("--soft"), activecolor: ink },
    ...(printing ? { width: PAPER } : {}),
    ...more,
  };
}

// With the names of both axes, in as many lines as they need.
function layout(id, x, y, more) {
  const { xaxis, yaxis, ...rest } = more || {};
  const title = (text, length) => ({ text: wrapped(text, length / LETTER), standoff: 8, font: { size: 14 } });
  return sheet({
    height: tall(),
    xaxis: axisOf({ title: title(x, widthOf(id) - MARGIN.l - MARGIN.r), ...xaxis }),
    yaxis: axisOf({ title: title(y, tall() - MARGIN.t - MARGIN.b), ...yaxis }),
    ...rest,
  });
}

// An axis of names, in as many lines as they need; what is drawn at it is at their places.
const named = (names, characters) => ({ tickvals: names.map((_, i) => i), ticktext: names.map((name) => wrapped(name, characters)) });

// How much higher a picture becomes by the rows of its legend after the first; Plotly makes all entries as wide as the widest.
function legendRows(id, traces) {
  const texts = traces.filter(({ name, showlegend }) => name && showlegend !== false).map(({ name }) => name.split("<br>"));
  const widest = Math.max(0, ...texts.flat().map((text) => LETTER * text.length)) + 50;
  const columns = Math.max(1, Math.floor((widthOf(id) - MARGIN.l - MARGIN.r) / widest));
  const lines = Math.max(1, ...texts.map((text) => text.length));
  return 20 * (Math.ceil(texts.length / columns) * lines - 1);
}

function draw(id, traces, given) {
  const plot = element(id);
  plot.closest("section").hidden = traces.length === 0;
  if (traces.length > 0) {
    const height = given.height + (given.showlegend === false ? 0 : Math.max(0, legendRows(id, traces)));
    plot.style.height = `${height}px`;
    Plotly.react(plot, traces, { ...given, height }, { responsive: true, displaylogo: false });
  }
  plot.dataset.drawn = traces.length;
}

// Bars of an error to both sides of a value.
const whiskers = (values, low, high) => ({
  type: "data", symmetric: false, array: high.map((h, i) => (h ?? values[i]) - values[i]), arrayminus: low.map((l, i) => values[i] - l),
});

// The trained range, behind everything.
const shades = (ranges, xref, yref) =>
  ranges.map(([start, end]) => ({
    type: "rect", x0: start, x1: end, y0: 0, y1: 1, xref, yref, line: { width: 0 }, fillcolor: "rgba(128,128,128,0.15)", layer: "below",
  }));

function node(tag, text, attributes) {
  const made = Object.assign(document.createElement(tag), attributes || {});
  if (text !== undefined) made.textContent = text;
  return made;
}

function cellOf(tag, text) {
  // As the tables that the program writes: numbers and names are not broken, texts wherever it is.
  const { length } = String(text);
  const made = node(tag, undefined, { className: length > 36 ? "long" : length <= 12 ? "short" : "" });
  made.append(...unbroken(text));
  return made;
}

// A text whose interval in brackets is not broken into lines.
function unbroken(text) {
  const parts = String(text).split(/(\[[^\[\]]*\])/);
  return parts.map((part) => (part.startsWith("[") ? node("span", part, { className: "whole" }) : part));
}

function row(cells, tag) {
  const made = node("tr");
  made.append(...cells.map((cell) => (cell instanceof Node ? cell : cellOf(tag || "td", cell ?? "-"))));
  return made;
}
