// Numbers and names as they are read.

const digits = (value) => (value === null ? "-" : Number(value).toPrecision(3));
// What is no finite number of an error is that of diverged networks.
const orInf = (value) => (value === null ? "inf" : digits(value));
const interval = (of) => (of ? `${orInf(of[0])} [${orInf(of[1])}, ${orInf(of[2])}]` : "-");

const percent = (share) => (share === null || share === undefined ? "-" : `${(100 * share).toFixed(2)} %`);

// "10 seeds, of which the interval covers 97.85 %", or from the fewest to the most where cells differ.
function overSeeds(cells) {
  const fromTo = (values) => (values[0] === values.at(-1) ? values[0] : `${values[0]} to ${values.at(-1)}`);
  const seeds = fromTo(cells.map((cell) => cell.seeds).sort((a, b) => a - b));
  const covers = cells.map((cell) => cell.covers).filter((share) => share > 0).sort((a, b) => a - b);
  const interval = covers.length > 0 ? `, exact interval of order statistics, which covers ${fromTo(covers.map(percent))}` : "";
  return `median over ${seeds} seed${seeds === 1 ? "" : "s"}${interval}`;
}

// Numbers by their size, names by the alphabet.
function natural(a, b) {
  return Number(a) - Number(b) || String(a).localeCompare(String(b), "en", { numeric: true });
}

// The lines of a text of at most so many characters each, broken after spaces and signs, and where there is none anywhere.
function wrap(text, characters) {
  const most = Math.max(1, Math.floor(characters));
  const parts = String(text).split(/(?<=[\s_,;=+*/)-])/);
  const pieces = parts.flatMap((part) => part.match(new RegExp(`.{1,${most}}`, "gsu")) || []);
  const lines = [];
  for (const piece of pieces) {
    const longer = (lines.at(-1) ?? "") + piece;
    if (lines.length > 0 && longer.trimEnd().length <= most) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines.map((line) => line.trim());
}

// Plotly takes tags in its texts for markup; names of the experiment are to be read as they are.
const plain = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const wrapped = (text, characters) => wrap(text, characters).map(plain).join("<br>");

// Where there can be but one line: without its middle.
function shortened(text, characters) {
  const letters = [...String(text)];
  const side = Math.max(1, Math.floor((characters - 1) / 2));
  return plain(letters.length <= characters ? text : `${letters.slice(0, side).join("")}…${letters.slice(-side).join("")}`);
}
