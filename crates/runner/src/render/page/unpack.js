// The page's data as it is drawn from. What the page has twenty thousand of is short in it: a cell's settings are places among
// the values of each axis, and its test error is the first of its regions.
function unpacked(data) {
  for (const cell of data.cells) {
    cell.settings = cell.settings.map((place, axis) => data.values[axis][place]);
    cell.test = cell.regions[0];
  }
  return data;
}
