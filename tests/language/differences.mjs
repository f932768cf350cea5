// Groups many documents on which two servers differ into few classes, each shown by a document as small as possible.

import { reduce } from './reduce.mjs';
import { each } from './server.mjs';
import { tokensOf } from './tokens.mjs';

const MOST_GROUPS = 60;
const MOST_CLASSES = 20;

// `found` is a list of documents with `what`, their difference, and `group`, a finer name for it. `again(document)`
// compares anew, and resolves to such a document with `told`, the lines to show.
export const classes = async (found, again) => {
  const groups = grouped(found, ({ group }) => group).slice(0, MOST_GROUPS);
  const reduced = await each(groups, async (group) => {
    const shortest = group.reduce((a, b) => (a.text.length <= b.text.length ? a : b));
    const same = async (text) => (await again({ ...shortest, text })).group === shortest.group;
    const text = await reduce(shortest.text, same);
    return { ...(await again({ ...shortest, text })), many: group.length, text, variables: shortest.variables };
  });
  const merged = grouped(reduced, ({ what, text }) => `${what} ${shape(text)}`).map((same) => ({
    ...same.reduce((a, b) => (a.text.length <= b.text.length ? a : b)),
    many: same.reduce((sum, { many }) => sum + many, 0),
  }));
  const lines = merged
    .sort((a, b) => b.many - a.many)
    .slice(0, MOST_CLASSES)
    .map(show);
  const others = merged.length > MOST_CLASSES ? [`and ${merged.length - MOST_CLASSES} more`] : [];
  return [`${found.length} differences`, ...lines, ...others].join('\n');
};

const show = ({ many, what, text, variables, told }) => {
  const values = variables && Object.keys(variables).length > 0 ? ` ${JSON.stringify(variables)}` : '';
  return [`${many} × ${what}: ${JSON.stringify(text)}${values}`, ...told.map((line) => `    ${line}`)].join('\n');
};

// Lists of the items with equal names, the longest first.
const grouped = (list, by) => {
  const groups = new Map();
  for (const it of list) groups.set(by(it), [...(groups.get(by(it)) ?? []), it]);
  return [...groups.values()].sort((a, b) => b.length - a.length);
};

const WORDS = 'query mutation subscription fragment on true false null skip include deprecated if __typename __schema';
const KEYWORDS = new Set(WORDS.split(' '));

// A document without its names and values.
const shape = (text) => {
  const tokens = tokensOf(text) ?? text.match(/\w+|\s+|[^\w\s]/gu) ?? [];
  return tokens.map(plain).join(' ');
};

const plain = (token) => {
  if (KEYWORDS.has(token)) return token;
  if (/^[A-Z]/.test(token)) return 'T';
  if (/^[_a-z]/.test(token)) return 'n';
  if (/^-?\d/.test(token)) return token.replace(/\d{2,}/, '0').replace(/[1-9]/g, '1');
  return token.startsWith('"') ? token.replace(/[^\\"]+/g, 's') : token;
};
