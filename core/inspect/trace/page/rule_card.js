// ---- rule_card.js: the node's rule with letters and with numbers, held against differences, and its source

const mostSummands = 8;

function showRule(card, node, {step}, entry) {
  const {trace} = card;
  const {op} = node;
  const parts = [formula(op.formula, 'forward')];
  if (node.inputs.length === 0) {
    if (node.trained || op.name === 'input') parts.pop();
    const told = op.name === 'input' ? 'Data: no rule.' : node.trained ? 'A leaf: its gradient is the sum of what arrives.' : 'It has no gradient.';
    return rebuild(card.rule, [...parts, element('p', {}, told)]);
  }
  if (trace.forwardStep[node.index] <= step) parts.push(withNumbers(trace, node, -1, entry, op.formula.equations[0]));
  node.inputs.forEach((input, k) => {
    if (op.gradients[k].text) parts.push(formula(op.gradients[k], 'gradient'));
    if (!trace.nodes[input].trained) {
      parts.push(element('p', {class: 'note'}, `${nodeName(trace, input)} wants no gradient.`));
      return;
    }
    const visit = contributionOf(trace, node, input);
    if (!visit) parts.push(element('p', {class: 'note'}, 'This pass does not come here.'));
    else if (visit.step > step) parts.push(element('p', {class: 'note'}, 'Its numbers come at ', goButton(`rule${visit.step}`, `step ${shown(visit.step)}`, () => card.actions.goTo(visit.step, node.index)), '.'));
    else parts.push(withNumbers(trace, node, k, nearestEntry(visit.contribution, entry), op.gradients[k].equations[0]));
  });
  return rebuild(card.rule, parts);
}

// The visit in which the node's rule adds to this input's gradient.
const contributionOf = (trace, node, input) => trace.visits[trace.changes[input].find((change) => trace.visits[change].node === node.index)];

// The journal's number for this entry, with the numbers it came from: the summands of a sum or product, or the rule with numbers.
function withNumbers(trace, node, operand, entry, equation) {
  const tensor = operand < 0 ? trace.visits[trace.forwardStep[node.index]].value : contributionOf(trace, node, node.inputs[operand]).contribution;
  const recorded = entryOf(tensor, entry);
  const letter = operand < 0 ? node.op.result : 'd' + node.op.letters[operand];
  const name = tensor.values.length === 1 && isWhole(tensor) ? letter : letter + entryText(tensor, entry);
  const at = placeOf(trace, node, operand, entry), tree = equation && equation.tree;
  const sums = valueOrNone(() => movedEntry(node, operand, entry, at) || (tree && takeApart(tree, at)));
  if (sums && agrees(totalOf(sums), recorded, trace)) return summandTable(name, sums, recorded);
  const taken = equation !== undefined && equation.relation === '−=';
  // Where words say which of two values it is, it is the one that was recorded.
  const inWords = tree && tree[0] === 'cases' && tree[3][0] === 'words';
  const values = (inWords ? [tree[2], tree[4] || ['number', '0']] : tree ? [tree] : []).map((one) => valueOrNone(() => readAt(one, at)[1]));
  if (!values.includes(undefined) && values.some((x) => agrees(taken ? -x : x, recorded, trace))) {
    const numberOf = (written) => {
      const [letter, indices = ''] = written.split('_');
      return letter === 'j' ? undefined : valueOrNone(() => readLetter(letter, indices, at)[1]);  // an index stays one
    };
    const around = (inside, opens, closes) => (taken ? [math('mo', {}, opens), inside, math('mo', {}, closes)] : [inside]);
    const line = math('mrow', {}, math('mi', {mathvariant: 'normal'}, name), math('mo', {}, '='),
      around(putIn(mathOf(equation.right), numberOf).firstElementChild, '−(', ')'), math('mo', {}, '='), math('mn', {}, numberText(recorded)));
    return element('div', {class: 'formula numbers', data: {put: name}}, math('math', {display: 'block'}, line));
  }
  return element('p', {class: 'numbers-missing'}, element('code', {}, `${name} = ${exactText(recorded)}`),
    element('span', {class: 'note'}, !operandsAreSampled(trace, node) ? ' (the numbers of this rule are not put in here)' : ' (sampled tensors: its summands are not all in this page)'));
}

const operandsAreSampled = (trace, node) => [node.index, ...node.inputs].some((index) => !isWhole(trace.visits[trace.forwardStep[index]].value));

function valueOrNone(find) {
  try { return find(); } catch (none) { if (none !== hasNoValue) throw none; return undefined; }
}

function agrees(x, recorded, trace) {
  if (x === undefined || recorded === undefined) return false;
  if (!Number.isFinite(recorded) || !Number.isFinite(x)) return Object.is(x, recorded);
  const tolerance = trace.real === 'float' ? 1e-4 : 1e-9;
  return Math.abs(x - recorded) <= tolerance * Math.max(Math.abs(x), Math.abs(recorded), 1e-30) + (trace.real === 'float' ? 1e-6 : 1e-14);
}

// The largest first, the rest in one line.
function summandTable(name, {terms, scale, rest}, recorded) {
  const sorted = [...terms].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const shown = sorted.slice(0, mostSummands), left = sorted.slice(mostSummands);
  const row = (index, what, x) => element('tr', {}, element('th', {scope: 'row'}, index), element('td', {}, what),
    element('td', {class: 'number', title: exactText(x)}, numberText(x)));
  const product = (factors) => factors.map(([text, x]) => text + (factors.length > 1 ? ` (${numberText(x)})` : '')).join(' · ');
  const rows = shown.map((term) => row(term.index, product(term.factors), term.value));
  if (left.length > 0) rows.push(row('…', `${left.length} smaller ones together`, left.reduce((total, term) => total + term.value, 0)));
  for (const [text, x] of rest) rows.push(row('+', text, x));
  const factor = scale.length ? `${scale.map(([text]) => text).join(' · ')} = ${numberText(scale.reduce((p, f) => p * f[1], 1))}` : '';
  const about = terms.length ? `${name}, its summands${terms.length > 1 ? ', largest first' : ''}${factor ? `; their sum is multiplied by ${factor}` : ''}:` : `${name}:`;
  return element('div', {}, element('p', {class: 'note'}, about), element('div', {class: 'table'}, element('table', {class: 'summands', 'aria-label': about, data: {put: name}},
    element('tbody', {}, rows),
    element('tfoot', {}, element('tr', {class: 'total'}, element('th', {scope: 'row'}, '='), element('td', {}, name),
      element('td', {class: 'number', title: exactText(recorded)}, numberText(recorded)))))));
}

// analytic | numeric | ± error | verdict: of the chosen entry and of those that are not OK; all entries on demand.
function showCheck(parent, trace, node, entry) {
  const key = `${node.index} ${entry}`;
  if (parent.dataset.shown === key) return undefined;  // what the reader opened stays open
  parent.dataset.shown = key;
  const check = trace.checks[node.index];
  const says = (text) => rebuild(parent, element('p', {class: 'note'}, text));
  if (!check) return says(node.inputs.length ? 'No operand wants a gradient: nothing to check.' : 'A leaf has no rule to check.');
  if (check.skipped) return says(`${check.skipped} (strata trace --checked N allows more).`);
  const upstream = {random: ', with a random upstream gradient', 'of this pass': ', with the upstream gradient of this pass'}[check.upstream] || '';
  return rebuild(parent, element('p', {}, verdictBadge(check.verdict), ` for this rule alone${upstream}${check.reason ? ': ' : '.'}`,
    check.reason ? element('strong', {id: 'reason'}, `${check.reason}.`) : null),
    check.operands.map((operand) => operandTable(trace, node, operand, entry)));
}

const entriesAtOnce = 6;  // that are not OK

function operandTable(trace, node, operand, entry) {
  const shape = trace.visits[trace.forwardStep[operand.node]].value;
  const chosen = nearestEntry(shape, entry);
  const at = chosen[0] * shape.cols + chosen[1];
  const isChosen = ([index]) => index === at;
  const bad = operand.entries.filter((row) => row.length > 4 && !isChosen(row));
  const table = (rows) => checkTable(rows, shape, at);
  const count = new Set(operand.entries.map(([index]) => index)).size, all = shape.rows * shape.cols;  // an entry may stand there twice
  const directions = `${operand.verdict === 'WRONG' ? 'up to ' : ''}${operand.directions} random directions`;  // what is wrong already needs no more
  const sampled = count === all ? '' : `${count} of ${all} entries${operand.directions ? `, and all along ${directions}` : ''}`;
  const rest = element('div', {class: 'table'});
  const details = element('details', {data: {all: operand.node}, ontoggle: () => { if (details.open && !rest.firstChild) rest.append(table(operand.entries)); }},
    element('summary', {data: {key: `check${operand.node}`}}, count === all ? `all ${count} entries` : `the ${count} of ${all} entries that were checked one by one`), rest);
  return element('div', {class: 'operand'},
    element('p', {}, `d${node.op.letters[node.inputs.indexOf(operand.node)]}, of ${nodeName(trace, operand.node)}: `, verdictBadge(operand.verdict),
      element('span', {class: 'note'}, ` largest relative difference ${numberText(toNumber(operand.largest), 2)}${sampled ? `; checked: ${sampled}` : ''}`)),
    element('div', {class: 'table'}, table([...operand.entries.filter(isChosen), ...bad.slice(0, entriesAtOnce)])), all > 1 ? details : null);
}

function checkTable(rows, shape, at) {
  const head = element('tr', {}, element('th', {scope: 'col'}, 'entry'), ['analytic', 'numeric', '± error'].map((text) =>
    element('th', {scope: 'col', class: 'number'}, text)), element('th', {scope: 'col'}, 'verdict'));
  const body = rows.map(([i, analytic, numeric, error, verdict = 'OK', reason = '']) => element('tr', {class: verdict === 'WRONG' ? 'bad' : null},
    element('th', {scope: 'row'}, entryText(shape, [Math.floor(i / shape.cols), i % shape.cols]), i === at ? ' (chosen)' : ''),
    [analytic, numeric].map((x) => element('td', {class: 'number', title: exactText(toNumber(x))}, numberText(toNumber(x), 7))),
    element('td', {class: 'number'}, numberText(toNumber(error), 2)), element('td', {}, verdictBadge(verdict), reason ? ` ${reason}` : '')));
  return element('table', {class: 'check'}, element('thead', {}, head), element('tbody', {}, body));
}

// The line that made the node, and the rule; of the present backward visit the line that adds is lit.
function showSources(parent, trace, node, {step}) {
  const {op} = node;
  const visit = trace.visits[step];
  const lit = visit.node === node.index && !visit.isForward ? visit.line : undefined;
  const blocks = [excerpt(trace, 'The line that made the node', node.file, [node.line - 3, node.line + 3], node.line)];
  if (node.inputs.length) blocks.push(excerpt(trace, 'The rule', op.file, [op.first, op.line], lit));
  rebuild(parent, blocks);
  for (const line of parent.querySelectorAll('.lit-line')) line.parentElement.scrollTop = line.offsetTop - line.parentElement.offsetTop - 80;
}

function excerpt(trace, title, file, [first, last], lit) {
  const lines = trace.sources[file];
  const head = element('p', {class: 'source-head'}, `${title}: `, element('code', {}, `${file}:${lit || last}`));
  if (!lines) return element('div', {}, head, element('p', {class: 'note'}, 'The file was not found when the trace was written (run strata in the project’s folder).'));
  const code = range(last - first + 1).map((i) => first + i).filter((line) => lines[line] !== undefined).map((line) =>
    element('span', {class: `line${line === lit ? ' lit-line' : ''}`, 'aria-current': line === lit ? 'true' : null},
      element('span', {class: 'line-number'}, String(line)), lines[line] + '\n'));
  return element('div', {}, head, element('pre', {tabindex: 0, class: 'source', 'aria-label': `${title}, ${file}${lit ? `, line ${lit} is lit` : ''}`}, code));
}
