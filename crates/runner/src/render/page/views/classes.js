// What the networks of each activation become.

function classes() {
  const names = data.classes.names;
  const traces = now.classes().map(({ name, counts, share, low, high }) => {
    const { colour, pattern } = now.look(name);
    const text = counts.map(([count, of]) => `${count} of ${of}`);
    const marker = { color: colour, pattern: { shape: pattern } };
    return { type: "bar", name: wrapped(name, 24), x: names.map((_, i) => i), y: share, text, textposition: "none", error_y: { ...whiskers(share, low, high), thickness: 1, width: 2 }, marker };
  });
  draw("classes", traces, layout("classes", "what networks become outside of their range", "share of networks (%), 95 % interval by Wilson", {
    barmode: "group", xaxis: named(names, Math.max(8, widthOf("classes") / LETTER / (names.length + 1))),
  }));
}
