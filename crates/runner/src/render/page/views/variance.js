// How much of the error each axis of the sweep explains.

function variance() {
  const { names, filters, networks, shares } = now.variance();
  const bars = Object.entries(data.errors).map(([error, { name, colour, pattern }]) => ({
    type: "bar", name, x: names.map((_, i) => i), y: shares[error], marker: { color: colour, pattern: { shape: pattern } },
  }));
  draw("variance", names.length ? bars : [], layout("variance", "axis of the sweep", "share of the variance of log error (%)", {
    barmode: "group", xaxis: named(names, Math.max(8, widthOf("variance") / LETTER / (names.length + 1))),
  }));
  const shown = now.shown();
  const of = filters.length > 0 ? `of the ${networks} networks with ${filters.concat(filters.includes("target") ? [] : ["target"]).map((name) => `${name} ${shown[name]}`).join(", ")}` : `of all ${networks} networks, over all targets whatever is chosen above`;
  element("variance-note").textContent = `Main effects ${of}: the share of the variance of the logarithm of the error that an axis explains by itself. What is missing to 100 % is interactions and seeds. Choose a target, an activation or a range to see it for those alone.`;
}
