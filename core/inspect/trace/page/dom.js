// ---- dom.js: small helpers to build the page

const byId = (id) => document.getElementById(id);

// element('button', {class: 'x', onclick: f, data: {key: 'a'}}, 'text', otherElement)
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key === 'data') Object.assign(made.dataset, value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

// SVG and MathML elements live in name spaces of their own. The parser knows them; asking it keeps addresses out of here.
function nameSpaceOf(markup) {
  const template = document.createElement('template');
  template.innerHTML = markup;
  return template.content.firstChild.namespaceURI;
}
const svgSpace = nameSpaceOf('<svg></svg>');
const mathSpace = nameSpaceOf('<math></math>');

function inSpace(space, name, attributes, children) {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.flat());
  return made;
}
const svg = (name, attributes = {}, ...children) => inSpace(svgSpace, name, attributes, children);
const math = (name, attributes = {}, ...children) => inSpace(mathSpace, name, attributes, children);

// How wide the browser draws a text of the graph, 'name' or 'small', in pixels; each is measured once.
const ruler = svg('text'), widths = new Map();
function textWidth(text, kind) {
  const key = `${kind} ${text}`;
  if (!widths.has(key)) {
    if (!ruler.isConnected) document.body.append(svg('svg', {class: 'ruler', 'aria-hidden': true}, ruler));
    ruler.setAttribute('class', kind);
    ruler.textContent = text;
    widths.set(key, ruler.getComputedTextLength());
  }
  return widths.get(key);
}
// As much of it as has room, and … for the rest.
function fitted(text, kind, room) {
  let most = text.length, shown = text;
  while (most > 1 && textWidth(shown, kind) > room) shown = text.slice(0, --most) + '…';
  return shown;
}

// New children for an element. What had the focus has it again, told by its data-key.
function rebuild(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  parent.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
  if (focused === undefined) return;
  const again = parent.querySelector(`[data-key="${CSS.escape(focused)}"]`);
  if (again) again.focus({preventScroll: true});
}

// A button that goes somewhere in the trace.
function goButton(key, text, go, label) {
  return element('button', {class: 'go', data: {key}, onclick: go, 'aria-label': label}, text);
}

// ---- numbers as text: short ones to read, exact ones to copy

function numberText(x, digits = 4) {
  if (x === undefined) return '?';
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'NaN' : x > 0 ? '∞' : '−∞';
  if (x === 0) return '0';
  const size = Math.abs(x);
  const text = size >= 1e5 || size < 1e-4 ? x.toExponential(digits - 1) : String(Number(x.toPrecision(digits)));
  return text.replace(/e\+?(-?)(\d+)$/, (all, sign, power) => '·10' + superscript(sign + power)).replace('-', '−');
}
const superscript = (digits) => [...digits].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c])).join('');

const exactText = (x) => (x === undefined ? '?' : String(x));
const shapeText = (shape) => shape.join(' × ');
