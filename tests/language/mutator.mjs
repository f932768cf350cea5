// Changes to valid documents that may make them invalid: to their tokens, to their characters and to their trees.

import { LITERALS, STRANGE, someName } from './oddities.mjs';
import { joinRandomly, tokensOf } from './tokens.mjs';
import { changeTree } from './tree-changes.mjs';

// A changed text; an equal one if no change found anything to change.
export const mutate = (text, shop, random) => {
  let changed = text;
  for (
    let left = random.weighted([
      [5, 1],
      [2, 2],
      [1, 3],
    ]);
    left > 0;
    left -= 1
  ) {
    const change = random.weighted([
      [4, changeTokens],
      [2, changeCharacters],
      [9, changeTree],
    ]);
    changed = change(changed, shop, random);
  }
  return changed;
};

const PUNCTUATORS = '{ } ( ) [ ] : ! $ @ = ... | &'.split(' ');
const RUNS = ['( )', '{ }', '[ ]', '@ skip', '@ include ( if : true )', '@ nope', '... { a }', '"d"'];

const isName = (token) => /^[_a-zA-Z]/.test(token);
const isLiteral = (token) => /^["\d-]/.test(token);
const opens = (token) => '([{'.includes(token);

// Weighted changes to a list of tokens at a place; `of` selects the tokens to which a change applies.
const TOKEN_CHANGES = [
  [4, { change: (tokens, at) => tokens.splice(at, 1) }],
  [3, { change: (tokens, at) => tokens.splice(at, 0, tokens[at]) }],
  [2, { change: (tokens, at) => tokens.splice(at, 2, ...tokens.slice(at, at + 2).reverse()) }],
  [2, { change: (tokens, at, random) => tokens.splice(at, 0, random.pick(PUNCTUATORS)) }],
  [2, { change: (tokens, at, random) => tokens.splice(at, 1, random.pick(PUNCTUATORS)) }],
  [2, { change: (tokens, at, random) => tokens.splice(at, 0, random.pick(tokens)) }],
  [1, { change: (tokens, at, random) => tokens.splice(at, 0, random.pick(LITERALS)) }],
  [1, { change: (tokens, at, random) => tokens.splice(at, 0, ...random.pick(RUNS).split(' ')) }],
  [1, { change: (tokens, at, random) => tokens.splice(at, random.between(2, 6)) }],
  [1, { change: (tokens, at) => tokens.splice(at) }],
  [5, { of: isName, change: (tokens, at, random, schema) => tokens.splice(at, 1, someName(schema, random)) }],
  [2, { of: isName, change: (tokens, at, random) => tokens.splice(at, 1, random.pick(tokens.filter(isName))) }],
  [4, { of: isLiteral, change: (tokens, at, random) => tokens.splice(at, 1, random.pick(LITERALS)) }],
  [
    2,
    { of: (token) => token === '[', change: (tokens, at, random) => tokens.splice(at + 1, 0, random.pick(LITERALS)) },
  ],
  [2, { of: opens, change: (tokens, at) => tokens.splice(at + 1, closing(tokens, at) - at - 1) }],
];

// The place of the bracket that closes the one at `at`; the end of the tokens if there is none.
const closing = (tokens, at) => {
  let open = 0;
  for (let here = at; here < tokens.length; here += 1) {
    if (opens(tokens[here])) open += 1;
    if (')]}'.includes(tokens[here])) open -= 1;
    if (open === 0) return here;
  }
  return tokens.length;
};

const changeTokens = (text, { schema }, random) => {
  const tokens = tokensOf(text);
  if (!tokens) return text;
  const { of = () => true, change } = random.weighted(TOKEN_CHANGES);
  const places = [...tokens.keys()].filter((at) => of(tokens[at]));
  if (places.length === 0) return text;
  change(tokens, random.pick(places), random, schema);
  return joinRandomly(tokens, random, random.pick([0, 0, 0.1]));
};

const changeCharacters = (text, shop, random) => {
  const characters = Array.from(text);
  const at = random.below(characters.length + 1);
  const taken = random.chance(0.25) ? 1 : 0;
  characters.splice(at, taken, random.chance(0.85) ? random.pick(STRANGE) : '');
  return characters.join('');
};
