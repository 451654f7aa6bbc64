// What the networks of each activation become.

function classes() {
  const names = data.classes.names;
  // No word is broken: where they do not fit beside each other, Plotly turns them.
  const longest = Math.max(...names.flatMap((name) => name.split(" ")).map((word) => word.length));
  const traces = now.classes().map(({ name, counts, share, low, high }) => {
    const { colour, pattern } = now.look(name);
    const text = counts.map(([count, of]) => `${count} of ${of}`);
    const marker = { color: colour, pattern: { shape: pattern } };
    return { type: "bar", name: wrapped(name, 24), x: names.map((_, i) => i), y: share, text, textposition: "none", error_y: { ...whiskers(share, low, high), thickness: 1, width: 2 }, marker };
  });
  draw("classes", traces, layout("classes", "what networks look like outside of their range", "share of networks (%), 95 % by Wilson", {
    barmode: "group", xaxis: named(names, Math.max(longest, widthOf("classes") / LETTER / (names.length + 1))),
  }));
  const of = now.classes().map(({ name, counts }) => `${name} ${counts[0][1]}`).join(", ");
  const { range } = now.shown();
  const first = range && now.cells().find((cell) => now.setting(cell, "range") !== range);
  const elsewhere = first ? ` Networks that are the same problem as on ${now.setting(first, "range")} are counted there.` : "";
  element("classes-note").textContent = `What a network looks like up to ${data.distance} half-widths from the centre of its range: a fit with an R² of at least 0.99. Shares are of all networks of this target${range ? ` on ${range}` : ""}: ${of}. The interval takes networks for independent, which those of one seed are not: it is too narrow.${elsewhere}`;
}
