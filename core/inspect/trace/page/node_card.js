// ---- node_card.js: one node: shape, where made, value and gradient at the present step, the chosen entry and what it was made of

class NodeCard {
  constructor(trace, card, actions) {
    Object.assign(this, {trace, card, actions});
    const choose = (entry) => actions.chooseEntry(entry);
    this.value = new HeatMap('value', choose);
    this.gradient = new HeatMap('gradient', choose);
    this.head = element('div', {class: 'node-head'});
    this.facts = element('dl', {class: 'facts'});
    this.maps = element('div', {class: 'maps'});
    this.entry = element('div', {id: 'entry'});
    this.rule = element('div', {id: 'rule'});
    this.check = element('div', {id: 'check'});
    this.source = element('div', {id: 'source'});
    card.append(this.head, this.facts, this.maps,
      section('The chosen entry', this.entry), section('The rule', this.rule),
      section('The rule against differences', this.check), section('Source', this.source));
  }

  update(state) {
    const node = this.trace.nodes[state.node];
    this.showHead(node, state);
    this.showFacts(node);
    this.showMaps(node, state);
    const shown = valueAt(this.trace, node.index, this.trace.visits.length - 1);
    const entry = nearestEntry(shown, state.entry);
    showEntry(this, node, state, entry);
    showRule(this, node, state, entry);
    showCheck(this.check, this.trace, node, entry);
    showSources(this.source, this.trace, node, state);
  }

  showHead(node, {pinned}) {
    rebuild(this.head,
      element('h2', {tabindex: -1}, `Node ${node.index} · ${node.short ? `${node.short} · ` : ''}${node.inputs.length ? node.op.name : node.name || node.op.name}`),
      pinned ? goButton('follow', 'Follow the steps again (Esc)', () => this.actions.follow()) : null);
  }

  showFacts(node) {
    if (this.factsOf === node) return;
    this.factsOf = node;
    const {trace, actions} = this;
    const buttons = (list, name) => list.length === 0 ? ['none'] : bounded(list, 12).map((index) =>
      index === null ? '… ' : [goButton(`${name}${index}`, nodeName(trace, index), () => actions.chooseNode(index)), ' ']).flat();
    const stepButtons = (steps, name) => bounded(steps, 12).flatMap((step) => step === null ? ['… '] : [goButton(`${name}${step}`, String(shown(step)),
      () => actions.goTo(step, node.index), `step ${shown(step)}: ${visitText(trace, trace.visits[step])}`), ' ']);
    const visits = [trace.forwardStep[node.index], ...trace.changes[node.index]].filter((step) => step >= 0);
    const fact = (name, ...what) => [element('dt', {}, name), element('dd', {}, ...what)];
    rebuild(this.facts,
      fact('operation', node.op.name + (node.name ? ` ${node.name}` : '')), fact('shape', shapeText(node.shape)),
      fact('layer', trace.layers[node.layer]), fact('made at', element('code', {}, `${node.file}:${node.line}`)),
      fact('computed from', ...buttons(node.inputs.filter((x, i, all) => all.indexOf(x) === i), 'input')),
      fact('used by', ...buttons(trace.consumers[node.index], 'consumer')),
      fact('steps', ...stepButtons(visits, 'step'), trace.runs[node.index].length ? '· its rule runs at ' : null, ...stepButtons(trace.runs[node.index], 'run')));
  }

  showMaps(node, {step, entry}) {
    const {trace, actions} = this;
    const value = valueAt(trace, node.index, step);
    const gradient = gradientAt(trace, node.index, step);
    const later = (name, text, when) => element('div', {class: 'later', id: `no-${name}`}, element('strong', {}, name), ' ', text,
      when === undefined ? null : goButton(`to-${name}`, `go to step ${shown(when)}`, () => actions.goTo(when, node.index)));
    const first = trace.changes[node.index][0];
    rebuild(this.maps,
      value ? this.value.show(value, 'value', nearestEntry(value, entry)) : later('value', 'not computed yet. ', trace.forwardStep[node.index]),
      gradient ? this.gradient.show(gradient, 'gradient', nearestEntry(gradient, entry), gradientNote(trace, node.index, step))
        : !node.trained ? later('gradient', 'none is wanted: no parameter stands before this node.')
          : first === undefined ? later('gradient', 'not reached by this pass: nothing that the objective needs.')
            : later('gradient', 'not reached yet. ', first));
  }
}

// Whether all contributions have come.
function gradientNote(trace, index, step) {
  const all = trace.changes[index].length, now = trace.changes[index].filter((change) => change <= step).length;
  return now === all ? 'complete' : `${now} of ${all} contributions so far`;
}

function section(title, body) {
  return element('section', {}, element('h3', {}, title), body);
}

// A long list cut in its middle: null stands for what is left out.
const bounded = (list, most) => (list.length <= most ? list : [...list.slice(0, most - 3), null, ...list.slice(-2)]);

// One entry: its numbers in full, and its contributions arrow by arrow, split by loss term.
function showEntry(card, node, {step}, entry) {
  const {trace, actions} = card;
  const value = valueAt(trace, node.index, step);
  const gradient = gradientAt(trace, node.index, step);
  const name = (node.short || (node.inputs.length ? node.op.result : node.name) || node.op.name) + entryText(valueAt(trace, node.index, trace.visits.length - 1), entry);
  const parts = contributionsTo(trace, node.index, entry, step);
  const lines = [element('p', {class: 'entry-line'}, element('code', {}, `${name} = ${value ? exactText(entryOf(value, entry)) : 'not computed yet'}`),
    element('code', {}, ` gradient = ${gradient ? exactText(entryOf(gradient, entry)) : node.trained ? 'not reached yet' : 'none'}`))];
  if (parts.length > 0) lines.push(contributionTable(trace, parts, entryOf(gradient, entry), actions, node.index));
  const lost = parts.length === 0 ? '' : lostPart(trace, parts, entryOf(gradient, entry));
  if (lost) lines.push(element('p', {class: 'lost', id: 'lost'}, lost));
  const missing = trace.changes[node.index].length - parts.length;
  if (missing > 0) lines.push(element('p', {class: 'note'}, `${missing} more contribution${missing === 1 ? '' : 's'} will come: at step${missing === 1 ? '' : 's'} ` +
    bounded(trace.changes[node.index].slice(parts.length), 6).map((s) => (s === null ? '…' : shown(s))).join(', ') + '.'));
  rebuild(card.entry, lines);
}

function contributionsTo(trace, index, entry, step) {
  return trace.changes[index].filter((change) => change <= step).map((change) => {
    const visit = trace.visits[change];
    return {visit, value: entryOf(visit.contribution, entry), after: entryOf(visit.after, entry),
      byTerm: trace.terms.map((unused, t) => {
        const part = visit.terms.find(({term}) => term === t);
        return part ? entryOf(part.contribution, entry) : undefined;
      })};
  });
}

const sum = (numbers) => numbers.reduce((total, x) => total + (x === undefined ? 0 : x), 0);

// Backward is linear: the parts of all terms sum to the gradient, up to rounding (of the tensor's largest number). A contribution
// that no term's own pass brings (the sum of the terms adds it) counts as it is. What overflows says nothing.
function lostPart(trace, parts, gradient) {
  const ofTerms = sum(parts.map(({visit, value, byTerm}) => (visit.terms.length > 0 ? sum(byTerm) : value)));
  const size = Math.max(0, ...parts.flatMap(({visit}) => [visit.after, visit.contribution, ...visit.terms.map((part) => part.contribution)]).flatMap(({range}) => range.map(Math.abs)));
  const differs = (x) => Number.isFinite(x) && Number.isFinite(gradient) && Math.abs(x - gradient) > (trace.real === 'float' ? 1e-4 : 1e-9) * size;
  const told = (what, x) => `${what} sum to ${numberText(x)}, the gradient is ${numberText(gradient)}: `;
  const contributions = sum(parts.map(({value}) => value));
  if (differs(contributions)) return told('The contributions', contributions) + 'something else than these rules changes this gradient.';
  if (!differs(ofTerms)) return '';
  const changing = trace.checks.findIndex((check) => check && check.reason && check.reason.includes('changes the value'));
  return told('The parts', ofTerms) + (changing < 0 ? 'a rule sets a gradient instead of adding to it.'
    : `the rule of ${nodeName(trace, changing)} changes a value, so that no pass is like the one before.`);
}

// One row an arrow; a column for each term that reaches here.
function contributionTable(trace, parts, gradient, actions, index) {
  const terms = trace.terms.map((term, t) => ({...term, t})).filter(({t}) => parts.some((part) => part.byTerm[t] !== undefined));
  const cell = (x) => element('td', {class: 'number', title: x === undefined ? '' : exactText(x)}, x === undefined ? '–' : numberText(x));
  const head = element('tr', {}, ['step', 'from'].map((text) => element('th', {scope: 'col'}, text)),
    ['contribution', ...terms.map((term) => term.name), 'gradient after'].map((text) => element('th', {scope: 'col', class: 'number'}, text)));
  const rows = parts.map(({visit, value, byTerm, after}) => element('tr', {},
    element('td', {}, goButton(`part${visit.step}`, String(shown(visit.step)), () => actions.goTo(visit.step, index))),
    element('th', {scope: 'row'}, visit.isSeed ? '∂L/∂L' : `← ${nodeName(trace, visit.node)}`), cell(value), terms.map(({t}) => cell(byTerm[t])), cell(after)));
  const foot = element('tr', {class: 'total'}, element('td'), element('th', {scope: 'row'}, 'sum'), cell(sum(parts.map((part) => part.value))),
    terms.map(({t}) => cell(sum(parts.map((part) => part.byTerm[t])))), cell(gradient));
  const about = element('p', {class: 'note', id: 'contributions-about'}, 'Its contributions so far, arrow by arrow, and the loss terms that each comes from:');
  return element('div', {}, about, element('div', {class: 'table'}, element('table', {id: 'contributions', 'aria-labelledby': 'contributions-about'},
    element('thead', {}, head), element('tbody', {}, rows), element('tfoot', {}, foot))));
}
