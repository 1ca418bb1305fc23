// ---- summands.js: products and sums, taken apart: an entry as scale × Σ terms + Σ rest, from its rule's tree
//   {terms: [{index: 'k = 0', factors: [['X[1,0]', 0.3], ['W[0,2]', 0.5]], value: 0.15}, …], scale: [['1/m', 0.2]], rest: [['b[2]', 0.1]]}
// An index runs over all of a tensor, so a sampled tensor gives none.

const range = (n) => Array.from({length: n}, (unused, i) => i);

const summand = (index, factors) => ({index, factors, value: factors.reduce((p, f) => p * f[1], 1)});
const times = (sums, [what, x]) => ({...sums, scale: [[what, x], ...sums.scale], rest: sums.rest.map(([text, y]) => [`${what} ${text}`, x * y])});
const plus = (sums, rest) => ({...sums, rest: [...sums.rest, rest]});
const negated = ([text, x]) => ['−' + text, -x];

const totalOf = ({terms, scale, rest}) =>
  scale.reduce((p, f) => p * f[1], 1) * terms.reduce((t, term) => t + term.value, 0) + rest.reduce((t, f) => t + f[1], 0);

// A matrix or a transposed one, as a function of row and column; null for anything else.
function matrixOf(tree, {tensors}) {
  const isTurned = tree[0] === 'transpose', name = nameOf(isTurned ? tree[2] : tree), tensor = tensors.get(name);
  if (!tensor || tensor.shape.length !== 2) return null;
  const read = (row, col) => readEntry(tensors, name, isTurned ? [col, row] : [row, col]);
  return Object.assign(read, {isTurned, cols: isTurned ? tensor.rows : tensor.cols});
}

// null where no sum stands in the tree, and no entry that comes from another place.
function takeApart(tree, at) {
  const [kind, text, ...parts] = tree;
  const matrices = [tree, ...parts].map((part) => matrixOf(part, at));
  if (kind === 'transpose' && matrices[0]) return {terms: [], scale: [], rest: [matrices[0](at.row, at.col)]};
  if (kind === 'product' && text === '' && matrices[1] && matrices[2]) {
    const [, left, right] = matrices;  // Σ_k, or Σ_n over the examples
    return {terms: range(left.cols).map((k) => summand(`${left.isTurned ? 'n' : 'k'} = ${k}`, [left(at.row, k), right(k, at.col)])), scale: [], rest: []};
  }
  if (kind === 'series') return {terms: placesOf(indicesOf(parts), at).map((place) => summand(place.index, factorsAt(inside(parts[0]), place))), scale: [], rest: []};
  if (!['negative', 'bracket', 'product', 'sum'].includes(kind)) return null;
  const [first, second] = parts.map((part) => takeApart(part, at));
  if (!first === !second) return null;
  if (kind === 'negative') return times(first, ['−1', -1]);
  if (kind === 'bracket') return tree === inside(tree) ? null : first;
  if (kind === 'product') return times(first || second, readAt(inside(parts[first ? 1 : 0]), at));
  const sign = text === '+' ? (x) => x : negated;
  if (first) return plus(first, sign(readAt(parts[1], at)));
  return plus(text === '+' ? second : times(second, ['−1', -1]), readAt(parts[0], at));
}

// Of ( … ) and [ … ].
const inside = (tree) => (tree[0] === 'bracket' && tree[1] !== '|' ? tree[2] : tree);

// A product's factors, a square's twice; anything else by itself.
function factorsAt(tree, at) {
  const [kind, , left, right] = tree;
  if (kind === 'product') return [...factorsAt(left, at), ...factorsAt(right, at)];
  if (kind === 'power' && right[1] === '2') return [readAt(left, at), readAt(left, at)];
  return [readAt(tree, at)];
}

// Blocks of columns: their rules only move entries, and say from where in words.
function movedEntry(node, operand, [i, j], at) {
  const {name, letters, result} = node.op, {begin = 0, end} = node.settings || {};
  const before = (k) => letters.slice(0, k).reduce((total, letter) => total + at.tensors.get(letter).cols, 0);
  const moved = ([text, x]) => ({terms: [], scale: [], rest: [[text, x]]});
  const from = (letter, column) => readEntry(at.tensors, letter, [i, column]);
  if (name === 'slice_cols' && operand < 0) return moved(from(letters[0], j + begin));
  if (name === 'slice_cols') return moved(j >= begin && j < end ? from('d' + result, j - begin) : ['outside of the slice', 0]);
  if (name === 'concat_cols' && operand < 0) {
    const k = letters.findIndex((letter, p) => j < before(p + 1));
    return moved(from(letters[k], j - before(k)));
  }
  return name === 'concat_cols' ? moved(from('d' + result, j + before(operand))) : null;
}
