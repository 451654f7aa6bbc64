// The table of the cells that the filters leave.

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
