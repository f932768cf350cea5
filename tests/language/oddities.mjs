// Names, literals and characters in places that do not expect them.

// A name of the schema or of the language, or an unknown one.
export const someName = (schema, random) => {
  const type = random.pick(Object.values(schema.getTypeMap()));
  const fields = Object.keys(type.getFields?.() ?? {});
  return random.weighted([
    [3, () => type.name],
    [4, () => (fields.length > 0 ? random.pick(fields) : '__typename')],
    [2, () => random.pick(OTHER_NAMES)],
    [1, () => random.pick(WORDS)],
  ])();
};

const OTHER_NAMES = 'nope __typename __schema __type on true null a F0 Node Query'.split(' ');
const WORDS = 'skip include deprecated specifiedBy oneOf if query mutation subscription fragment type'.split(' ');

// Malformed literals, and literals of many types.
export const LITERALS = [
  ...'01 -01 00 [01] [00,1] 1. .5 1e 1.e1 1e+ - +1 1x 0x1 1_0 1.5.2 1E400 1.0 1e2 -0 -0.0 9007199254740993'.split(' '),
  ...'2147483647 2147483648 -2147483648 -2147483649 null true false ENUM {} [] [[]] {a:1} $unknown'.split(' '),
  ...['"\\uD83D"', '"\\uDE00"', '"\\uDE00\\uD83D"', '"\\uD83D\\u{DE00}"', '"\\u{D83D}"', '"\\u{110000}"', '"\\u{}"'],
  ...[
    '"\\u{0000001F600}"',
    '"\\u12"',
    '"\\U0041"',
    '"\\x"',
    '"\\n"',
    '"a\nb"',
    '"a\rb"',
    '"open',
    '"""open',
    '"""a\\"""',
  ],
  ...['"\t"', '"\u0007"', '"""\u0000"""', '"\u007f\u0085\u2028"', '""', '""""""', "'a'"],
];

// Characters that no token begins with, that begin a token of another kind, or that are invisible.
export const STRANGE = [
  ...'%?;<`\'\\é"#*~/&|',
  ...['😀', '..', '\u0000', '\u0007', '\u000b', '\u000c', '\u00a0', '\u200b', '\u2028', '\uFEFF', '\uFEFF', '\uFEFF'],
];
