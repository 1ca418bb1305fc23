// ---- summands.js: products and sums, taken apart. A rule here gives the summands of one entry of its result:
//   {what: 'Σ_k X[1,k] W[k,2]', terms: [{index: 'k = 0', factors: [['X[1,0]', 0.3], …], value}], scale: [['1/m', 0.2]], rest: [['b[2]', 0.1]]}
// The entry is scale × Σ terms + Σ rest. An index runs over all of a tensor, so a sampled tensor gives none.

const range = (n) => Array.from({length: n}, (unused, i) => i);

// A tensor that can be asked by letter and index: T('X', row, col) is ['X[1,0]', 0.3].
function reader(letter, tensor) {
  const read = (row, col) => [letter + entryText(tensor, [row, col]), entryOf(tensor, [row, col])];
  return Object.assign(read, {rows: tensor.rows, cols: tensor.cols, whole: isWhole(tensor)});
}

// Σ over an index of products of two entries.
const overIndex = (letter, count, factorsAt) => range(count).map((k) => {
  const factors = factorsAt(k);
  return {index: `${letter} = ${k}`, factors, value: factors.reduce((p, f) => p * f[1], 1)};
});

// forward(entry, o, s, y) and gradients[k](entry, o, dY, y, s): o are the operands' readers, y the value's, dY the upstream
// gradient's, s the node's settings.
const productRules = {
  matmul: {
    forward: ([i, j], o) => ({terms: overIndex('k', o[0].cols, (k) => [o[0](i, k), o[1](k, j)])}),
    gradients: [([i, j], o, dY) => ({terms: overIndex('n', dY.cols, (n) => [dY(i, n), o[1](j, n)])}),
      ([i, j], o, dY) => ({terms: overIndex('n', dY.rows, (n) => [o[0](n, i), dY(n, j)])})],
  },
  matmul_bt: {
    forward: ([i, j], o) => ({terms: overIndex('k', o[0].cols, (k) => [o[0](i, k), o[1](j, k)])}),
    gradients: [([i, j], o, dY) => ({terms: overIndex('n', dY.cols, (n) => [dY(i, n), o[1](n, j)])}),
      ([i, j], o, dY) => ({terms: overIndex('n', dY.rows, (n) => [dY(n, i), o[0](n, j)])})],
  },
  matmul_at: {
    forward: ([i, j], o) => ({terms: overIndex('k', o[0].rows, (k) => [o[0](k, i), o[1](k, j)])}),
    gradients: [([i, j], o, dY) => ({terms: overIndex('n', dY.cols, (n) => [o[1](i, n), dY(j, n)])}),
      ([i, j], o, dY) => ({terms: overIndex('n', dY.rows, (n) => [o[0](i, n), dY(n, j)])})],
  },
  affine: {
    forward: ([i, j], o) => ({terms: overIndex('k', o[0].cols, (k) => [o[0](i, k), o[1](k, j)]), rest: [o[2](0, j)]}),
    gradients: [([i, j], o, dY) => ({terms: overIndex('k', dY.cols, (k) => [dY(i, k), o[1](j, k)])}),
      ([i, j], o, dY) => ({terms: overIndex('n', dY.rows, (n) => [o[0](n, i), dY(n, j)])}),
      (entry, o, dY) => ({terms: overIndex('n', dY.rows, (n) => [dY(n, entry[1])])})],
  },
  add_row: {
    gradients: [, (entry, o, dY) => ({terms: overIndex('n', dY.rows, (n) => [dY(n, entry[1])])})],
    forward: ([i, j], o) => ({terms: [], rest: [o[0](i, j), o[1](0, j)]}),
  },
  transpose: {
    forward: ([i, j], o) => ({terms: [], rest: [o[0](j, i)]}),
    gradients: [([i, j], o, dY) => ({terms: [], rest: [dY(j, i)]})],
  },
  sum: {forward: (entry, o) => ({terms: overEntries(o[0], (x) => [x])})},
  mean: {forward: (entry, o) => ({terms: overEntries(o[0], (x) => [x]), scale: [['1/(m d)', 1 / (o[0].rows * o[0].cols)]]})},
  sum_rows: {forward: ([, j], o) => ({terms: overIndex('i', o[0].rows, (i) => [o[0](i, j)])})},
  mean_rows: {forward: ([, j], o) => ({terms: overIndex('i', o[0].rows, (i) => [o[0](i, j)]), scale: [['1/m', 1 / o[0].rows]]})},
  sum_cols: {forward: ([, i], o) => ({terms: overIndex('j', o[0].cols, (j) => [o[0](i, j)])})},
  half_squared_norm: {forward: (entry, o) => ({terms: overEntries(o[0], (w) => [w, w]), scale: [['½', 0.5]]})},
  half_mse: {
    forward: (entry, o) => ({
      terms: overEntries(o[0], (r, i, j) => {
        const x = o[1](i, j), difference = [`(${r[0]} − ${x[0]})`, r[1] - x[1]];
        return [difference, difference];
      }),
      scale: [['1/(2m)', 1 / (2 * o[0].rows)]],
    }),
  },
  bce: {
    forward: (entry, o) => ({
      terms: overEntries(o[0], (r, i, j) => {
        const x = o[1](i, j);
        return [[`−[${x[0]} log ${r[0]} + (1 − ${x[0]}) log(1 − ${r[0]})]`, -x[1] * Math.log(r[1]) - (1 - x[1]) * Math.log1p(-r[1])]];
      }),
      scale: [['1/m', 1 / o[0].rows]],
    }),
  },
  bce_with_logits: {
    forward: (entry, o) => ({
      terms: overEntries(o[0], (z, i, j) => {
        const x = o[1](i, j);
        return [[`softplus(${z[0]}) − ${x[0]} ${z[0]}`, functions.softplus(z[1]) - x[1] * z[1]]];
      }),
      scale: [['1/m', 1 / o[0].rows]],
    }),
  },
  l1_of_code: {
    forward: (entry, o) => ({terms: overEntries(o[0], (h) => [[`|${h[0]}|`, Math.abs(h[1])]]), scale: [['1/m', 1 / o[0].rows]]}),
  },
  kl_sparsity: {
    forward: (entry, o, s) => ({
      terms: range(o[0].cols).map((j) => {
        const rho = s.number, hat = meanActivation(o[0], j, s);
        const value = rho * Math.log(rho / hat) + (1 - rho) * Math.log((1 - rho) / (1 - hat));
        return {index: `j = ${j}`, factors: [[`KL(ρ ‖ ρ̂[${j}] = ${numberText(hat)})`, value]], value};
      }),
    }),
  },
  softmax: {
    forward: ([i, j], o) => ({terms: [], rest: [[`${'e^' + o[0](i, j)[0]} / Σ_k e^X[${i},k]`, softmaxAt(o[0], i, j)]]}),
    gradients: [([i, j], o, dY, y) => ({
      terms: overIndex('k', dY.cols, (k) => [negated(y(i, j)), dY(i, k), y(i, k)]),
      rest: [[`${y(i, j)[0]} ${dY(i, j)[0]}`, y(i, j)[1] * dY(i, j)[1]]],
    })],
  },
  log_softmax: {
    forward: ([i, j], o) => ({terms: [], rest: [[`${o[0](i, j)[0]} − log Σ_k e^X[${i},k]`, Math.log(softmaxAt(o[0], i, j))]]}),
    gradients: [([i, j], o, dY, y) => ({
      terms: overIndex('k', dY.cols, (k) => [[`−e^${y(i, j)[0]}`, -Math.exp(y(i, j)[1])], dY(i, k)]),
      rest: [dY(i, j)],
    })],
  },
  softmax_cross_entropy: {
    forward: (entry, o) => ({
      terms: overIndex('i', o[0].rows, (i) => {
        const label = o[1](0, i)[1];
        return [[`−log softmax(Z)[${i},${label}]`, -Math.log(softmaxAt(o[0], i, label))]];
      }),
      scale: [['1/m', 1 / o[0].rows]],
    }),
    gradients: [([i, j], o, dY) => {
      const isLabel = o[1](0, i)[1] === j ? 1 : 0;
      return {
        terms: [{index: `${i}, ${j}`, factors: [[`softmax(Z)[${i},${j}] − ${isLabel}`, 0]], value: softmaxAt(o[0], i, j) - isLabel}],
        scale: [['dL/m', dY(0, 0)[1] / o[0].rows]],
      };
    }],
  },
  keep_largest: {
    forward: ([i, j], o, s, y) => ({terms: [], rest: [y(i, j)[1] === o[0](i, j)[1] ? [`${o[0](i, j)[0]}, kept`, o[0](i, j)[1]] : ['not kept', 0]]}),
    gradients: [([i, j], o, dY, y) => ({terms: [], rest: [y(i, j)[1] === o[0](i, j)[1] ? [`${dY(i, j)[0]}, kept`, dY(i, j)[1]] : ['not kept', 0]]})],
  },
  slice_cols: {
    forward: ([i, j], o, s) => ({terms: [], rest: [o[0](i, j + s.begin)]}),
    gradients: [([i, j], o, dY, y, s) => ({terms: [], rest: [j >= s.begin && j < s.end ? dY(i, j - s.begin) : ['outside of the slice', 0]]})],
  },
  concat_cols: {
    forward: ([i, j], o) => {
      const k = o.findIndex((part, p) => j < columnsBefore(o, p + 1));
      const [name, x] = o[k](i, j - columnsBefore(o, k));
      return {terms: [], rest: [[`part ${k}: ${name}`, x]]};
    },
    gradientOf: (k) => ([i, j], o, dY) => ({terms: [], rest: [dY(i, j + columnsBefore(o, k))]}),
  },
};

const negated = ([name, x]) => ['−' + name, -x];
const columnsBefore = (parts, k) => parts.slice(0, k).reduce((total, part) => total + part.cols, 0);

// Of a row, with its largest taken out so that no exponential overflows.
function softmaxAt(x, i, j) {
  const row = range(x.cols).map((k) => x(i, k)[1]), largest = Math.max(...row);
  return Math.exp(row[j] - largest) / row.reduce((total, z) => total + Math.exp(z - largest), 0);
}

function overEntries(tensor, factorsOf) {
  const terms = [];
  for (let i = 0; i < tensor.rows; ++i) {
    for (let j = 0; j < tensor.cols; ++j) {
      const factors = factorsOf(tensor(i, j), i, j);
      terms.push({index: `${i}, ${j}`, factors, value: factors.reduce((p, f) => p * f[1], 1)});
    }
  }
  return terms;
}

// ρ̂_j, the mean of a column; of activations in (−1, 1) moved to (0, 1).
function meanActivation(h, j, settings) {
  let total = 0;
  for (let i = 0; i < h.rows; ++i) total += h(i, j)[1];
  const mean = total / h.rows;
  return settings.symmetric ? (mean + 1) / 2 : mean;
}

const totalOf = ({terms, scale = [], rest = []}) =>
  scale.reduce((p, f) => p * f[1], 1) * terms.reduce((t, term) => t + term.value, 0) + rest.reduce((t, f) => t + f[1], 0);

// The summands of one entry: of the node's value (operand −1) or of its contribution to the k-th operand. null where the rule
// is no sum, or a tensor is sampled or not there.
function summandsOf(trace, node, operand, entry) {
  const rules = productRules[node.op.name];
  const rule = rules && (operand < 0 ? rules.forward : rules.gradientOf ? rules.gradientOf(operand) : rules.gradients && rules.gradients[operand]);
  if (!rule) return null;
  const end = trace.visits.length - 1;
  const readers = node.inputs.map((input, k) => reader(node.op.letters[k], valueAt(trace, input, end)));
  const y = reader(node.op.result, valueAt(trace, node.index, end));
  const upstream = gradientAt(trace, node.index, end);
  const dY = upstream && reader('d' + node.op.result, upstream);
  if (readers.some((r) => !r.whole) || !y.whole || (operand >= 0 && !(dY && dY.whole))) return null;
  const settings = {begin: 0, ...node.settings};
  return operand < 0 ? rule(entry, readers, settings, y) : rule(entry, readers, dY, y, settings);
}

// What to put in for a letter of a rule that works entry by entry, for this entry of the result or of the k-th operand.
function numbersFor(trace, node, operand, entry) {
  const end = trace.visits.length - 1;
  const of = new Map([[node.op.result, valueAt(trace, node.index, end)], ['d' + node.op.result, gradientAt(trace, node.index, end)]]);
  node.inputs.forEach((input, k) => of.set(node.op.letters[k], valueAt(trace, input, end)));
  const target = of.get(operand < 0 ? node.op.result : node.op.letters[operand]);
  const first = valueAt(trace, node.inputs.length ? node.inputs[0] : node.index, end);
  const settings = node.settings || {};
  return (letter) => {
    const [name, sub] = letter.split('_');
    if (['c', 's', 'α', 'ρ'].includes(name)) return settings.number === undefined ? 0 : settings.number;
    if (name === 'm') return first.rows * (node.op.name === 'kl_sparsity' && operand >= 0 && settings.symmetric ? 2 : 1);
    if (name === 'd') return first.cols;
    if (name.startsWith('ρ')) return isWhole(first) ? meanActivation(reader('H', first), entry[1], settings) : undefined;
    const tensor = of.get(name);
    if (!tensor) return undefined;
    if (sub === 'j') return entryOf(tensor, [0, entry[1]]);
    if (sub === 'i') return entryOf(tensor, [0, entry[0]]);
    if (sub !== undefined && sub !== 'ij') return undefined;
    if (tensor.values.length === 1 && isWhole(tensor)) return tensor.values[0];
    return tensor.rows === target.rows && tensor.cols === target.cols ? entryOf(tensor, entry) : undefined;
  };
}
