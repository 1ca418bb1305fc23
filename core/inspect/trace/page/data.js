// ---- data.js: the trace as it stands in the page, and what is asked of it often, worked out once

// NaN and infinities are strings in JSON; Number reads them.
const toNumber = (x) => (typeof x === 'string' ? Number(x) : x);

function readTensor(raw) {
  const shape = raw.shape;
  const rows = shape.length >= 2 ? shape[0] : 1;
  const cols = shape.length >= 2 ? shape.slice(1).reduce((a, b) => a * b, 1) : shape[0];
  const tensor = {
    shape, rows, cols,
    values: raw.bad ? raw.values.map(toNumber) : raw.values,
    keptRows: raw.rows, keptCols: raw.cols,  // undefined: all of them
    range: raw.range, bad: raw.bad || 0,
  };
  tensor.heightKept = raw.rows ? raw.rows.length : rows;
  tensor.widthKept = raw.cols ? raw.cols.length : cols;
  return tensor;
}

const isWhole = (tensor) => tensor.keptRows === undefined;
const rowAt = (tensor, r) => (tensor.keptRows ? tensor.keptRows[r] : r);  // of the r-th kept row
const colAt = (tensor, c) => (tensor.keptCols ? tensor.keptCols[c] : c);

// The number at an entry of the tensor; undefined where it was not kept.
function entryOf(tensor, [row, col]) {
  const r = tensor.keptRows ? tensor.keptRows.indexOf(row) : row;
  const c = tensor.keptCols ? tensor.keptCols.indexOf(col) : col;
  if (r < 0 || c < 0 || r >= tensor.heightKept || c >= tensor.widthKept) return undefined;
  return tensor.values[r * tensor.widthKept + c];
}

// The entry nearest to the chosen one that this tensor has (and keeps).
function nearestEntry(tensor, [row, col]) {
  const nearest = (kept, count, i) =>
    kept ? kept.reduce((best, k) => (Math.abs(k - i) < Math.abs(best - i) ? k : best), kept[0]) : Math.min(i, count - 1);
  return [nearest(tensor.keptRows, tensor.rows, row), nearest(tensor.keptCols, tensor.cols, col)];
}

// A column of a tensor of rank 3 or 4 in its own indices: "1,0,3" of column 23 of 5 × 2 × 4 × 5; of a matrix the column itself.
function colText(tensor, col) {
  const indices = [];
  for (let d = tensor.shape.length - 1; d >= 2; --d) {
    indices.unshift(col % tensor.shape[d]);
    col = Math.floor(col / tensor.shape[d]);
  }
  return [col, ...indices].join(',');
}
// "[2]" of a vector, "[0,2]" of a matrix, "[0,1,4,4]" of images, as everywhere else in strata.
const entryText = (tensor, [row, col]) => (tensor.shape.length < 2 ? `[${col}]` : `[${row},${colText(tensor, col)}]`);

function readTrace(text) {
  const raw = JSON.parse(text);
  if (raw.strata_trace !== 1) throw new Error('this is no strata trace of version 1');
  const trace = {
    ...raw,
    tensors: raw.tensors.map(readTensor),
    nodes: raw.nodes.map((node, index) => ({...node, index, op: raw.ops[node.op]})),
  };
  trace.visits = raw.visits.map((visit, step) => readVisit(trace, visit, step));
  trace.forwardStep = new Array(trace.nodes.length).fill(-1);  // of each node
  trace.changes = trace.nodes.map(() => []);                   // the steps that change each node's gradient
  trace.runs = trace.nodes.map(() => []);                      // the steps in which each node's backward rule runs
  trace.consumers = trace.nodes.map(() => []);
  for (const node of trace.nodes) {
    for (const input of new Set(node.inputs)) trace.consumers[input].push(node.index);
  }
  for (const visit of trace.visits) {
    if (visit.isForward) trace.forwardStep[visit.node] = visit.step;
    else trace.changes[visit.operand].push(visit.step);
    if (!visit.isForward && !visit.isSeed) trace.runs[visit.node].push(visit.step);
  }
  const first = trace.visits.findIndex((visit) => !visit.isForward);
  trace.firstBackward = first < 0 ? trace.visits.length : first;
  trace.nonFiniteSteps = trace.visits.filter(isNonFinite).map((visit) => visit.step);
  trace.wrongSteps = trace.visits.filter((visit) => verdictOf(trace, visit) === 'WRONG').map((visit) => visit.step);
  return trace;
}

function readVisit(trace, raw, step) {
  const tensor = (position) => trace.tensors[position];
  if (raw.value !== undefined) return {step, node: raw.node, operand: -1, isForward: true, value: tensor(raw.value)};
  return {
    step, node: raw.node, operand: raw.operand, isForward: false, isSeed: raw.seed === true, line: raw.line,
    before: tensor(raw.before), contribution: tensor(raw.contribution), after: tensor(raw.after),
    terms: (raw.terms || []).map(([term, position]) => ({term, contribution: tensor(position)})),
  };
}

const isNonFinite = (visit) => (visit.isForward ? visit.value.bad : visit.contribution.bad + visit.after.bad) > 0;

// The check of the rule that a backward visit ran, for the operand that it added to.
function operandCheck(trace, visit) {
  const check = visit.isForward || visit.isSeed ? null : trace.checks[visit.node];
  if (!check || !check.operands) return null;
  return check.operands.find((operand) => operand.node === visit.operand) || null;
}

// What the check says of the rule at this visit: of the operand, or of the node as a whole where it gives a reason (the rule
// changes a value, say). A wrong rule that this pass does not run is told at the node's forward step.
function verdictOf(trace, visit) {
  const check = trace.checks[visit.node];
  if (!check || !check.verdict || visit.isSeed) return undefined;
  if (visit.isForward) return check.verdict === 'WRONG' && trace.runs[visit.node].length === 0 ? 'WRONG' : undefined;
  const operand = operandCheck(trace, visit);
  return check.reason || !operand ? check.verdict : operand.verdict;
}
// Why, where that is more than that the numbers differ.
function reasonOf(trace, visit) {
  const operand = operandCheck(trace, visit);
  const lost = operand && operand.entries.find((row) => row[4] === 'WRONG' && row[5].includes('must add'));
  return (trace.checks[visit.node] || {}).reason || (lost && lost[5]);
}

// The value of a node at a step; undefined before it has been computed.
function valueAt(trace, node, step) {
  const when = trace.forwardStep[node];
  return when >= 0 && when <= step ? trace.visits[when].value : undefined;
}

// The last step up to `step` that changed the gradient; −1: not reached yet.
function lastChange(trace, node, step) {
  const changes = trace.changes[node];
  let low = 0, high = changes.length;  // the first change after `step`
  while (low < high) {
    const middle = (low + high) >> 1;
    if (changes[middle] <= step) low = middle + 1; else high = middle;
  }
  return low === 0 ? -1 : changes[low - 1];
}
function gradientAt(trace, node, step) {
  const change = lastChange(trace, node, step);
  return change < 0 ? undefined : trace.visits[change].after;
}

// "node 4, sigmoid", "node 1, W1"
function nodeName(trace, index) {
  const node = trace.nodes[index];
  return `node ${index}, ${node.short || node.name || node.op.name}`;
}
