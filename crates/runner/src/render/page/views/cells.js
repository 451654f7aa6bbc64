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
  const named = (cell) => (name) => (name === "range" ? now.rangeOf(cell) : now.setting(cell, name));
  const rows = shown.map((cell) => row([button(cell), ...names.map(named(cell)), cell.trials.length, interval(cell.far), interval(cell.test), percent(cell.covers)]));
  const focused = element("cells").contains(document.activeElement);
  element("cells").replaceChildren(row(["networks of", ...names, "seeds", `${label("far")} (std)`, `${label("test")} (std)`, "covers"], "th"), ...rows);
  // The pressed button is a new one: without this the keyboard would start again at the top of the page.
  if (focused) element("cells").querySelector("[aria-pressed=true]")?.focus({ preventScroll: true });
  element("cells-note").textContent = `${shown.length} of ${now.cells().length} cells, the lowest validation error first. Errors are root mean square, in standard deviations of the target there (std): median over seeds [exact interval of order statistics], which covers the median of all seeds with the probability under "covers". inf: diverged. A range that is the same problem as another is named beside it, and trained and counted once.`;
}
