// ---- heat_map.js: a tensor as coloured cells. Blue is negative, orange positive, the paper's colour is 0; NaN is crossed out.
// Small tensors show their numbers in the cells. Arrow keys move a cell, Enter chooses it; every number is in a table too.

const heatEnds = {light: {zero: [246, 246, 244], plus: [178, 84, 0], minus: [19, 94, 168]},
  dark: {zero: [38, 43, 49], plus: [255, 163, 72], minus: [92, 170, 255]}};
const isDark = () => document.documentElement.dataset.theme === 'dark' ||
  (document.documentElement.dataset.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);

// share: −1 … 1
function heatColour(share) {
  const ends = heatEnds[isDark() ? 'dark' : 'light'];
  const end = share < 0 ? ends.minus : ends.plus;
  const t = Math.pow(Math.min(1, Math.abs(share)), 0.8);
  return ends.zero.map((zero, i) => Math.round(zero + t * (end[i] - zero)));
}
const cssColour = (rgb) => `rgb(${rgb.join(',')})`;
// Text on a cell: what contrasts with it.
const inkOn = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b > 140 ? '#16191d' : '#ffffff');

// At most seven characters: 0.0643, −0.0080, −5.8e−5.
function cellText(x) {
  const size = Math.abs(x);
  if (!Number.isFinite(x) || x === 0) return numberText(x);
  if (size >= 1e-3 && size < 1e5) return numberText(x, size < 0.01 ? 2 : 3);
  return x.toExponential(1).replace('e+', 'e').replaceAll('-', '−');
}

class HeatMap {
  // onChoose([row, col]) is called with the entry that was clicked.
  constructor(key, onChoose) {
    this.onChoose = onChoose;
    this.cursor = [0, 0];  // among the kept rows and columns
    this.canvas = element('canvas', {tabindex: 0, role: 'application', 'aria-roledescription': 'heat map', data: {key}});
    this.caption = element('figcaption');
    this.legend = element('div', {class: 'legend'});
    this.readout = element('div', {class: 'readout'});
    this.numbers = element('table');
    this.details = element('details', {ontoggle: () => this.fillTable()}, element('summary', {data: {key: key + '-table'}}, 'as a table'),
      element('div', {class: 'table'}, this.numbers));
    this.figure = element('figure', {class: 'heat', data: {map: key}}, this.caption, this.canvas, this.readout, this.legend, this.details);
    this.canvas.addEventListener('pointermove', (event) => this.hover(event));
    this.canvas.addEventListener('pointerleave', () => this.say(this.chosen));
    this.canvas.addEventListener('click', (event) => { const at = this.cellAt(event); if (at) this.choose(at); });
    this.canvas.addEventListener('pointerdown', (event) => event.preventDefault());  // ← → go on stepping after a click
    this.canvas.addEventListener('keydown', (event) => this.key(event));
    this.canvas.addEventListener('focus', () => { this.readout.setAttribute('aria-live', 'assertive'); this.say(this.cursor); this.draw(); });
    this.canvas.addEventListener('blur', () => { this.readout.removeAttribute('aria-live'); this.draw(); });
  }

  show(tensor, caption, entry, note = '') {
    this.tensor = tensor;
    this.entry = entry;
    const [r, c] = entry ? [indexIn(tensor.keptRows, entry[0]), indexIn(tensor.keptCols, entry[1])] : [-1, -1];
    this.chosen = r < 0 || c < 0 ? null : [r, c];
    if (this.chosen) this.cursor = this.chosen;
    const whole = isWhole(tensor) ? '' : ` · sampled: ${tensor.heightKept} of ${tensor.rows} rows, ${tensor.widthKept} of ${tensor.cols} columns`;
    this.caption.replaceChildren(element('strong', {}, caption), ` · ${shapeText(tensor.shape)}${whole}${note ? ' · ' + note : ''}`);
    this.canvas.setAttribute('aria-label', `${caption}, ${shapeText(tensor.shape)}; arrow keys move, Enter chooses an entry`);
    this.largest = Math.max(Math.abs(tensor.range[0]), Math.abs(tensor.range[1]));
    this.layOut();
    this.draw();
    this.drawLegend();
    this.say(this.chosen);
    this.fillTable();
    return this.figure;
  }

  layOut() {
    const {widthKept: w, heightKept: h} = this.tensor;
    this.withNumbers = w <= 8 && h <= 40;
    this.cellWidth = this.withNumbers ? 58 : Math.max(3, Math.min(16, Math.floor(400 / w)));
    this.cellHeight = this.withNumbers ? 24 : this.cellWidth;
  }

  draw() {
    if (!this.tensor) return;
    const {widthKept: w, heightKept: h, values} = this.tensor;
    const scale = window.devicePixelRatio || 1;
    const width = w * this.cellWidth, height = h * this.cellHeight;
    this.canvas.width = Math.ceil(width * scale);
    this.canvas.height = Math.ceil(height * scale);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.aspectRatio = `${width} / ${height}`;
    const context = this.canvas.getContext('2d');
    context.scale(scale, scale);
    context.font = '11.5px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const gap = this.cellWidth >= 8 ? 1 : 0;
    for (let r = 0; r < h; ++r) {
      for (let c = 0; c < w; ++c) this.drawCell(context, r, c, values[r * w + c], gap);
    }
    if (this.chosen) this.frame(context, this.chosen, 2.5, isDark() ? '#fff' : '#000');
    if (document.activeElement === this.canvas) this.frame(context, this.cursor, 2, isDark() ? '#7ab8ff' : '#0b5cad');
  }

  drawCell(context, r, c, x, gap) {
    const left = c * this.cellWidth, top = r * this.cellHeight, width = this.cellWidth - gap, height = this.cellHeight - gap;
    const finite = Number.isFinite(x);
    const colour = finite ? heatColour(this.largest > 0 ? x / this.largest : 0) : isDark() ? [90, 20, 80] : [250, 214, 244];
    context.fillStyle = cssColour(colour);
    context.fillRect(left, top, width, height);
    if (!finite) {
      context.strokeStyle = isDark() ? '#ff9ae9' : '#8b0073';
      context.beginPath();
      context.moveTo(left, top); context.lineTo(left + width, top + height);
      context.moveTo(left + width, top); context.lineTo(left, top + height);
      if (!this.withNumbers) context.stroke();
    }
    if (!this.withNumbers) return;
    context.fillStyle = finite ? inkOn(colour) : context.strokeStyle;
    context.fillText(cellText(x), left + width / 2, top + height / 2 + 1);
  }

  frame(context, [r, c], thickness, colour) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.strokeRect(c * this.cellWidth + thickness / 2, r * this.cellHeight + thickness / 2,
      this.cellWidth - thickness, this.cellHeight - thickness);
    context.lineWidth = 1;
  }

  drawLegend() {
    const steps = range(9).map((i) => cssColour(heatColour((i - 4) / 4)));
    const bar = element('span', {class: 'bar', 'aria-hidden': 'true'});
    bar.style.background = `linear-gradient(to right, ${steps.join(',')})`;
    const bad = this.tensor.bad ? ` · ${this.tensor.bad} not finite` : '';
    this.legend.replaceChildren(element('div', {class: 'scale'}, numberText(-this.largest, 3), bar, numberText(this.largest, 3)),
      element('div', {}, `smallest ${numberText(this.tensor.range[0])}, largest ${numberText(this.tensor.range[1])}${bad}`));
  }

  cellAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const c = Math.floor((event.clientX - box.left) / box.width * this.tensor.widthKept);
    const r = Math.floor((event.clientY - box.top) / box.height * this.tensor.heightKept);
    return r >= 0 && c >= 0 && r < this.tensor.heightKept && c < this.tensor.widthKept ? [r, c] : null;
  }
  hover(event) { const at = this.cellAt(event); if (at) this.say(at); }
  say(cell) {
    const text = cell ? `${entryText(this.tensor, [rowAt(this.tensor, cell[0]), colAt(this.tensor, cell[1])])} = ` +
      exactText(this.tensor.values[cell[0] * this.tensor.widthKept + cell[1]]) : '';
    if (this.readout.textContent !== text) this.readout.textContent = text;
  }
  choose([r, c]) { this.onChoose([rowAt(this.tensor, r), colAt(this.tensor, c)]); }

  key(event) {
    const [r, c] = this.cursor;
    const moves = {ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1]};
    if (event.key === 'Enter') this.choose(this.cursor);
    else if (event.key in moves && !event.ctrlKey && !event.altKey && !event.metaKey) {
      const [row, col] = moves[event.key];
      this.cursor = [Math.max(0, Math.min(this.tensor.heightKept - 1, row)), Math.max(0, Math.min(this.tensor.widthKept - 1, col))];
      this.say(this.cursor);
      this.draw();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Only when it is open: thousands of cells take time.
  fillTable() {
    if (!this.details.open || !this.tensor || this.tabled === this.tensor) return;
    this.tabled = this.tensor;
    const t = this.tensor;
    const head = element('tr', {}, element('td'), range(t.widthKept).map((c) => element('th', {scope: 'col', class: 'number'}, colText(t, colAt(t, c)))));
    const rows = range(t.heightKept).map((r) => element('tr', {}, element('th', {scope: 'row', class: 'number'}, String(rowAt(t, r))),
      range(t.widthKept).map((c) => element('td', {class: 'number'}, exactText(t.values[r * t.widthKept + c])))));
    this.numbers.replaceChildren(element('caption', {}, this.caption.textContent), element('thead', {}, head), element('tbody', {}, rows));
  }
}

const indexIn = (kept, i) => (kept ? kept.indexOf(i) : i);
