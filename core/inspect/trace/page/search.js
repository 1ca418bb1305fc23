// ---- search.js: nodes by number, operation, parameter or source file

function searchNodes(trace, words) {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return [];
  const score = (node) => {
    if (String(node.index) === wanted) return 0;
    const names = [node.short, node.name, node.op.name].filter(Boolean).map((name) => name.toLowerCase());
    if (names.includes(wanted)) return 1;
    if (names.some((name) => name.includes(wanted))) return 2;
    if (`${node.file}:${node.line}`.toLowerCase().includes(wanted)) return 3;
    if (trace.terms.some((term) => term.node === node.index && term.name.includes(wanted))) return 3;
    return Infinity;
  };
  return trace.nodes.map((node) => [score(node), node]).filter(([s]) => s < Infinity).sort((a, b) => a[0] - b[0]).map(([, node]) => node);
}

function openSearch(trace, actions) {
  const dialog = byId('search'), field = byId('search-field'), list = byId('search-results');
  const choose = (node) => { dialog.close(); actions.chooseNode(node.index); };
  const show = () => {
    const found = searchNodes(trace, field.value);
    const items = found.slice(0, 40).map((node) => element('li', {}, element('button', {class: 'result', onclick: () => choose(node)},
      element('strong', {}, nodeName(trace, node.index)), ` ${shapeText(node.shape)} `, element('span', {class: 'note'}, `${node.file}:${node.line}`))));
    if (found.length > 40) items.push(element('li', {class: 'note'}, `and ${found.length - 40} more`));
    if (found.length === 0 && field.value.trim()) items.push(element('li', {class: 'note'}, 'nothing found'));
    list.replaceChildren(...items);
  };
  field.oninput = show;
  dialog.onkeydown = (event) => {
    const buttons = [...list.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === 'Enter' && document.activeElement === field && buttons[0]) buttons[0].click();
    else if (event.key === 'ArrowDown' && buttons[at + 1]) buttons[at + 1].focus();
    else if (event.key === 'ArrowUp' && at >= 0) (buttons[at - 1] || field).focus();
    else return;
    event.preventDefault();
  };
  field.value = '';
  show();
  dialog.showModal();
  field.focus();
}

const keyList = [
  ['← →', 'one step back, one step on'],
  ['Home End', 'the first step, the last one'],
  ['Space', 'play, and stop'],
  ['b', 'where the backward pass begins'],
  ['n  N', 'next number that is not finite; the one before'],
  ['w  W', 'next rule that is wrong; the one before'],
  ['d  D', 'next difference, while two traces are compared; the one before'],
  ['/', 'search a node: number, operation, parameter, source file'],
  ['f', 'fold all layers, or unfold them'],
  ['g', 'to the graph: then ↑ ↓ move, Enter chooses'],
  ['Tab', 'to the next button or heat map: there arrows move, Enter chooses an entry'],
  ['Esc', 'follow the steps again after a node was chosen; close a window'],
  ['c', 'compare with another trace (or drop its file on the page)'],
  ['t', 'light or dark'],
  ['?', 'this list'],
];

function openHelp() {
  const dialog = byId('help');
  dialog.replaceChildren(element('h2', {id: 'help-title'}, 'Keys'),
    element('dl', {class: 'keys'}, keyList.flatMap(([keys, what]) => [element('dt', {}, keys.split(/ +/).flatMap((k) => [element('kbd', {}, k), ' '])), element('dd', {}, what)])),
    element('p', {class: 'note'}, 'A step is one visit of one rule. The address keeps the place: copy it, or use the browser’s back button.'),
    element('button', {onclick: () => dialog.close()}, 'Close'));
  dialog.showModal();
}
