// ---- formula.js: the trace's formulas, with letters or with numbers put in, and their values

// The trace brings what stands inside of <math>.
function mathOf(inside) {
  const made = math('math', {display: 'block'});
  made.innerHTML = inside;
  return made;
}
const formula = ({equations, text}, kind) => element('div', {class: `formula ${kind}`, role: 'math', 'aria-label': text},
  equations.map((equation) => mathOf(equation.math)));

// numberOf('dX_ij') gives the number to put in, or undefined: then the letter stays.
function putIn(made, numberOf) {
  for (const letter of made.querySelectorAll('[data-name]')) {
    const x = numberOf(letter.getAttribute('data-name'));
    if (x === undefined) continue;
    const number = math('mn', {class: 'put-in', title: exactText(x)}, numberText(x));
    letter.replaceWith(x < 0 ? math('mrow', {}, math('mo', {}, '('), number, math('mo', {}, ')')) : number);
  }
  for (const times of made.querySelectorAll('.times')) times.replaceWith(math('mo', {}, '·'));
  return made;
}

// ---- the value of a tree, to be held against the journal: numbers are only shown where they give the recorded result

const functions = {
  log: Math.log, tanh: Math.tanh, exp: Math.exp, sign: Math.sign, max: Math.max,
  'σ': (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

// "X", "dX", "X_ij"; undefined for what is no name.
function nameOf([kind, text, ...parts]) {
  if (kind === 'index') return nameOf(parts[0]) && `${nameOf(parts[0])}_${parts.slice(1).map((part) => part[1]).join('')}`;
  return {name: text, gradient: `d${text}`}[kind];
}

// Throws where it has no value of its own: a letter without a number, a sum over an index. NaN and infinities are values.
const hasNoValue = new Error('the rule has no value of its own');
function valueOf(tree, numberOf) {
  const [kind, text, ...parts] = tree;
  const value = (k) => valueOf(parts[k], numberOf);
  switch (kind) {
    case 'number': return Number(text);
    case 'name': case 'gradient': case 'index': {
      const x = nameOf(tree) === undefined ? undefined : numberOf(nameOf(tree));
      if (x === undefined && text !== 'e') throw hasNoValue;
      return x === undefined ? Math.E : x;
    }
    case 'sum': return text === '+' ? value(0) + value(1) : value(0) - value(1);
    case 'negative': return -value(0);
    case 'product': return value(0) * value(1);
    case 'fraction': return value(0) / value(1);
    case 'power': return nameOf(parts[0]) === 'e' ? Math.exp(value(1)) : Math.pow(value(0), value(1));
    case 'root': return Math.sqrt(value(0));
    case 'call':
      if (!functions[text]) throw hasNoValue;
      return functions[text](...(text === 'max' ? parts[0].slice(2).map((part) => valueOf(part, numberOf)) : [value(0)]));
    case 'bracket':
      if (parts.length !== 1) throw hasNoValue;
      return text === '|' ? Math.abs(value(0)) : value(0);
    case 'cases': {
      const [, relation, left, right] = parts[1];
      if (relation !== '>') throw hasNoValue;
      return valueOf(left, numberOf) > valueOf(right, numberOf) ? value(0) : parts[2] ? value(2) : 0;
    }
    default: throw hasNoValue;
  }
}
