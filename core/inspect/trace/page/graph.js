// ---- graph.js: the graph as SVG. Only the boxes and arrows near what is visible are drawn, so thousands of nodes stay usable.
// ↑ ↓ move from box to box, Enter looks at a node or folds a layer.

class Graph {
  constructor(trace, scroller, actions) {
    Object.assign(this, {trace, scroller, actions, drawn: new Map(), focusKey: null, dirty: false});
    this.arrows = svg('g');
    this.boxes = svg('g');
    this.lit = svg('g', {class: 'lit-arrows'});
    this.svg = svg('svg', {role: 'group', 'aria-label': 'Graph: up and down move from box to box, Enter chooses'}, arrowHeads(), this.arrows, this.lit, this.boxes);
    scroller.replaceChildren(this.svg);
    scroller.addEventListener('scroll', () => this.drawSoon(), {passive: true});
    new ResizeObserver(() => this.drawSoon()).observe(scroller);
    this.svg.addEventListener('keydown', (event) => this.key(event));
    this.svg.addEventListener('click', (event) => {
      const shape = event.target.closest('[data-key]');
      if (shape) this.choose(this.byKey.get(shape.dataset.key));
    });
    this.svg.addEventListener('pointerdown', (event) => event.preventDefault());
  }

  layOut(folded) {
    this.folded = folded;
    this.layout = layOutGraph(this.trace, folded);
    this.byKey = new Map(this.layout.items.map((item) => [item.key, item]));
    this.svg.setAttribute('width', this.layout.width);
    this.svg.setAttribute('height', this.layout.height);
    this.clear();
  }
  clear() {
    this.drawn.clear();
    this.arrows.replaceChildren();
    this.boxes.replaceChildren();
  }

  drawSoon() {
    if (this.dirty) return;
    this.dirty = true;
    requestAnimationFrame(() => { this.dirty = false; this.draw(); });
  }

  // Boxes and arrows that overlap the visible part, and some above and below it.
  draw() {
    if (!this.layout) return;
    const top = this.scroller.scrollTop - 200, bottom = this.scroller.scrollTop + this.scroller.clientHeight + 200;
    const seen = (y, height) => y + height >= top && y <= bottom;
    const wanted = new Map();
    for (const frame of this.layout.frames) if (!frame.folded && seen(frame.y, frame.height)) wanted.set(`frame${frame.layer}`, () => this.frameShape(frame));
    for (const item of this.layout.items) if (seen(item.y, item.height)) wanted.set(item.key, () => this.boxShape(item));
    for (const edge of this.layout.edges) {
      if (seen(edge.from.y, edge.from.height) || seen(edge.to.y, edge.to.height)) wanted.set(edge.key, () => svg('path', {class: 'arrow', d: edge.path, 'marker-end': 'url(#head)'}));
    }
    for (const [key, shape] of this.drawn) if (!wanted.has(key)) { shape.remove(); this.drawn.delete(key); }
    for (const [key, make] of wanted) {
      if (this.drawn.has(key)) continue;
      const shape = make();
      this.drawn.set(key, shape);
      if (key.includes('>')) this.arrows.append(shape);
      else if (key.startsWith('frame')) this.arrows.prepend(shape);
      else this.boxes.append(shape);
    }
    this.mark();
  }

  frameShape(frame) {
    return svg('rect', {class: 'frame', x: frame.x, y: frame.y, width: frame.width, height: frame.height, rx: 8});
  }

  boxShape(item) {
    const {x, y, width, height} = item;
    const group = svg('g', {'data-key': item.key, role: 'button', tabindex: -1, transform: `translate(${x},${y})`});
    if (item.layer !== undefined) {
      const open = item.isHead, count = item.nodes.length;
      group.setAttribute('class', open ? 'layer-head' : 'layer-box');
      group.setAttribute('aria-expanded', String(Boolean(open)));
      group.setAttribute('aria-label', `layer ${this.trace.layers[item.layer]}, ${count} nodes`);
      const size = `${count} node${count === 1 ? '' : 's'}`, room = width - 24 - box.betweenTexts - textWidth(size, 'small');
      group.append(svg('rect', {width, height, rx: 7}),
        svg('text', {x: 12, y: height / 2 + 5, class: 'name'}, fitted(`${open ? '▾' : '▸'} ${this.trace.layers[item.layer]}`, 'name', room)),
        svg('text', {x: width - 12, y: height / 2 + 5, class: 'small end'}, size));
      return group;
    }
    const node = this.trace.nodes[item.node];
    const name = boxName(node);
    const check = this.trace.checks[item.node];
    const shape = shapeText(node.shape);
    group.setAttribute('class', `node ${node.inputs.length ? '' : 'leaf'} ${check && check.verdict === 'WRONG' ? 'wrong' : ''}`);
    group.setAttribute('aria-label', `node ${item.node}, ${name}, ${shape}${check && check.verdict === 'WRONG' ? ', its rule is wrong' : ''}`);
    group.append(svg('rect', {width, height, rx: item.isChip ? 13 : 7}), svg('title', {}, `${nodeName(this.trace, item.node)}\n${node.file}:${node.line}`));
    if (item.isChip) {
      group.append(svg('text', {x: 12, y: 17, class: 'name'}, fitted(name, 'name', box.mostName)), svg('text', {x: width - 12, y: 17, class: 'small end'}, shape));
    } else {
      const part = this.trace.terms.filter((term) => term.node === item.node).map((term) => term.name).join(', ') || (item.node === this.trace.total ? 'total' : shape);
      const number = `#${item.node}`, room = width - 35 - box.betweenTexts - textWidth(number, 'small');
      group.append(svg('text', {x: 11, y: 18, class: 'name'}, fitted(name, 'name', width - 22)), svg('text', {x: width - 24, y: 35, class: 'small end'}, number),
        svg('text', {x: 11, y: 35, class: 'small'}, fitted(part, 'small', room)), svg('circle', {cx: width - 13, cy: 31, r: 4.5, class: 'lamp'}));
    }
    return group;
  }

  // What the present step and the chosen entry light up. lit: pairs [input, consumer] whose arrows carried something to the entry.
  update(state, lit) {
    this.state = state;
    this.litPairs = lit;
    this.mark();
  }

  mark() {
    if (!this.state) return;
    const {step, node} = this.state;
    const visit = this.trace.visits[step];
    const boxOf = (index) => (index >= 0 ? this.layout.itemOf[index].key : '');
    const chosen = boxOf(node), active = boxOf(visit.node), operand = boxOf(visit.operand);
    if (!this.byKey.has(this.focusKey)) this.focusKey = chosen;
    for (const [key, shape] of this.drawn) {
      const item = this.byKey.get(key);
      if (!item) continue;
      shape.classList.toggle('chosen', key === chosen);
      shape.classList.toggle('active', key === active);
      shape.classList.toggle('operand', key === operand && operand !== active);
      if (item.node !== undefined) {
        shape.classList.toggle('computed', this.trace.forwardStep[item.node] <= step);
        shape.classList.toggle('reached', lastChange(this.trace, item.node, step) >= 0);
      }
      shape.setAttribute('tabindex', key === this.focusKey ? 0 : -1);
    }
    this.markArrows(visit);
  }

  markArrows(visit) {
    const shapes = [];
    const light = (input, consumer, kind, head) => {
      const from = this.layout.itemOf[input], to = this.layout.itemOf[consumer];
      const edge = from !== to && this.layout.edges.find((e) => e.from === from && e.to === to);
      if (edge) shapes.push(svg('path', {class: `lit ${kind}`, d: edge.path, [head]: `url(#head-${kind})`, 'data-pair': `${input}-${consumer}`}));
    };
    for (const [input, consumer] of this.litPairs) light(input, consumer, 'part', 'marker-start');
    if (visit.isForward) for (const input of this.trace.nodes[visit.node].inputs) light(input, visit.node, 'now', 'marker-end');
    else if (!visit.isSeed) light(visit.operand, visit.node, 'now', 'marker-start');
    this.lit.replaceChildren(...shapes);
  }

  // Scrolls so that the node's box is visible.
  reveal(index) {
    const item = this.layout.itemOf[index];
    if (!item) return;
    const {scrollTop, clientHeight, scrollLeft, clientWidth} = this.scroller;
    if (item.y < scrollTop + 20 || item.y + item.height > scrollTop + clientHeight - 20) this.scroller.scrollTop = item.y - clientHeight / 2 + item.height / 2;
    if (item.x < scrollLeft || item.x + item.width > scrollLeft + clientWidth) this.scroller.scrollLeft = Math.max(0, item.x + item.width - clientWidth + 20);
  }

  choose(item) {
    this.focusKey = item.key;
    if (item.layer !== undefined) this.actions.toggleLayer(item.layer);
    else this.actions.chooseNode(item.node);
  }

  key(event) {
    const items = this.layout.items;
    const at = items.findIndex((item) => item.key === this.focusKey);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 10, PageUp: at - 10}[event.key];
    if (event.key === 'Enter') this.choose(items[Math.max(0, at)]);
    else if (to !== undefined) this.focusItem(items[Math.max(0, Math.min(items.length - 1, to))]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  focusItem(item) {
    this.focusKey = item.key;
    const {scrollTop, clientHeight} = this.scroller;
    if (item.y < scrollTop + 10 || item.y + item.height > scrollTop + clientHeight - 10) this.scroller.scrollTop = item.y - clientHeight / 2;
    this.draw();
    this.drawn.get(item.key).focus({preventScroll: true});
  }
}

function arrowHeads() {
  const head = (id, kind) => svg('marker', {id, class: kind, viewBox: '0 0 8 8', refX: 7, refY: 4, markerUnits: 'userSpaceOnUse', markerWidth: kind === 'plain' ? 9 : 13, markerHeight: kind === 'plain' ? 9 : 13, orient: 'auto-start-reverse'}, svg('path', {d: 'M0,0.8 L7.5,4 L0,7.2 Z'}));
  return svg('defs', {}, head('head', 'plain'), head('head-now', 'now'), head('head-part', 'part'));
}
