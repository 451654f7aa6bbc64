// Chooses outputs and targets as a person does and leaves what it saw in an element of the name "seen".
addEventListener("load", async () => {
  const at = (id) => document.getElementById(id);
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  const settled = async () => {
    await pause(200);
    for (let waited = 0; waited < 8000 && document.documentElement.dataset.drawn !== "yes"; waited += 50) await pause(50);
  };
  const choose = async (id, value) => {
    at(id).value = value;
    at(id).dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
  };
  // What the panels of the learned curves are drawn with, and what is true at the centre of the range.
  const look = () => {
    const truth = at("fits").data.find((trace) => trace.name === "truth");
    return {
      offered: at("output").closest("label").hidden ? [] : [...at("output").options].map((option) => option.textContent),
      chosen: at("output").value,
      up: at("fits").layout.annotations.find((note) => note.name === "up").text.replaceAll("<br>", " "),
      truth: truth.y[truth.x.indexOf(0)],
      seeds: at("seeds").layout.yaxis.title.text.replaceAll("<br>", " "),
    };
  };
  const seen = {};
  try {
    await settled();
    seen.opened = look();
    await choose("output", "1");
    seen.second = look();
    seen.reachable = (at("output").focus(), document.activeElement === at("output"));
    await choose("target", "x");
    seen.one = look();
  } catch (error) {
    probe.errors.push(`the choices: ${error.stack}`);
  }
  seen.errors = probe.errors;
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
});
