// ---- formula.js: the trace's formulas, with letters or with numbers put in, and their values

// The trace brings what stands inside of <math>.
function mathOf(inside) {
  const made = math('math', {display: 'block'});
  made.innerHTML = inside;
  return made;
}
const formula = ({equations, text}, kind) => element('div', {class: `formula ${kind}`, role: 'math', 'aria-label': text},
  equations.map((equation) => mathOf(equation.math)));

// numberOf('dX_ij') gives the number to put in, or undefined: then the letter stays.
function putIn(made, numberOf) {
  for (const letter of made.querySelectorAll('[data-name]')) {
    const x = numberOf(letter.getAttribute('data-name'));
    if (x === undefined) continue;
    const number = math('mn', {class: 'put-in', title: exactText(x)}, numberText(x));
    letter.replaceWith(x < 0 ? math('mrow', {}, math('mo', {}, '('), number, math('mo', {}, ')')) : number);
  }
  for (const times of made.querySelectorAll('.times')) times.replaceWith(math('mo', {}, '·'));
  return made;
}

// ---- a rule at one entry, from its tree: held against the journal, for numbers are only shown where they give the recorded result

const functions = {
  log: Math.log, tanh: Math.tanh, exp: Math.exp, sign: Math.sign, max: Math.max,
  'σ': (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

// Where a tree is read: the letters' tensors and numbers, and the entry of the node's value (operand −1) or of the contribution to
// the k-th operand. i and j are its row and column; of a vector, both are its place.
function placeOf(trace, node, operand, [row, col]) {
  const end = trace.visits.length - 1, {op, settings = {}} = node;
  const tensors = new Map([[op.result, valueAt(trace, node.index, end)], ['d' + op.result, gradientAt(trace, node.index, end)]]);
  node.inputs.forEach((input, k) => tensors.set(op.letters[k], valueAt(trace, input, end)));
  const first = valueAt(trace, node.inputs[0], end), target = valueAt(trace, operand < 0 ? node.index : node.inputs[operand], end);
  const numbers = {m: first.rows * (op.name === 'kl_sparsity' && operand >= 0 && settings.symmetric ? 2 : 1), d: first.cols};
  for (const letter of ['c', 's', 'α', 'ρ']) numbers[letter] = settings.number === undefined ? 0 : settings.number;
  return {tensors, numbers, settings, first, rows: target.rows, cols: target.cols, row, col, i: target.shape.length < 2 ? col : row, j: col};
}

// Thrown where a tree has no value of its own: a letter without a number, words, an entry that was not kept.
const hasNoValue = new Error('the rule has no value of its own');

// ['X[1,0]', 0.3]
function readEntry(tensors, name, entry) {
  const tensor = tensors.get(name), x = tensor && entryOf(tensor, entry);
  if (x === undefined) throw hasNoValue;
  return [tensor.shape.length === 1 && tensor.cols === 1 ? name : name + entryText(tensor, entry), x];
}

// A letter with the indices behind it, "X" and "ij": the entry that they name. Without indices it is the entry at this place; of a
// vector that in this column, and a single number is the same everywhere.
function readLetter(name, indices, at) {
  const tensor = at.tensors.get(name);
  if (!tensor && name in at.numbers) return [name, at.numbers[name]];
  if (!tensor && name === 'j') return [String(at.j), at.j];
  if (!tensor && name.startsWith('ρ')) return meanActivation(at);
  if (!tensor) throw hasNoValue;
  if (name === 'label') return readEntry(at.tensors, name, [0, at.i]);  // one an example
  const isVector = tensor.shape.length === 1;
  if (indices !== '') {
    const entry = [...indices].map((letter) => at[letter]);
    if (entry.length === 1 && !isVector) throw hasNoValue;
    return readEntry(at.tensors, name, entry.length === 1 ? [0, ...entry] : entry);
  }
  if (isVector && tensor.cols === 1) return readEntry(at.tensors, name, [0, 0]);
  if (tensor.cols !== at.cols || !(isVector || tensor.rows === at.rows)) throw hasNoValue;
  return readEntry(at.tensors, name, isVector ? [0, at.col] : [at.row, at.col]);
}

// "X", "dX", "X_ij"; undefined for what is no name.
function nameOf([kind, text, ...parts]) {
  if (kind === 'index') return nameOf(parts[0]) && `${nameOf(parts[0])}_${indicesOf(parts)}`;
  return {name: text, gradient: `d${text}`}[kind];
}
const indicesOf = (parts) => parts.slice(1).map((part) => part[1]).join('');

// Text and value of a tree: ['X[1,0] log R[1,0]', 0.3]. NaN and infinities are values.
function readAt(tree, at) {
  const [kind, text, ...parts] = tree;
  const part = (k) => readAt(parts[k], at);
  const two = (sign, f) => { const [a, b] = [part(0), part(1)]; return [a[0] + sign + b[0], f(a[1], b[1])]; };
  switch (kind) {
    case 'number': return [text, Number(text)];
    case 'name': case 'gradient': return readLetter(nameOf(tree), '', at);
    case 'index': return parts[0][0] === 'call' ? softmaxAt(parts, at) : readLetter(nameOf(parts[0]), indicesOf(parts), at);
    case 'sum': return two(` ${text} `, (a, b) => (text === '+' ? a + b : a - b));
    case 'fraction': return two('/', (a, b) => a / b);
    case 'negative': { const [what, x] = part(0); return ['−' + what, -x]; }
    case 'product':
      if (text === '⋆') throw hasNoValue;
      if (text === '' && parts[0][1] === '1') return part(1);  // 1 b: b in every row
      return two(text ? ` ${text} ` : ' ', (a, b) => a * b);
    case 'power': {
      const [what, exponent] = part(1);
      if (nameOf(parts[0]) === 'e') return ['e^' + what, Math.exp(exponent)];
      const [base, x] = part(0);
      return [`${base}^${what}`, Math.pow(x, exponent)];
    }
    case 'root': { const [what, x] = part(0); return ['√' + what, Math.sqrt(x)]; }
    case 'call': {
      if (!functions[text]) throw hasNoValue;
      const [opens, ...given] = parts[0][0] === 'bracket' ? parts[0].slice(1) : [' ', parts[0]];
      const read = given.map((one) => readAt(one, at));
      return [text + bracketed(opens, read.map(([what]) => what)), functions[text](...read.map(([, x]) => x))];
    }
    case 'bracket': {
      if (parts.length !== 1) throw hasNoValue;
      const [what, x] = part(0);
      return [bracketed(text, [what]), text === '|' ? Math.abs(x) : x];
    }
    case 'relation':
      if (text !== '>' && text !== '=') throw hasNoValue;
      return two(` ${text} `, (a, b) => Number(text === '>' ? a > b : a === b));
    case 'cases': return part(1)[1] ? part(0) : parts[2] ? part(2) : ['0', 0];
    case 'series': return ['Σ', placesOf(indicesOf(parts), at).reduce((total, place) => total + readAt(parts[0], place)[1], 0)];
    default: throw hasNoValue;
  }
}
const bracketed = (opens, items) => opens[0] + items.join(', ') + ({'(': ')', '[': ']'}[opens[0]] || opens);

// ρ̂_j, the mean of a column, as its number; of activations in (−1, 1) moved to (0, 1).
function meanActivation({first, j, settings}) {
  if (!isWhole(first)) throw hasNoValue;
  const mean = range(first.rows).reduce((total, i) => total + entryOf(first, [i, j]), 0) / first.rows;
  const inUnit = settings.symmetric ? (mean + 1) / 2 : mean;
  return [numberText(inUnit), inUnit];
}

// softmax(Z_i)_j, with the row's largest taken out so that no exponential overflows.
function softmaxAt([[, , bracket], column], at) {
  const name = nameOf(bracket[2][2]), [, j] = readAt(column, at);
  const row = range(at.first.cols).map((k) => readEntry(at.tensors, name, [at.i, k])[1]), largest = Math.max(...row);
  return [`softmax(${name})[${at.i},${j}]`, Math.exp(row[j] - largest) / row.reduce((total, z) => total + Math.exp(z - largest), 0)];
}

// The places that a sum runs over: Σ_i over the first operand's rows, Σ_j and Σ_k over its columns, Σ_rows down this column, Σ and
// Σ_ij over all entries. `index` says which.
function placesOf(indices, at) {
  const {rows, cols} = at.first;
  const count = {i: rows, j: cols, k: cols}[indices];
  if (count !== undefined) return range(count).map((v) => ({...at, [indices]: v, index: `${indices} = ${v}`}));
  if (indices === 'rows') return range(rows).map((n) => ({...at, rows, row: n, index: `n = ${n}`}));
  if (indices !== '' && indices !== 'ij') throw hasNoValue;
  return range(rows).flatMap((i) => range(cols).map((j) => ({...at, rows, cols, row: i, col: j, i, j, index: `${i}, ${j}`})));
}
