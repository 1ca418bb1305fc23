// ---- start.js: the state (which step, which node, which entry), the keys, the address

const foldWhenMoreThan = 120;  // nodes
const playEvery = 700;         // milliseconds

class App {
  constructor(trace) {
    this.trace = trace;
    Object.assign(this, {step: 0, node: trace.visits[0].node, pinned: false, entry: [0, 0], playing: null, compared: null});
    this.folded = new Set(trace.nodes.length > foldWhenMoreThan ? trace.layers.keys() : []);
    this.timeLine = new TimeLine(trace, byId('track'), (step) => this.goTo(step));
    this.graph = new Graph(trace, byId('graph-scroll'), this);
    this.visitCard = new VisitCard(trace, byId('visit-card'), this);
    this.nodeCard = new NodeCard(trace, byId('node-card'), this);
    this.file = acceptFiles(this);
    this.graph.layOut(this.folded);
  }

  // ---- where to go
  goTo(step, node) {
    this.step = Math.max(0, Math.min(this.trace.visits.length - 1, step));
    if (node !== undefined) Object.assign(this, {node, pinned: node !== this.trace.visits[this.step].node});
    else if (!this.pinned) this.node = this.trace.visits[this.step].node;
    this.show();
  }
  move(by) {
    this.goTo(this.step + by);
    if (this.step === this.trace.visits.length - 1) this.stop();
  }
  // The next of these steps, or round again from the first.
  goToNext(steps, forward, none) {
    if (steps.length === 0) return this.say(none);
    const next = forward ? steps.find((s) => s > this.step) : [...steps].reverse().find((s) => s < this.step);
    this.pinned = false;
    return this.goTo(next !== undefined ? next : forward ? steps[0] : steps[steps.length - 1]);
  }
  chooseNode(node) {
    Object.assign(this, {node, pinned: node !== this.trace.visits[this.step].node});
    this.unfold(node);
    this.show({remember: true});
    this.graph.reveal(node);
  }
  chooseEntry(entry) { this.entry = entry; this.show({remember: true}); }
  // An entry of another node's tensor, in the step's own maps.
  chooseEntryOf(node, entry) {
    Object.assign(this, {node, entry, pinned: node !== this.trace.visits[this.step].node});
    this.show({remember: true});
  }
  follow() { this.pinned = false; this.goTo(this.step); }

  // ---- folding
  toggleLayer(layer) { this.folded.has(layer) ? this.folded.delete(layer) : this.folded.add(layer); this.layOutAgain(); }
  foldAll() {
    const all = this.folded.size > 0;
    this.folded = new Set(all ? [] : this.trace.layers.keys());
    this.layOutAgain();
  }
  unfold(node) { if (this.folded.delete(this.trace.nodes[node].layer)) this.layOutAgain(); }
  layOutAgain() {
    const focused = this.graph.svg.contains(document.activeElement);
    this.graph.layOut(this.folded);
    this.graph.draw();
    this.show();
    const item = this.graph.byKey.get(this.graph.focusKey);
    if (focused && item) this.graph.focusItem(item);
  }

  // ---- playing
  play() {
    if (this.playing) return this.stop();
    if (this.step === this.trace.visits.length - 1) this.goTo(0);
    this.playing = setInterval(() => this.move(1), playEvery);
    return this.showPlaying();
  }
  stop() { clearInterval(this.playing); this.playing = null; this.showPlaying(); }
  showPlaying() {
    byId('play-button').textContent = this.playing ? 'Stop' : 'Play';
    byId('play-button').setAttribute('aria-label', this.playing ? 'Stop (space)' : 'Play (space)');
  }

  // ---- comparing
  compareWith(text, name) {
    let other;
    try { other = traceOfPage(text); } catch (error) { return this.say(`${name}: ${error.message}`); }
    const tolerance = this.trace.real === 'float' || other.real === 'float' ? 1e-4 : 1e-9;
    this.compared = new Comparison(this.trace, other, name, tolerance);
    this.showCompared();
    if (this.compared.differing.length > 0) { this.pinned = false; this.goTo(this.compared.differing[0]); } else this.show();
    byId('compare-title').focus();
    const {differing, why} = this.compared;
    return this.say(why ? `The graphs differ: ${why}.` : differing.length === 0 ? `All visits agree with ${name}.` : `${differing.length} visits differ from ${name}; the first is step ${shown(differing[0])}.`);
  }
  setTolerance(tolerance) { this.compared.tolerance = tolerance; this.showCompared(); this.show(); }
  endComparison = () => { this.compared = null; byId('compare-pane').hidden = true; this.timeLine.differences = null; this.timeLine.draw(); this.show(); };
  showCompared() {
    showComparison(byId('compare-pane'), this.compared, this);
    this.timeLine.differences = this.compared.differing;
    this.timeLine.draw();
  }

  // ---- showing
  say(text) { byId('step-line').textContent = text; byId('live').textContent = text; }
  show({remember = false} = {}) {
    const {trace, step, node} = this;
    const began = performance.now();
    this.timeLine.update(step);
    this.visitCard.update(this, this.compared);
    this.nodeCard.update(this);
    const entry = nearestEntry(valueAt(trace, node, trace.visits.length - 1), this.entry);
    const lit = contributionsTo(trace, node, entry, step).filter(({visit}) => !visit.isSeed).map(({visit}) => [visit.operand, visit.node]);
    this.graph.update(this, lit);
    if (!this.pinned) this.graph.reveal(trace.visits[step].node);
    byId('fold-button').firstChild.textContent = this.folded.size > 0 ? 'Unfold all ' : 'Fold all ';
    const text = stepText(trace, step);
    byId('step-line').textContent = text;
    byId('live').textContent = text;
    writeAddress(this, remember);
    this.lastShow = performance.now() - began;
  }
}

// ---- the address: #step=14&node=9&entry=1,2

const addressOf = ({step, node, entry}) => `#step=${shown(step)}&node=${node}&entry=${entry.join(',')}`;

// Choices are remembered for the back button at once. Steps replace the present entry, and wait for a pause, as do choices that
// follow each other too fast for a hand: browsers allow only so many changes a second.
const fastestChoices = 100;  // milliseconds
let addressTimer = 0, lastRemembered = -Infinity;
function writeAddress(app, remember) {
  clearTimeout(addressTimer);
  const address = addressOf(app);
  if (address === location.hash) return;
  const now = performance.now();
  if (remember && now - lastRemembered > fastestChoices) {
    lastRemembered = now;
    history.pushState(null, '', address);
  } else addressTimer = setTimeout(() => history.replaceState(null, '', address), 200);
}

function readAddress(app) {
  const asked = new URLSearchParams(location.hash.slice(1));
  const whole = (name, most) => {
    const x = Number(asked.get(name));
    return asked.has(name) && Number.isInteger(x) && x >= 0 && x <= most ? x : undefined;
  };
  const entry = /^(\d+),(\d+)$/.exec(asked.get('entry') || '');
  if (entry) app.entry = [Number(entry[1]), Number(entry[2])];
  const theme = asked.get('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  clearTimeout(addressTimer);
  const node = whole('node', app.trace.nodes.length - 1);
  if (node === undefined) app.pinned = false;
  if (node !== undefined && app.folded.has(app.trace.nodes[node].layer) && asked.has('node')) app.unfold(node);
  app.goTo((whole('step', app.trace.visits.length) || 1) - 1, node);
  app.graph.reveal(app.node);
}

// ---- keys and buttons

function otherTheme(app) {
  document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
  app.timeLine.draw();
  app.show();
}

function actionsOf(app) {
  const nonFinite = 'Every number of this trace is finite.', wrong = 'No rule is wrong here, as far as it was checked.';
  const differences = () => (app.compared ? app.compared.differing : []);
  return {
    ArrowRight: () => app.move(1), ArrowLeft: () => app.move(-1),
    Home: () => app.goTo(0), End: () => app.goTo(Infinity),
    ' ': () => app.play(), b: () => app.goTo(app.trace.firstBackward),
    n: () => app.goToNext(app.trace.nonFiniteSteps, true, nonFinite), N: () => app.goToNext(app.trace.nonFiniteSteps, false, nonFinite),
    w: () => app.goToNext(app.trace.wrongSteps, true, wrong), W: () => app.goToNext(app.trace.wrongSteps, false, wrong),
    d: () => app.goToNext(differences(), true, 'No differences.'), D: () => app.goToNext(differences(), false, 'No differences.'),
    '/': () => openSearch(app.trace, app), '?': openHelp, f: () => app.foldAll(), t: () => otherTheme(app), c: () => app.file.click(),
    g: () => app.graph.focusItem(app.graph.byKey.get(app.graph.focusKey)),
    Escape: () => app.follow(),
  };
}

function listen(app) {
  const actions = actionsOf(app);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector('dialog[open]')) return;
    if (event.target.matches('input, textarea, select')) return;
    if (event.key === ' ' && event.target.matches('button, summary')) return;  // space presses it
    const action = actions[event.key];
    if (!action) return;
    if (event.key !== ' ' && event.key !== 'ArrowRight') app.stop();
    event.preventDefault();
    action();
  });
  const buttons = {first: 'Home', forward: 'Home', backward: 'b', back: 'ArrowLeft', play: ' ', next: 'ArrowRight', last: 'End', 'non-finite': 'n', wrong: 'w', search: '/', help: '?', theme: 't', fold: 'f', compare: 'c'};
  for (const [name, key] of Object.entries(buttons)) byId(`${name}-button`).addEventListener('click', actions[key]);
  window.addEventListener('popstate', () => readAddress(app));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { app.timeLine.draw(); app.show(); });
}

document.addEventListener('DOMContentLoaded', () => {
  const trace = readTrace(byId('trace').textContent);
  byId('title').textContent = trace.title;
  const checked = trace.checks.filter((check) => check && check.verdict), skipped = trace.checks.filter((check) => check && check.skipped).length;
  const wrong = checked.filter((check) => check.verdict === 'WRONG').length;
  byId('subtitle').textContent = `strata trace · ${trace.nodes.length} nodes · ${trace.visits.length} visits · ${trace.real} · ` +
    (wrong ? `${wrong} of ${checked.length} rules wrong` : `${checked.length} nodes checked${skipped ? `, ${skipped} too large to check` : ''}`);
  const app = new App(trace);
  new ResizeObserver(() => document.documentElement.style.setProperty('--time-height', `${document.querySelector('.time').offsetHeight}px`)).observe(document.querySelector('.time'));
  listen(app);
  readAddress(app);
  app.timeLine.draw();
  app.graph.draw();
  window.strataTrace = app;  // for tests, and for the curious in the console
});
