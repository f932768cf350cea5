// Reduces a document automatically, as long as a predicate holds for it.

import { Kind, parse, visit } from 'graphql';

import { clings, piecesOf } from './tokens.mjs';

// The smallest text found for which `holds` is still true; `holds` is called `most` times at most.
export const reduce = async (text, holds, most = 400) => {
  let left = most;
  const seen = new Set([text]);
  const still = async (candidate) => {
    if (seen.has(candidate) || left <= 0) return false;
    seen.add(candidate);
    left -= 1;
    return holds(candidate);
  };
  let smallest = text;
  for (let before = null; before !== smallest;) {
    before = smallest;
    for (const way of [byTree, byTokens, byGaps, byCharacters]) smallest = await way(smallest, still);
  }
  return smallest;
};

// Leaves out nodes and parts of nodes, the longest first.
const byTree = async (text, still) => {
  for (const smaller of smallerTrees(text)) {
    if (await still(smaller)) return byTree(smaller, still);
  }
  return text;
};

const smallerTrees = (text) => {
  let tree;
  try {
    tree = parse(text);
  } catch {
    return [];
  }
  const smaller = new Set();
  const cut = (start, end, instead = '') => {
    const [before, after] = [text.slice(0, start), text.slice(end)];
    const joined = instead ? [before, instead, after] : [before, after];
    smaller.add(joined.reduce((left, right) => (clings(left, right) ? `${left} ${right}` : left + right)));
  };
  visit(tree, {
    enter(node, key, parent) {
      const { start, end, startToken, endToken } = node.loc;
      const bracketed = startToken.prev?.kind === '(' && endToken.next?.kind === ')';
      if (Array.isArray(parent) && bracketed && parent.length === 1) cut(startToken.prev.start, endToken.next.end);
      else if (Array.isArray(parent)) cut(start, end);
      if (node.kind === Kind.INLINE_FRAGMENT) cut(start, end, inside(text, node.selectionSet));
      if (node.kind === Kind.FIELD && node.alias) cut(start, node.name.loc.start);
      if (node.kind === Kind.OPERATION_DEFINITION && startToken.kind !== '{') {
        cut(start, node.selectionSet.loc.start);
        if (node.name) cut(node.name.loc.start, node.name.loc.end);
      }
      if (node.kind === Kind.INLINE_FRAGMENT && node.typeCondition) cut(start + 3, node.typeCondition.loc.end);
      if (node.defaultValue) cut(node.type.loc.end, node.defaultValue.loc.end);
      if (node.description) cut(node.description.loc.start, node.description.loc.end);
      if (node.selectionSet && node.kind === Kind.FIELD) cut(node.selectionSet.loc.start, end);
    },
  });
  return [...smaller].filter((it) => it.length < text.length).sort((a, b) => a.length - b.length);
};

const inside = (text, { loc }) => text.slice(loc.start + 1, loc.end - 1).trim();

// Delta debugging over tokens: leaves out runs of them, shorter and shorter.
const byTokens = async (text, still) => {
  let pieces = piecesOf(text);
  if (!pieces) return text;
  let smallest = text;
  for (let length = Math.max(1, pieces.length >> 1); length >= 1; length >>= 1) {
    for (let at = 0; at + length <= pieces.length;) {
      const others = [...pieces.slice(0, at), ...pieces.slice(at + length)];
      const smaller = joined(others);
      if (await still(smaller)) [pieces, smallest] = [others, smaller];
      else at += length;
    }
  }
  return smallest;
};

// Makes the gaps between tokens as short as possible.
const byGaps = async (text, still) => {
  let pieces = piecesOf(text);
  if (!pieces) return text;
  let smallest = text;
  const tight = pieces.map(({ token }) => ({ gap: '', token }));
  if (await still(joined(tight))) return joined(tight);
  for (const at of pieces.keys()) {
    for (const gap of ['', ' ']) {
      const others = pieces.with(at, { ...pieces[at], gap });
      const smaller = joined(others);
      if (smaller.length < smallest.length && (await still(smaller))) [pieces, smallest] = [others, smaller];
    }
  }
  return smallest;
};

const joined = (pieces) =>
  pieces.reduce((text, { gap, token }) => text + (gap || (clings(text, token) ? ' ' : '')) + token, '');

// Leaves out runs of characters, shorter and shorter, of a text that is no sequence of tokens.
const byCharacters = async (text, still) => {
  if (piecesOf(text)) return text;
  let characters = Array.from(text);
  for (let length = Math.max(1, characters.length >> 1); length >= 1; length >>= 1) {
    for (let at = 0; at + length <= characters.length;) {
      const others = [...characters.slice(0, at), ...characters.slice(at + length)];
      if (await still(others.join(''))) characters = others;
      else at += length;
    }
  }
  return characters.join('');
};
