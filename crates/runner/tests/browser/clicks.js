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
  // Of one pair of axes, or of what many have in common.
  const titles = ({ layout }) => {
    const common = (name) => layout.annotations?.find((note) => note.name === name)?.text;
    return [common("across") || layout.xaxis?.title?.text || "", common("up") || layout.yaxis?.title?.text || ""];
  };
  const panels = () => ({
    names: (at("fits").data || []).filter((trace) => trace.line?.width === 2).map((trace) => trace.name),
    titles: titles(at("fits")),
    window: at("fits").layout.xaxis.range,
    ends: at("fits").data.filter((trace) => trace.name === "truth").map((trace) => [trace.y[0], trace.y.at(-1)]),
    note: at("fits-note").textContent,
  });
  // What of an element is wider than the page.
  const wide = () => [...document.querySelectorAll("main *")].filter((part) => part.getBoundingClientRect().right > innerWidth + 1 && !part.closest(".scroll, pre, svg, .plot")).map((part) => part.outerHTML.slice(0, 80));
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
    panels: at("fits").data ? panels() : null,
    variance: at("variance-note").textContent,
    bars: (at("variance").data || []).map((trace) => trace.y.length),
    colours: Object.fromEntries((at("fits").data || []).filter((trace) => trace.name).map((trace) => [trace.name, trace.line?.color])),
    theme: document.documentElement.dataset.theme,
    ground: getComputedStyle(document.body).backgroundColor,
    ink: at("fits").layout?.font?.color,
    pressed: [...at("cells").querySelectorAll("[aria-pressed=true]")].map((button) => button.textContent),
    current: [...at("networks").querySelectorAll("tr[aria-current]")].map((row) => row.cells[0].textContent),
    top: at("networks-of").getBoundingClientRect().top,
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
    const data = JSON.parse(at("data").textContent);
    const trials = data.cells.flatMap((cell) => cell.trials.filter((trial) => trial[2] > 0).map((trial) => ({ cell, value: Math.log10(trial[2]) })));
    const levels = data.axes.map((_, i) => trials.map(({ cell }) => cell.settings[i]));
    seen.effects = { here: mainEffects(levels, trials.map(({ value }) => value)), there: data.variance.far };
    seen.wide = wide();
    // Tables that no note explains: neither right after them nor after those beside them.
    const explained = (table) => table.closest("section").querySelector(".note")?.textContent;
    seen.unexplained = [...document.querySelectorAll("section table")].filter((table) => !explained(table) && table.tHead?.textContent.trim()).map((table) => table.outerHTML.slice(0, 80));
    await choose("curve", "1");
    step("first derivative");
    await choose("curve", "2");
    step("second derivative");
    await choose("reach", "logarithmic");
    step("logarithmic");
    await choose("curve", "0");
    await choose("reach", "100");
    step("zoomed out");
    await choose("reach", "3");
    await choose("columns", "range");
    const { x, y, z } = at("heat").data[0];
    seen.heat = { x, y, z };
    await choose("columns", "spectral");
    seen.unreachable = [...document.querySelectorAll("#interactive button, #interactive select")]
      .filter((control) => !control.closest("[hidden]"))
      .filter((control) => (control.focus(), document.activeElement !== control || !(control.labels?.length || control.textContent)))
      .map((control) => control.outerHTML);
    await choose("target", "x^3");
    step("target");
    await choose("range", at("range").options[1].value);
    step("range");
    seen.range = at("range").value;
    seen.ranges = [...at("range").options].map((option) => option.textContent);
    await choose("range", "[-4, 4]");
    step("repeated");
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
    const exception = document.querySelector("button[data-trial]");
    seen.exception = exception?.textContent;
    exception?.click();
    await settled();
    await pause(1000);
    step("exception");
    history.back();
    await settled();
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
