// ---- time_line.js: every visit of the pass as a strip, forward then backward; a click goes there

class TimeLine {
  constructor(trace, track, goTo) {
    Object.assign(this, {trace, track, canvas: track.querySelector('canvas'), head: track.querySelector('#play-head')});
    const seek = (event) => {
      const box = track.getBoundingClientRect();
      const share = Math.max(0, Math.min(0.9999, (event.clientX - box.left) / box.width));
      goTo(Math.floor(share * trace.visits.length));
    };
    track.addEventListener('pointerdown', (event) => { seek(event); if (event.isTrusted) track.setPointerCapture(event.pointerId); });
    track.addEventListener('pointermove', (event) => { if (event.buttons === 1) seek(event); });
    track.setAttribute('aria-valuemax', trace.visits.length);
    new ResizeObserver(() => this.draw()).observe(track);
    const share = trace.firstBackward / trace.visits.length;
    track.parentElement.style.setProperty('--forward-share', `${100 * share}%`);
  }

  // Layers as alternating shades; the backward part is darker; what is wrong or not finite as marks, and where two traces differ.
  draw() {
    const {width, height} = this.track.getBoundingClientRect();
    if (width === 0) return;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.ceil(width * scale);
    this.canvas.height = Math.ceil(height * scale);
    const context = this.canvas.getContext('2d');
    context.scale(scale, scale);
    const {visits, nodes, firstBackward} = this.trace;
    const style = getComputedStyle(document.documentElement);
    const shade = (name) => style.getPropertyValue(name).trim();
    const forward = [shade('--forward'), shade('--forward-2')], backward = [shade('--backward'), shade('--backward-2')];
    const each = width / visits.length, gap = each >= 6 ? 1 : 0;
    for (const visit of visits) {
      const shades = visit.step < firstBackward ? forward : backward;
      context.fillStyle = shades[nodes[visit.node].layer % 2];
      context.fillRect(visit.step * each, 0, Math.max(each - gap, each < 1 ? 1 : 0.5), height);
    }
    const marks = (steps, colour, top) => {
      context.fillStyle = colour;
      for (const step of steps) context.fillRect(step * each, top, Math.max(3, each - gap), 5);
    };
    marks(this.trace.nonFiniteSteps, shade('--not-finite'), 0);
    marks(this.trace.wrongSteps, shade('--wrong'), height - 5);
    if (this.differences) marks(this.differences, shade('--accent'), height / 2 - 2);
  }

  update(step) {
    const each = 100 / this.trace.visits.length;
    this.head.style.left = `${step * each}%`;
    this.head.style.width = `max(3px, ${each}%)`;
    this.track.setAttribute('aria-valuenow', shown(step));
    this.track.setAttribute('aria-valuetext', stepText(this.trace, step));
  }
}

// People count steps from 1, here as in the terminal.
const shown = (step) => step + 1;

// "step 20 of 38, backward: node 4, sigmoid adds to the gradient of node 3, affine"
function stepText(trace, step) {
  return `step ${shown(step)} of ${trace.visits.length}, ${visitText(trace, trace.visits[step])}`;
}
function visitText(trace, visit) {
  if (visit.isForward) return `forward: ${nodeName(trace, visit.node)} is ${trace.nodes[visit.node].inputs.length ? 'computed' : 'given'}`;
  if (visit.isSeed) return `backward begins: the gradient of ${nodeName(trace, visit.node)} is 1`;
  return `backward: ${nodeName(trace, visit.node)} adds to the gradient of ${nodeName(trace, visit.operand)}`;
}
