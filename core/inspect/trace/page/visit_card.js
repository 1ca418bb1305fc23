// ---- visit_card.js: the present step: whose rule ran, and the gradient of its operand before, added and after

class VisitCard {
  constructor(trace, card, actions) {
    Object.assign(this, {trace, card, actions});
    this.title = element('h2');
    this.line = element('p');
    this.maps = ['before', 'contribution', 'after'].map((name) => new HeatMap(name, (entry) => actions.chooseEntryOf(this.subject, entry)));
    this.difference = new HeatMap('difference', (entry) => actions.chooseEntryOf(this.subject, entry));
    this.row = element('div', {class: 'maps'});
    this.other = element('div', {class: 'maps'});
    this.verdict = element('p');
    card.append(this.title, this.line, this.row, this.other, this.verdict);
  }

  update({step, entry}, compared) {
    const {trace} = this;
    const visit = trace.visits[step];
    const nodeButton = (index) => goButton(`visit-node${index}`, nodeName(trace, index), () => this.actions.chooseNode(index));
    this.title.textContent = `Step ${shown(step)} of ${trace.visits.length} · ${visit.isForward ? 'forward' : 'backward'}`;
    this.subject = visit.isForward ? visit.node : visit.operand;
    if (visit.isForward) this.showForward(visit, nodeButton);
    else this.showBackward(visit, nodeButton, entry);
    this.showOther(visit, entry, compared);
  }

  showForward(visit, nodeButton) {
    const node = this.trace.nodes[visit.node];
    const from = node.inputs.flatMap((input, i) => [i ? ', ' : ' from ', nodeButton(input)]);
    rebuild(this.line, nodeButton(visit.node), node.inputs.length ? ' is computed' : ' is given', ...from, '.');
    rebuild(this.row);
    const verdict = verdictOf(this.trace, visit);
    rebuild(this.verdict, verdict ? ['Its backward rule, which this pass does not run, against differences: ', ...this.verdictWithReason(visit, verdict)] : null);
  }

  showBackward(visit, nodeButton, entry) {
    if (visit.isSeed) rebuild(this.line, 'The backward pass begins: ∂L/∂L = 1 at ', nodeButton(visit.node), '.');
    else rebuild(this.line, nodeButton(visit.node), ' adds to the gradient of ', nodeButton(visit.operand), '.');
    const at = nearestEntry(visit.after, entry);
    const isFirst = this.trace.changes[visit.operand][0] === visit.step;
    const added = this.maps[1].show(visit.contribution, isFirst ? 'the first contribution' : 'added', at);
    if (isFirst) {
      rebuild(this.row, element('div', {class: 'later', id: 'no-before'}, element('strong', {}, 'before'), ' not reached: no contribution had come.'), added);
    } else {
      rebuild(this.row, this.maps[0].show(visit.before, 'before', at), withSign('+', added), withSign('=', this.maps[2].show(visit.after, 'after', at)));
    }
    const verdict = verdictOf(this.trace, visit);
    const check = this.trace.checks[visit.node];
    rebuild(this.verdict, visit.isSeed ? null : verdict ? ['The rule against differences: ', ...this.verdictWithReason(visit, verdict)]
      : `The rule against differences: ${check && check.skipped ? check.skipped : 'no check'}.`);
  }

  verdictWithReason(visit, verdict) {
    const reason = reasonOf(this.trace, visit);
    return [verdictBadge(verdict), reason ? ` ${reason}.` : null];
  }

  // With a second trace: what differs here.
  showOther(visit, entry, compared) {
    const found = compared && compared.sameGraph ? compared.differenceAt(visit.step) : null;
    if (!found) return rebuild(this.other);
    const what = visit.isForward ? 'value' : 'contribution';
    const outside = found.isOutside ? ': in the smallest or largest entry, or in how many are not finite, outside of what is kept here' : '';
    const note = (found.largest <= compared.tolerance ? 'within the tolerance' : `largest relative difference ${numberText(found.largest)}${outside}`) + found.sampled;
    return rebuild(this.other, this.difference.show(found.tensor, `${what}: other trace − this one`, nearestEntry(found.tensor, entry), note));
  }
}

const withSign = (sign, figure) => element('div', {class: 'with-sign'}, element('span', {class: 'between', 'aria-hidden': 'true'}, sign), figure);

const verdictBadge = (verdict) => element('span', {class: `verdict ${verdict.toLowerCase()}`}, {OK: '✓ ', WRONG: '✗ ', UNDECIDED: '? '}[verdict] + verdict);
