// ---- layout.js: where each box of the graph stands. Layers stand one below the other in forward order. Within a layer what is
// computed goes down a column, and the parameters stand beside the node that uses them.

const box = {width: 152, height: 44, chipWidth: 124, chipHeight: 26, gapX: 18, gapY: 26, pad: 12, head: 28, underHead: 14, port: 0.68, between: 34, lane: 30, most: 3, betweenTexts: 10, mostName: 180};

const boxName = (node) => node.short || node.name || node.op.name;

// {items: [{key, node | layer, x, y, width, height}], frames: [layer's rectangle], itemOf: node → item, edges: [{key, from, to, path}]}
function layOutGraph(trace, folded) {
  const members = trace.layers.map(() => []);
  for (const node of trace.nodes) members[node.layer].push(node.index);
  const graph = {items: [], frames: [], itemOf: new Array(trace.nodes.length), edges: [], width: 0, height: 0};
  let y = 12;
  members.forEach((nodes, layer) => {
    if (nodes.length === 0) return;
    const place = folded.has(layer) ? placeFolded : placeLayer;
    y = place(trace, graph, layer, nodes, y) + box.between;
  });
  graph.height = y;
  graph.width = Math.max(...graph.frames.map((frame) => frame.x + frame.width), 0) + box.lane;
  addEdges(trace, graph);
  return graph;
}

function placeFolded(trace, graph, layer, nodes, y) {
  const item = {key: `layer${layer}`, layer, nodes, order: graph.frames.length, isFirst: true, isLast: true, x: box.lane + box.pad, y, width: box.width + box.gapX + box.chipWidth, height: box.height};
  graph.items.push(item);
  graph.frames.push({layer, x: box.lane, y, width: item.width + 2 * box.pad, height: box.height, folded: true});
  for (const node of nodes) graph.itemOf[node] = item;
  return y + box.height;
}

function placeLayer(trace, graph, layer, nodes, top) {
  const inLayer = new Set(nodes);
  const isChip = (index) => trace.nodes[index].inputs.length === 0 && trace.consumers[index].some((c) => inLayer.has(c)) && trace.nodes[index].trained;
  const rows = rowsOf(trace, nodes.filter((index) => !isChip(index)), inLayer);
  const roomOfChip = (node) => 24 + box.betweenTexts + Math.min(box.mostName, textWidth(boxName(node), 'name')) + textWidth(shapeText(node.shape), 'small');
  const chipWidth = Math.max(box.chipWidth, ...nodes.filter(isChip).map((index) => roomOfChip(trace.nodes[index])));
  const head = {key: `layer${layer}`, layer, nodes, isHead: true, x: box.lane, y: top, width: 0, height: box.head};
  graph.items.push(head);
  let y = top + box.head + box.underHead, widest = 0;
  const placed = new Set();
  for (const row of rows) {
    const place = {order: graph.frames.length, isFirst: row === rows[0], isLast: row === rows[rows.length - 1]};
    let x = box.lane + box.pad;
    row.forEach((index, column) => {
      if (index === undefined) return;
      x = box.lane + box.pad + column * (box.width + box.gapX);
      graph.items.push(graph.itemOf[index] = {key: `node${index}`, node: index, x, y, width: box.width, height: box.height, ...place});
      x += box.width + box.gapX;
    });
    const chips = row.filter((index) => index !== undefined).flatMap((index) => trace.nodes[index].inputs)
      .filter((input, i, all) => inLayer.has(input) && isChip(input) && !placed.has(input) && all.indexOf(input) === i);
    chips.forEach((index, i) => {
      placed.add(index);
      const chip = {key: `node${index}`, node: index, x, y: y + i * (box.chipHeight + 6) - (chips.length > 1 ? 6 : -9), width: chipWidth, height: box.chipHeight, isChip: true};
      graph.items.push(graph.itemOf[index] = chip);
    });
    if (chips.length) x += chipWidth + box.gapX;
    widest = Math.max(widest, x - box.gapX);
    y += Math.max(box.height, chips.length * (box.chipHeight + 6) - 8) + box.gapY;
  }
  widest = Math.max(widest, box.lane + box.pad + box.width + box.gapX + box.chipWidth);
  head.width = widest + box.pad - box.lane;
  graph.frames.push({layer, x: box.lane, y: top, width: head.width, height: y - box.gapY + box.pad - top});
  return y - box.gapY + box.pad;
}

// Each node one row below the lowest of its inputs here, in the column of the last one where that is free; a row of more than
// `most` is broken. A row is a list of columns, some of them undefined.
function rowsOf(trace, nodes, inLayer) {
  const rank = new Map(), rows = [], columnOf = new Map();
  const taken = (row) => row.filter((index) => index !== undefined).length;
  for (const index of nodes) {
    const above = trace.nodes[index].inputs.filter((input) => rank.has(input)).map((input) => rank.get(input) + 1);
    let r = Math.max(0, ...above);
    while (rows[r] && taken(rows[r]) >= box.most) ++r;
    rank.set(index, r);
    const row = rows[r] = rows[r] || [];
    const wanted = trace.nodes[index].inputs.filter((input) => columnOf.has(input)).map((input) => columnOf.get(input));
    let column = wanted.length ? Math.min(...wanted) : 0;
    while (row[column] !== undefined) column = (column + 1) % box.most;
    row[column] = index;
    columnOf.set(index, column);
  }
  return rows.filter(Boolean);
}

// One edge between two boxes, however many arrows run there.
function addEdges(trace, graph) {
  const known = new Set();
  for (const node of trace.nodes) {
    for (const input of node.inputs) {
      const from = graph.itemOf[input], to = graph.itemOf[node.index], key = `${from.key}>${to.key}`;
      if (from === to || known.has(key)) continue;
      known.add(key);
      graph.edges.push({key, from, to, path: pathOf({from, to}, graph)});
    }
  }
}

// Straight or gently curved between neighbours; along a lane at the side where other boxes stand between.
function pathOf({from, to}, graph) {
  const port = (item) => item.x + item.width * (item.layer === undefined ? box.port : 0.5);  // beside the layer's name
  const fromX = port(from), fromY = from.y + from.height, toX = port(to), toY = to.y;
  if (from.isChip && Math.abs(from.y - to.y) < box.height) {
    const y = from.y + from.height / 2, end = Math.max(to.y + 8, Math.min(to.y + to.height - 8, y));
    return `M${from.x},${y} C${from.x - 16},${y} ${to.x + to.width + 16},${end} ${to.x + to.width},${end}`;
  }
  const distance = toY - fromY;
  const areNeighbours = from.isLast && to.isFirst && to.order === from.order + 1;  // across the gap between two layers
  if (distance > 0 && (distance < 92 || areNeighbours)) {
    const bend = distance / 2;
    return `M${fromX},${fromY} C${fromX},${fromY + bend} ${toX},${toY - bend} ${toX},${toY}`;
  }
  const points = [];
  const lane = from.isChip ? graph.width - box.lane / 2 : box.lane / 2;
  if (from.isChip) points.push([from.x + from.width, from.y + from.height / 2], [lane, from.y + from.height / 2]);
  else if (from.x <= box.lane + box.pad) points.push([from.x, from.y + from.height / 2], [lane, from.y + from.height / 2]);
  else points.push([fromX, fromY], [fromX, fromY + 8], [lane, fromY + 8]);  // under the boxes to its left
  points.push([lane, toY - 11], [toX, toY - 11], [toX, toY]);
  return roundedPath(points, 7);
}

// Straight lines from point to point, with round corners.
function roundedPath(points, radius) {
  const towards = ([x, y], [toX, toY]) => {
    const length = Math.hypot(toX - x, toY - y) || 1, part = Math.min(radius, length / 2) / length;
    return `${x + (toX - x) * part},${y + (toY - y) * part}`;
  };
  const corners = points.slice(1, -1).map((point, i) => `L${towards(point, points[i])} Q${point} ${towards(point, points[i + 2])}`);
  return `M${points[0]} ${corners.join(' ')} L${points[points.length - 1]}`;
}
