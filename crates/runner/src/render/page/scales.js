// From numbers to places in a picture.

const numbers = (values) => values.filter((value) => value !== null && Number.isFinite(value)).sort((a, b) => a - b);

// The median: of an even number of values the mean of the two in the middle.
function middle(values) {
  const order = numbers(values);
  if (order.length === 0) return null;
  const half = order.length >> 1;
  return order.length % 2 ? order[half] : (order[half - 1] + order[half]) / 2;
}

// As it is within ±1, and beyond that in decades: 10 is at 2, 100 at 3.
function signedLog(value) {
  if (value === null) return null;
  return Math.abs(value) <= 1 ? value : Math.sign(value) * (1 + Math.log10(Math.abs(value)));
}

// Ticks of such an axis from `low` to `high`: at 0, ±1, ±10 and so on; at most `most` of them to each side have a number, and there
// are others between only where they are few.
function decades(low, high, most) {
  const last = Math.max(0, Math.floor(Math.max(Math.abs(low), Math.abs(high))) - 1);
  const step = Math.ceil(last / Math.max(1, most)) || 1;
  const power = (exponent) => (exponent < 4 ? String(10 ** exponent) : `10<sup>${exponent}</sup>`);
  const exponents = [...Array(last + 1).keys()].filter((exponent) => step < 3 || exponent % step === last % step);
  const side = exponents.map((exponent) => ({ at: 1 + exponent, text: exponent % step === last % step ? power(exponent) : "" }));
  const left = side.map(({ at, text }) => ({ at: -at, text: text && `-${text}` })).reverse();
  return [...left, { at: 0, text: "0" }, ...side].filter(({ at }) => low <= at && at <= high);
}

// The positions of `count` places of `x`, in ascending order, that are as evenly spread from `low` to `high` as there are.
function even(x, [low, high], count) {
  const wanted = [...Array(count).keys()].map((i) => low + ((high - low) * i) / (count - 1));
  let next = 0;
  const nearest = (place) => {
    while (next + 1 < x.length && Math.abs(x[next + 1] - place) <= Math.abs(x[next] - place)) next += 1;
    return next;
  };
  return wanted.map(nearest);
}

// What is in the picture: the middle eight tenths of the truth and of the curves, and a margin. One that leaves it far behind
// would flatten all others.
function extent(truth, curves) {
  const tenths = (values) => [values[Math.floor(0.1 * values.length)], values[Math.ceil(0.9 * values.length) - 1]];
  const ends = [truth || [], curves.flat()].map(numbers).filter((values) => values.length > 0).map(tenths);
  const [low, high] = [Math.min(...ends.map(([low]) => low)), Math.max(...ends.map(([, high]) => high))];
  if (ends.length === 0) return [-1, 1];
  const margin = 0.3 * (high - low) || 1;
  return [low - margin, high + margin];
}

// A curve as far as a thousand heights of the picture: Plotly draws nothing right of what is 1e100 of them away.
function within(curve, [low, high]) {
  const far = 1000 * (high - low);
  return curve.map((value) => (value === null ? null : Math.min(high + far, Math.max(low - far, value))));
}

// The outline of what is between two curves, along the one and back along the other; apart where one of them is missing.
function veil(x, low, high) {
  const outline = { x: [], y: [] };
  let start = 0;
  const close = (end) => {
    if (end > start) {
      const part = (values) => values.slice(start, end);
      outline.x.push(...part(x), ...part(x).reverse(), null);
      outline.y.push(...part(low), ...part(high).reverse(), null);
    }
    start = end + 1;
  };
  x.forEach((_, i) => (low[i] === null || high[i] === null) && close(i));
  close(x.length);
  return outline;
}

// Places next to each other for `count` things at the same place of an axis whose places are 1 apart.
const aside = (i, count) => Math.min(0.05, 0.7 / count) * (i - (count - 1) / 2);

// The share of the variance of the values that each axis explains by itself, its main effect: the variance of the means over
// its levels. `levels` has for each axis the level of each value; where nothing varies, nothing is explained.
function mainEffects(levels, values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const total = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const share = (of) => {
    const sums = new Map();
    of.forEach((level, i) => {
      const { sum, count } = sums.get(level) || { sum: 0, count: 0 };
      sums.set(level, { sum: sum + values[i], count: count + 1 });
    });
    const between = [...sums.values()].reduce((all, { sum, count }) => all + count * (sum / count - mean) ** 2, 0);
    return total > 0 ? between / total : 0;
  };
  return levels.map(share);
}
