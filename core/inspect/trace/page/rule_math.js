// ---- rule_math.js: a parsed rule as MathML, with letters or with the numbers put in, and its value

// numberOf(letter) gives the number to put in, or undefined: then the letter stays.
function toMath(tree, numberOf = () => undefined) {
  const show = (inner) => toMath(inner, numberOf);
  switch (tree.kind) {
    case 'equation': return math('mrow', {}, show(tree.left), math('mo', {}, tree.relation), show(tree.right));
    case 'words': return wordsToMath(tree);
    case 'number': return math('mn', {}, String(tree.value));
    case 'letter': return letterToMath(tree, numberOf);
    case 'sum': return math('mrow', {}, tree.parts.map((p) => [p.sign ? math('mo', {}, p.sign) : [], show(p.value)]).flat(2));
    case 'product': return productToMath(tree, numberOf);
    case 'fraction': return math('mfrac', {}, show(withoutBracket(tree.above)), show(withoutBracket(tree.below)));
    case 'power': return math('msup', {}, math('mrow', {}, inBrackets(tree.base, numberOf)), typeof tree.power === 'string'
      ? math(tree.power === 'ᵀ' ? 'mi' : 'mn', {}, {'²': '2', '³': '3', 'ᵀ': 'T'}[tree.power]) : math('mrow', {}, show(tree.power)));
    case 'root': return math('msqrt', {}, show(withoutBracket(tree.inside)));
    case 'function': return math('mrow', {}, math('mi', {mathvariant: 'normal'}, tree.name), math('mo', {}, '\u2061'),
      inBrackets(tree.argument, numberOf));
    case 'bigsum': return math('mrow', {}, tree.sub ? math('munder', {}, math('mo', {}, '∑'), math('mi', {}, spaced(tree.sub)))
      : math('mo', {}, '∑'), show(tree.body));
    case 'bracket': return math('mrow', {}, math('mo', {}, tree.open),
      tree.items.map((item, i) => [i ? math('mo', {}, ',') : [], show(item)]).flat(2), math('mo', {}, tree.close));
    case 'indexed': return math('msub', {}, show(tree.base), math('mi', {}, tree.sub));
    case 'piecewise': return math('mrow', {}, show(tree.value), math('mtext', {}, '\u00a0 where \u00a0'), show(tree.condition.left),
      math('mo', {}, tree.condition.relation), show(tree.condition.right),
      tree.otherwise ? [math('mtext', {}, ', else \u00a0'), show(tree.otherwise)] : []);
    default: throw new Error(`no MathML for ${tree.kind}`);
  }
}

const withoutBracket = (tree) => (tree.kind === 'bracket' && tree.open === '(' && tree.items.length === 1 ? tree.items[0] : tree);
const spaced = (sub) => (/^[ijkn]{2}$/.test(sub) ? [...sub].join('\u200a') : sub);

// A negative number needs brackets where a letter needs none.
function inBrackets(tree, numberOf) {
  const x = tree.kind === 'letter' ? numberOf(tree) : undefined;
  const shown = toMath(tree, numberOf);
  return x !== undefined && x < 0 ? [math('mo', {}, '('), shown, math('mo', {}, ')')] : [shown];
}

function productToMath(tree, numberOf) {
  const children = [];
  tree.factors.forEach((factor, i) => {
    const isNumber = (f) => f.value.kind === 'number' || (f.value.kind === 'letter' && numberOf(f.value) !== undefined);
    if (i > 0 && (isNumber(factor) || (isNumber(tree.factors[i - 1]) && numberOf.puts))) children.push(math('mo', {}, '·'));
    else if (factor.sign) children.push(math('mo', {}, factor.sign));
    children.push(...(i > 0 ? inBrackets(factor.value, numberOf) : [toMath(factor.value, numberOf)]));
  });
  return math('mrow', {}, children);
}

function letterToMath({name, sub}, numberOf) {
  const x = numberOf({name, sub});
  if (x !== undefined) return math('mn', {class: 'put-in', title: exactText(x)}, numberText(x));
  let letter;
  if (name === 'md') letter = math('mrow', {}, math('mi', {}, 'm'), math('mi', {}, 'd'));
  else if (/^d./.test(name)) letter = math('mrow', {}, math('mi', {mathvariant: 'normal'}, 'd'), letterToMath({name: name.slice(1)}, () => undefined));
  else if (name.length === 2 && !name.includes('\u0302')) letter = math('msub', {}, math('mi', {}, name[0]), math('mi', {}, name[1]));
  else if (name.includes('\u0302')) letter = math('mover', {accent: 'true'}, math('mi', {}, name[0]), math('mo', {}, '^'));
  else letter = math('mi', {}, name);
  return sub ? math('msub', {}, letter, math('mi', {}, spaced(sub))) : letter;
}

function wordsToMath({text, letters}) {
  const children = tokenize(text, letters).map((token) => {
    if (token.kind === 'letter') return letterToMath({name: token.text, sub: token.sub}, () => undefined);
    if (token.kind === 'word') return math('mtext', {}, `\u00a0${token.text}\u00a0`);
    if (token.kind === 'number') return math('mn', {}, token.text);
    return math('mo', {}, token.text);
  });
  return math('mrow', {}, children);
}

// ---- the value of a tree, to be held against the journal: numbers are only shown where they give the recorded result

const functions = {
  log: Math.log, tanh: Math.tanh, exp: Math.exp, sign: Math.sign,
  'σ': (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

// Throws where it has no value of its own: a letter without a number, a sum over an index. NaN and infinities are values.
const hasNoValue = new Error('the rule has no value of its own');
function valueOf(tree, numberOf) {
  const value = (inner) => valueOf(inner, numberOf);
  switch (tree.kind) {
    case 'number': return tree.value;
    case 'letter': {
      const x = numberOf(tree);
      if (x === undefined && tree.name !== 'e') throw hasNoValue;
      return x !== undefined ? x : Math.E;
    }
    case 'sum': return tree.parts.reduce((total, p) => total + (p.sign === '−' ? -value(p.value) : value(p.value)), 0);
    case 'product': return tree.factors.reduce((product, f) => product * value(f.value), 1);
    case 'fraction': return value(tree.above) / value(tree.below);
    case 'power': {
      if (tree.power === 'ᵀ') throw hasNoValue;
      const power = typeof tree.power === 'string' ? {'²': 2, '³': 3}[tree.power] : value(tree.power);
      return tree.base.kind === 'letter' && tree.base.name === 'e' ? Math.exp(power) : Math.pow(value(tree.base), power);
    }
    case 'root': return Math.sqrt(value(tree.inside));
    case 'function': {
      if (tree.name === 'max') return Math.max(...tree.argument.items.map(value));
      const f = functions[tree.name];
      if (!f) throw hasNoValue;
      return f(value(tree.argument));
    }
    case 'bracket':
      if (tree.items.length !== 1) throw hasNoValue;
      return tree.open === '|' ? Math.abs(value(tree.items[0])) : value(tree.items[0]);
    case 'piecewise': {
      const left = value(tree.condition.left), right = value(tree.condition.right);
      if (tree.condition.relation !== '>') throw hasNoValue;
      return left > right ? value(tree.value) : tree.otherwise ? value(tree.otherwise) : 0;
    }
    default: throw hasNoValue;
  }
}
