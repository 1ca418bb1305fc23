// ---- rule_parse.js: the text of a rule, such as "Y = σ(X);  dX += dY ⊙ Y ⊙ (1 − Y)", as trees
//
//   rule      = equation {(";" | ",") equation}
//   equation  = expression ("=" | "+=" | "−=") expression ["where" condition] [", else" expression]
//   expression = ["−"] term {("+" | "−") term}
//   term      = factor {["⊙" | "/"] factor}         a/b is a fraction of two factors; side by side is a product
//   factor    = base {"²" | "ᵀ" | "^" factor}
//   base      = number | letter | "(" … ")" | "[" … "]" | "|" … "|" | "√" factor | function factor | "Σ" [index] term
//
// A rule that is told in words ("the columns of dC where A_k stands") is no tree: it is shown as it is.

const functionNames = ['log', 'softplus', 'softmax', 'sign', 'tanh', 'max', 'exp', 'σ'];
const tokenPattern = new RegExp([
  '\\s+',
  '(?<word>[A-Za-z]{2,})',
  '(?<letter>[A-Za-zα-ωΑ-ΡΤ-Ω]\\u0302?)',
  '(?<number>\\d+(?:\\.\\d+)?)',
  '(?<relation>\\+=|−=|-=|=|>|<)',
  '_(?<sub>[A-Za-z0-9]+)',
  '(?<subDigits>[₀-₉]+)',
  '(?<power>[²³ᵀ])',
  '(?<sign>.)',
].join('|'), 'gu');

// letters: names of operands that have more than one letter, such as Wx.
function tokenize(text, letters = []) {
  const tokens = [];
  for (const match of text.matchAll(tokenPattern)) {
    const g = match.groups;
    const last = tokens[tokens.length - 1];
    if (g.sub !== undefined || g.subDigits !== undefined) {
      const sub = g.sub || [...g.subDigits].map((c) => '₀₁₂₃₄₅₆₇₈₉'.indexOf(c)).join('');
      if (last) last.sub = sub;
    } else if (g.word !== undefined) {
      tokens.push(wordToken(g.word, letters));
    } else if (g.letter === 'σ') {
      tokens.push({kind: 'function', text: 'σ'});
    } else if (g.letter !== undefined) {
      tokens.push({kind: 'letter', text: g.letter.normalize('NFC')});
    } else {
      const kind = ['number', 'relation', 'power', 'sign'].find((name) => g[name] !== undefined);
      if (kind) tokens.push({kind, text: g[kind] === '-=' ? '−=' : g[kind]});
    }
  }
  return tokens;
}

// dX is a letter (the gradient of X), md the product of two.
function wordToken(word, letters) {
  if (letters.includes(word) || letters.includes(word.replace(/^d/, ''))) return {kind: 'letter', text: word};
  if (functionNames.includes(word)) return {kind: 'function', text: word};
  if (word === 'md') return {kind: 'letter', text: 'md'};
  if (/^d[A-Za-z]$/.test(word)) return {kind: 'letter', text: word};
  return {kind: 'word', text: word};
}

class RuleParser {
  constructor(text, letters) { this.tokens = tokenize(text, letters); this.at = 0; }
  peek(...texts) { const t = this.tokens[this.at]; return t !== undefined && texts.includes(t.text); }
  take() { return this.tokens[this.at++]; }
  accept(text) { if (!this.peek(text)) return false; this.at++; return true; }
  expect(text) { if (!this.accept(text)) throw new Error(`expected ${text}`); }

  equation() {
    const left = this.expression();
    const relation = this.take();
    if (!relation || relation.kind !== 'relation') throw new Error('no equation');
    const equation = {kind: 'equation', left, relation: relation.text, right: this.piecewise()};
    if (this.at < this.tokens.length) throw new Error('words');
    return equation;
  }
  piecewise() {
    const value = this.expression();
    if (!this.accept('where')) return value;
    const left = this.expression();
    const relation = this.take();
    if (!relation || relation.kind !== 'relation') throw new Error('no condition');
    const condition = {left, relation: relation.text, right: this.expression()};
    let otherwise = null;
    if (this.accept(',')) { this.expect('else'); otherwise = this.expression(); }
    return {kind: 'piecewise', value, condition, otherwise};
  }
  expression() {
    const parts = [{sign: this.accept('−') ? '−' : '', value: this.term()}];
    while (this.peek('+', '−')) parts.push({sign: this.take().text, value: this.term()});
    return parts.length === 1 && parts[0].sign === '' ? parts[0].value : {kind: 'sum', parts};
  }
  term() {
    const factors = [{sign: '', value: this.factor()}];
    for (;;) {
      if (this.accept('/')) {
        const last = factors[factors.length - 1];
        last.value = {kind: 'fraction', above: last.value, below: this.factor()};
      } else if (this.accept('⊙')) {
        factors.push({sign: '⊙', value: this.factor()});
      } else if (this.beginsFactor()) {
        factors.push({sign: '', value: this.factor()});
      } else {
        return factors.length === 1 ? factors[0].value : {kind: 'product', factors};
      }
    }
  }
  beginsFactor() {
    const t = this.tokens[this.at];
    return t !== undefined && (['letter', 'number', 'function'].includes(t.kind) ||
      ['(', '[', '√', 'Σ', '½'].includes(t.text) || (t.text === '|' && !this.inBars));
  }
  factor() {
    let base = this.base();
    for (;;) {
      const t = this.tokens[this.at];
      if (t !== undefined && t.kind === 'power') base = {kind: 'power', base, power: this.take().text};
      else if (this.accept('^')) base = {kind: 'power', base, power: this.base()};
      else return base;
    }
  }
  base() {
    const t = this.take();
    if (t === undefined) throw new Error('the rule ends early');
    if (t.kind === 'number') return {kind: 'number', value: Number(t.text)};
    if (t.kind === 'letter') return {kind: 'letter', name: t.text, sub: t.sub};
    if (t.kind === 'function') return {kind: 'function', name: t.text, argument: this.factor()};
    if (t.text === '½') return {kind: 'fraction', above: {kind: 'number', value: 1}, below: {kind: 'number', value: 2}};
    if (t.text === '√') return {kind: 'root', inside: this.factor()};
    if (t.text === 'Σ') return {kind: 'bigsum', sub: t.sub, body: this.term()};
    if (t.text === '(' || t.text === '[') return this.bracket(t.text);
    if (t.text === '|') {
      this.inBars = true;
      const inside = this.expression();
      this.inBars = false;
      this.expect('|');
      return {kind: 'bracket', open: '|', close: '|', items: [inside]};
    }
    throw new Error(`'${t.text}' begins nothing`);
  }
  bracket(open) {
    const close = open === '(' ? ')' : ']';
    const items = [this.expression()];
    while (this.accept(',')) items.push(this.expression());
    this.expect(close);
    const bracket = {kind: 'bracket', open, close, items};
    const closing = this.tokens[this.at - 1];
    return closing.sub === undefined ? bracket : {kind: 'indexed', base: bracket, sub: closing.sub};
  }
}

// {forward: [equation…], gradients: [equation…]}; an equation that is told in words is {kind: 'words', text}.
function parseRule(text, letters) {
  const [forward, gradients = ''] = text.split(/;\s*/);
  const parse = (part) => {
    try { return {...new RuleParser(part, letters).equation(), text: part}; } catch (words) { return {kind: 'words', text: part, letters}; }
  };
  const pieces = (part, before) => part.split(before).map((piece) => piece.trim()).filter(Boolean).map(parse);
  return {forward: pieces(forward, /,\s+(?=\S+ = )/u), gradients: pieces(gradients, /,\s+(?=d\S+(?: \S+\])? [+−]= )/u)};
}
