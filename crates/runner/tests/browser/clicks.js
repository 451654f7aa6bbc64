// Uses the page as a person does and leaves what it saw in an element of the name "seen".
addEventListener("load", async () => {
  const seen = { steps: {} };
  const at = (id) => document.getElementById(id);
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  // The address changes, then the page draws view by view and says when it is done.
  const settled = async () => {
    await pause(200);
    for (let waited = 0; waited < 8000 && document.documentElement.dataset.drawn !== "yes"; waited += 50) await pause(50);
  };
  const rows = (id) => [...at(id).querySelectorAll("tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
  const drawn = (id) => (at(id).data || []).map((trace) => trace.name).filter(Boolean);
  const titles = (plot) => [plot.layout.xaxis, plot.layout.yaxis].map((axis) => axis?.title?.text || "");
  const choose = async (id, value) => {
    at(id).value = value;
    at(id).dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
  };
  const look = () => ({
    cells: rows("cells"),
    networks: rows("networks"),
    of: at("networks-of").textContent,
    commands: at("commands").textContent,
    fits: drawn("fits"),
    colours: Object.fromEntries((at("fits").data || []).filter((trace) => trace.name).map((trace) => [trace.name, trace.line.color])),
    theme: document.documentElement.dataset.theme,
    ground: getComputedStyle(document.body).backgroundColor,
    ink: at("fits").layout?.font?.color,
    pressed: [...at("cells").querySelectorAll("[aria-pressed=true]")].map((button) => button.textContent),
    drawn: document.documentElement.dataset.drawn,
  });
  const step = (name) => (seen.steps[name] = look());
  try {
    await settled();
    step("opened");
    seen.views = [...document.querySelectorAll(".plot")].map((plot) => ({
      id: plot.id,
      label: plot.getAttribute("aria-label") || "",
      hidden: plot.closest("section").hidden,
      traces: (plot.data || []).length,
      kind: plot.data?.[0]?.type || "scatter",
      titles: plot.layout ? titles(plot) : [],
    }));
    await choose("columns", "range");
    const { x, y, z } = at("heat").data[0];
    seen.heat = { x, y, z };
    await choose("columns", "spectral");
    seen.unreachable = [...document.querySelectorAll("#interactive button, #interactive select")]
      .filter((control) => (control.focus(), document.activeElement !== control || !(control.labels?.length || control.textContent)))
      .map((control) => control.outerHTML);
    await choose("target", "x^3");
    step("target");
    await choose("range", at("range").options[1].value);
    step("range");
    seen.range = at("range").value;
    await choose("range", "");
    at("cells").querySelectorAll("button")[1].click();
    await settled();
    step("cell");
    const point = { x: String(at("heat").data[0].x[0]), y: "tanh" };
    at("heat").emit("plotly_click", { points: [point] });
    await settled();
    step("square");
    await choose("activation", "tanh");
    step("activation");
    await choose("activation", "");
    at("theme-button").click();
    await settled();
    step("other theme");
    history.back();
    await settled();
    step("back");
  } catch (error) {
    probe.errors.push(`the clicks: ${error.stack}`);
  }
  const fetched = performance.getEntriesByType("resource").map((entry) => entry.name);
  seen.requests = [...probe.requests, ...fetched.filter((name) => !/^(data|blob):/.test(name))];
  seen.errors = probe.errors;
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
});
