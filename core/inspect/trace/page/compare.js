// ---- compare.js: this trace held against another one, before and after a change, or mine and a reference

// The data in the text of another trace's page.
function traceOfPage(text) {
  const open = '<script type="application/json" id="trace">';
  const begin = text.indexOf(open);
  if (begin < 0) throw new Error('no trace stands in this file (strata trace writes one)');
  try { return checkedTrace(readTrace(text.slice(begin + open.length, text.indexOf('<' + '/script>', begin)))); } catch (error) {
    throw new Error(`its trace is damaged (${error.message})`);
  }
}

// A page from elsewhere may be cut off or changed; what is compared and drawn must be there.
function checkedTrace(trace) {
  const check = (good, what) => { if (!good) throw new Error(what); };
  const isCount = (x) => Number.isInteger(x) && x >= 0;
  const isIndex = (x, list) => isCount(x) && x < list.length;
  const areKept = (kept, count) => kept === undefined || (Array.isArray(kept) && kept.every((k) => isCount(k) && k < count));
  const tensors = new Set(trace.tensors);
  for (const tensor of tensors) {
    check(tensor.shape.every((n) => Number.isInteger(n) && n > 0), 'a shape that is none');
    check(areKept(tensor.keptRows, tensor.rows) && areKept(tensor.keptCols, tensor.cols), 'rows or columns that a tensor does not have');
    check(tensor.values.length === tensor.heightKept * tensor.widthKept, 'a tensor without some of its numbers');
    check(tensor.values.every((x) => typeof x === 'number') && isCount(tensor.bad), 'an entry that is no number');
    check(tensor.range.length === 2 && tensor.range.every((x) => typeof x === 'number'), 'a tensor without its range');
  }
  for (const {op, shape, inputs} of trace.nodes) {
    check(op && typeof op.name === 'string' && Array.isArray(shape), 'a node without operation or shape');
    check(inputs.every((input) => isIndex(input, trace.nodes)), 'an operand that is no node');
  }
  for (const visit of trace.visits) {
    check(isIndex(visit.node, trace.nodes), 'a step at no node');
    const needed = visit.isForward ? [visit.value] : [visit.before, visit.contribution, visit.after];
    check(needed.every((tensor) => tensors.has(tensor)), 'a step without its numbers');
    check(visit.isForward || isIndex(visit.operand, trace.nodes), 'a step that adds to no node');
  }
  return trace;
}

// Where two graphs differ first, in words; '' where they are the same.
function graphDifference(mine, other) {
  const count = Math.min(mine.nodes.length, other.nodes.length);
  for (let i = 0; i < count; ++i) {
    const a = mine.nodes[i], b = other.nodes[i];
    const differs = (what, x, y) => `node ${i}: ${what} ${x} here, ${y} in the other`;
    if (a.op.name !== b.op.name) return differs('operation', a.op.name, b.op.name);
    if (String(a.shape) !== String(b.shape)) return differs('shape', shapeText(a.shape), shapeText(b.shape));
    if (String(a.inputs) !== String(b.inputs)) return differs('inputs', a.inputs.join(' '), b.inputs.join(' '));
  }
  if (mine.nodes.length !== other.nodes.length) return `${mine.nodes.length} nodes here, ${other.nodes.length} in the other`;
  return '';
}

// The largest difference of two tensors, relative to the largest finite entry of either; infinity where one has a NaN and the
// other has not. Compared are the entries that both have kept, and what is known of all of them, kept or not: the smallest, the
// largest, and how many are not finite.
function compareTensors(a, b) {
  const size = Math.max(...[...a.range, ...b.range].map(Math.abs));
  let largest = 0, compared = 0;
  const take = (x, y) => {
    if (Object.is(x, y) || x === y) return;
    const difference = Math.abs(x - y);
    largest = Math.max(largest, Number.isFinite(difference) ? difference : Infinity);
  };
  forBoth(a, b, (x, y) => { ++compared; take(x, y); });
  const ofKept = largest;
  a.range.forEach((x, i) => take(x, b.range[i]));
  if (a.bad !== b.bad) largest = Infinity;
  const relative = (x) => (x === 0 || x === Infinity ? x : x / (size || 1));
  return {relative: relative(largest), compared, all: a.rows * a.cols, isOutside: largest > ofKept};
}
function forBoth(a, b, visit) {
  const same = String(a.keptRows) === String(b.keptRows) && String(a.keptCols) === String(b.keptCols);
  a.values.forEach((x, i) => {
    const at = [rowAt(a, Math.floor(i / a.widthKept)), colAt(a, i % a.widthKept)];
    const y = same ? b.values[i] : entryOf(b, at);
    if (y !== undefined) visit(x, y);
  });
}

class Comparison {
  constructor(mine, other, name, tolerance) {
    Object.assign(this, {mine, other, name, tolerance, why: graphDifference(mine, other)});
    this.sameGraph = this.why === '';
    this.stepOf = new Map(other.visits.map((visit) => [Comparison.key(visit), visit]));
    this.found = this.sameGraph ? mine.visits.map((visit) => this.compareVisit(visit)) : [];
    this.largest = this.found.map((found) => found && found.relative);
    this.missing = this.largest.filter((x) => x === null).length;
  }
  static key(visit) { return `${visit.node} ${visit.operand} ${visit.isForward}`; }
  static subject(visit) { return visit.isForward ? visit.value : visit.contribution; }

  // null: the other pass has no such visit.
  compareVisit(visit) {
    const twin = this.stepOf.get(Comparison.key(visit));
    return twin ? compareTensors(Comparison.subject(visit), Comparison.subject(twin)) : null;
  }
  get differing() {
    return this.largest.map((x, step) => [x, step]).filter(([x]) => x === null || x > this.tolerance).map(([, step]) => step);
  }
  // Other − mine at a step, as a tensor.
  differenceAt(step) {
    const visit = this.mine.visits[step], twin = this.stepOf.get(Comparison.key(visit));
    if (!twin) return null;
    const mine = Comparison.subject(visit), other = Comparison.subject(twin), values = [];
    forBoth(mine, other, (x, y) => values.push(x === y ? 0 : y - x));
    if (values.length !== mine.values.length) return null;
    const finite = values.filter(Number.isFinite);
    const tensor = {...mine, values, range: finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 0], bad: values.length - finite.length};
    return {tensor, largest: this.largest[step], isOutside: this.found[step].isOutside, sampled: sampledShort(this.found[step])};
  }
}

const sampledShort = (found) => (found && found.compared < found.all ? ` (${found.compared} of ${found.all} entries compared)` : '');

// How much of the sampled tensors was compared: the visit of which the smallest share was is named.
function sampledNote({found}) {
  const sampled = found.filter((f) => f && f.compared < f.all);
  if (sampled.length === 0) return null;
  const least = sampled.reduce((a, b) => (b.compared / b.all < a.compared / a.all ? b : a));
  return element('p', {id: 'compare-sampled', class: 'note'}, `Of ${sampled.length} visits the tensors are sampled: only the entries that both pages keep are compared ` +
    `(${least.compared} of ${least.all} where it is least), and of all entries the smallest, the largest and how many are not finite. A page written with --entries N keeps more.`);
}

// The panel: what was compared, the tolerance, the list of differences.
function showComparison(parent, comparison, actions) {
  parent.hidden = false;
  const {mine, other, name, why, differing, largest} = comparison;
  const close = goButton('compare-close', 'Close the comparison', actions.endComparison);
  const head = element('h2', {tabindex: -1, id: 'compare-title'}, 'Compared with ', element('code', {}, name));
  if (why) {
    rebuild(parent, head, element('p', {id: 'compare-result'}, 'The graphs differ, so their numbers are not compared. First difference: ', element('strong', {}, why), '.'), close);
    return;
  }
  const tolerance = element('input', {type: 'number', id: 'tolerance', min: 0, step: 'any', value: comparison.tolerance, data: {key: 'tolerance'},
    onchange: (event) => actions.setTolerance(Number(event.target.value))});
  const item = (step) => element('li', {}, goButton(`difference${step}`, `step ${shown(step)}`, () => actions.goTo(step)),
    ` ${visitText(mine, mine.visits[step])}: ${largest[step] === null ? 'the other has no such visit' : `relative difference ${numberText(largest[step])}${sampledShort(comparison.found[step])}`}`);
  const list = bounded(differing, 200);
  rebuild(parent, head,
    element('p', {}, `${other.title.length > 60 ? other.title.slice(0, 59) + '…' : other.title}. Differences are relative to the largest number of each tensor; `,
      element('label', {for: 'tolerance'}, 'tolerance '), tolerance),
    element('p', {id: 'compare-result'}, differing.length === 0 ? `All ${mine.visits.length} visits agree.`
      : `${differing.length} of ${mine.visits.length} visits differ. `, differing.length === 0 ? null :
      goButton('first-difference', `Go to the first: step ${shown(differing[0])}`, () => actions.goTo(differing[0]))),
    sampledNote(comparison),
    differing.length === 0 ? null : element('details', {}, element('summary', {data: {key: 'differences'}}, 'All differences'),
      element('ol', {class: 'differences'}, list.map((step) => (step === null ? element('li', {}, '…') : item(step))))), close);
}

// A file from disk, chosen or dropped on the page.
function readDroppedFile(file, actions) {
  const reader = new FileReader();
  reader.onload = () => actions.compareWith(String(reader.result), file.name);
  reader.onerror = () => actions.say(`${file.name} could not be read`);
  reader.readAsText(file);
}

function acceptFiles(actions) {
  const input = element('input', {type: 'file', accept: '.html', id: 'compare-file', hidden: true,
    onchange: () => { if (input.files[0]) readDroppedFile(input.files[0], actions); input.value = ''; }});
  document.body.append(input);
  document.addEventListener('dragover', (event) => { event.preventDefault(); document.body.classList.add('dropping'); });
  document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) document.body.classList.remove('dropping'); });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    if (event.dataTransfer.files[0]) readDroppedFile(event.dataTransfer.files[0], actions);
  });
  return input;
}
