// Conversions of documents between text, tokens and tree, which keep every literal as it was written.

import { Kind, Lexer, Source, TokenKind, parse, print, visit } from 'graphql';

// The tree of a text. Literals keep their spelling in `raw`; locations are dropped, so that nodes can be moved.
export const treeOf = (text) =>
  visit(parse(text), {
    leave: ({ loc, ...node }) => (LITERALS.has(node.kind) ? { ...node, raw: text.slice(loc.start, loc.end) } : node),
  });

const LITERALS = new Set([Kind.INT, Kind.FLOAT, Kind.STRING]);

// The tokens of a text, each with the gap before it; null if graphql-js cannot split the text into tokens.
export const piecesOf = (text) => {
  const lexer = new Lexer(new Source(text));
  const pieces = [];
  let end = 0;
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      pieces.push({ gap: text.slice(end, token.start), token: text.slice(token.start, token.end) });
      end = token.end;
    }
  } catch {
    return null;
  }
  return pieces;
};

export const tokensOf = (text) => piecesOf(text)?.map(({ token }) => token) ?? null;

// The tokens of a tree, as texts.
export const write = (node) => {
  const out = [];
  put(node, out);
  return out;
};

const all = (nodes, out) => (nodes ?? []).forEach((node) => put(node, out));

const within = (open, nodes, close, out) => {
  if (!nodes?.length) return;
  out.push(open);
  all(nodes, out);
  out.push(close);
};

const WRITERS = {
  [Kind.DOCUMENT]: (node, out) => all(node.definitions, out),
  [Kind.OPERATION_DEFINITION]: (node, out) => {
    const { description, name, variableDefinitions, directives } = node;
    const short = !description && !name && !variableDefinitions?.length && !directives?.length;
    if (!(short && node.operation === 'query' && node.short)) {
      if (description) put(description, out);
      out.push(node.operation);
      if (name) put(name, out);
      within('(', variableDefinitions, ')', out);
      all(directives, out);
    }
    put(node.selectionSet, out);
  },
  [Kind.FRAGMENT_DEFINITION]: (node, out) => {
    if (node.description) put(node.description, out);
    out.push('fragment', node.name.value, 'on', node.typeCondition.name.value);
    all(node.directives, out);
    put(node.selectionSet, out);
  },
  [Kind.VARIABLE_DEFINITION]: (node, out) => {
    if (node.description) put(node.description, out);
    put(node.variable, out);
    out.push(':');
    put(node.type, out);
    if (node.defaultValue) {
      out.push('=');
      put(node.defaultValue, out);
    }
    all(node.directives, out);
  },
  [Kind.SELECTION_SET]: (node, out) => {
    out.push('{');
    all(node.selections, out);
    out.push('}');
  },
  [Kind.FIELD]: (node, out) => {
    if (node.alias) out.push(node.alias.value, ':');
    out.push(node.name.value);
    within('(', node.arguments, ')', out);
    all(node.directives, out);
    if (node.selectionSet) put(node.selectionSet, out);
  },
  [Kind.FRAGMENT_SPREAD]: (node, out) => {
    out.push('...', node.name.value);
    all(node.directives, out);
  },
  [Kind.INLINE_FRAGMENT]: (node, out) => {
    out.push('...');
    if (node.typeCondition) out.push('on', node.typeCondition.name.value);
    all(node.directives, out);
    put(node.selectionSet, out);
  },
  [Kind.DIRECTIVE]: (node, out) => {
    out.push('@', node.name.value);
    within('(', node.arguments, ')', out);
  },
  [Kind.ARGUMENT]: (node, out) => {
    out.push(node.name.value, ':');
    put(node.value, out);
  },
  [Kind.OBJECT_FIELD]: (node, out) => {
    out.push(node.name.value, ':');
    put(node.value, out);
  },
  [Kind.OBJECT]: (node, out) => {
    out.push('{');
    all(node.fields, out);
    out.push('}');
  },
  [Kind.LIST]: (node, out) => {
    out.push('[');
    all(node.values, out);
    out.push(']');
  },
  [Kind.VARIABLE]: (node, out) => out.push('$', node.name.value),
  [Kind.NAME]: (node, out) => out.push(node.value),
  [Kind.NAMED_TYPE]: (node, out) => out.push(node.name.value),
  [Kind.LIST_TYPE]: (node, out) => {
    out.push('[');
    put(node.type, out);
    out.push(']');
  },
  [Kind.NON_NULL_TYPE]: (node, out) => {
    put(node.type, out);
    out.push('!');
  },
};

const put = (node, out) => {
  const writer = WRITERS[node.kind];
  if (writer) writer(node, out);
  else out.push(node.raw ?? print(node));
};

// True if a text and the token after it would be read differently without a gap between them.
export const clings = (left, right) => {
  if (left.endsWith('"')) return right.startsWith('"');
  if (/(?<!\w)-?\d\S*$/.test(left) && /^[.]/.test(right)) return true;
  return /\w$/.test(left) && /^\w/.test(right);
};

const GAPS = [
  [60, ' '],
  [12, '\n'],
  [6, ', '],
  [4, ',,'],
  [4, '\t'],
  [3, '\r\n'],
  [2, '\r'],
  [2, '\n\n  '],
  [2, '#c\n'],
  [2, ' # "é { 😀\n'],
  [1, '#\r'],
];

// Joins tokens with gaps that the language ignores; `odd` is the probability of a gap other than nothing or a space.
export const joinRandomly = (tokens, random, odd) => {
  let text = '';
  let last = '';
  for (const token of tokens) {
    const gap = random.chance(odd) ? random.weighted(GAPS) : clings(last, token) || random.chance(0.3) ? ' ' : '';
    text += clings(last, token) && gap === '' ? ` ${token}` : gap + token;
    last = token;
  }
  return text;
};
