// Draws what is chosen, and draws it again when the state changes.

const CONTROLS = ["target", "activation", "range", "output", "curve", "reach", "rows", "columns", "error"];
const VIEWS = [cellsTable, curves, distance, heat, networks, training, parallel, variance, classes, slopes];
let drawing;

function select(id, options, all) {
  const choice = element(id);
  const entries = options.map(([value, name]) => node("option", name, { value }));
  choice.replaceChildren(...(all ? [node("option", all, { value: "" })] : []), ...entries);
  choice.onchange = () => (state[id] = choice.value);
}

function showState() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  // Which outputs there are is the target's to say.
  const outputs = now.outputs();
  select("output", outputs.map((name, place) => [String(place), name]));
  element("output").closest("label").hidden = outputs.length < 2;
  CONTROLS.forEach((name) => (element(name).value = now.shown()[name]));
  element("theme-button").setAttribute("aria-pressed", String(isDark()));
}

// View by view, so that the page answers in between; what is not drawn yet is dropped when the state changes again.
function drawFrom(next) {
  if (next === VIEWS.length) {
    document.documentElement.dataset.drawn = "yes";
    arrive();
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

// On paper, and on the screen again.
const print = (starts) => () => {
  printing = starts;
  clearTimeout(drawing);
  showState();
  VIEWS.forEach((view) => view());
};

function start() {
  element("interactive").hidden = false;
  const same = (names) => names.map((name) => [name, name]);
  select("target", same(now.targets()));
  select("activation", same(now.levels("activation")), "all");
  select("range", now.ranges(), "all");
  select("curve", CURVES.map(({ name }, order) => [String(order), name]));
  select("reach", Object.entries(REACHES));
  select("rows", same(data.axes));
  select("columns", same(data.axes));
  select("error", Object.keys(data.errors).map((error) => [error, label(error)]));
  element("theme-button").onclick = () => (state.theme = isDark() ? "light" : "dark");
  leadToTrials();
  addEventListener("hashchange", drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  // Labels are broken into lines for a width: another one, as of a turned phone, needs others.
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width || printing) return;
    width = innerWidth;
    clearTimeout(drawing);
    drawing = setTimeout(drawAll, 200);
  });
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
  drawAll();
}

if (data.cells.length > 0) start();
