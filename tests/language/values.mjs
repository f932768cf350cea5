// Values for arguments and variables: as literals of a document and as JSON beside it.

import { GraphQLEnumType, GraphQLInputObjectType, Kind, isListType, isNonNullType } from 'graphql';

const raw = (kind, text) => ({ kind, raw: text });

export const name = (value) => ({ kind: Kind.NAME, value });
export const nullValue = { kind: Kind.NULL };
export const boolean = (value) => ({ kind: Kind.BOOLEAN, value });
export const int = (text) => raw(Kind.INT, text);
export const string = (text) => raw(Kind.STRING, text);

const NUMBERS_AS_ID = ['0', '7', '-0', '-12', '99999999999999999999', '123456789012345678901234567890'];

// Spellings of strings.
const SPELLINGS = [
  ...[
    '"steel"',
    '"kettle"',
    '"FR"',
    '""',
    '"é😀"',
    '"\\u0073teel"',
    '"\\u{73}teel"',
    '"\\u{1F600}"',
    '"\\uD83D\\uDE00"',
  ],
  ...['"a\\"\\\\\\/\\b\\f\\n\\r\\t"', '"""\n    steel\n      kettle\n  """', '"""a\\"""b"""', '""""quoted" steel"""'],
  ...['"""\r\n\t steel\r  kettle"""', '""" {"""', '""""""'],
];

// Lengths of a list: mostly within the bounds of a page, at times more or less.
const LENGTHS = [
  [30, 1],
  [24, 2],
  [10, 3],
  [2, 0],
  [2, -1],
  [1, 51],
  [1, 2147483647],
];

// A value for a scalar; `place` names the argument or input field, and the field or input type around it.
const scalar = (type, place, shop, random) => {
  switch (type.name) {
    case 'Boolean':
      return random.chance(0.5);
    case 'Int':
      if (place.name === 'first') return random.weighted(LENGTHS);
      if (place.name === 'skip') return random.pick([0, 0, 1, 3]);
      return random.pick([1, 2, 3, 5, 20, -1]);
    case 'String':
      return text(place, shop, random);
    case 'ID':
      return id(place, shop, random);
    default:
      return random.pick([0, 1764000000, 4294967296]);
  }
};

const text = (place, shop, random) => {
  if (place.name === 'idempotencyKey') return `key-${random.below(1e9)}`;
  if (place.name === 'after' && random.chance(0.7)) return random.pick(shop.cursors);
  if (place.name === 'country' && random.chance(0.8)) return random.pick(['FR', 'DE', 'SE']);
  return random.pick(['steel', 'kettle', 'wood', 'a', '', 'FR', 'standard', '😀', 'no such words']);
};

// The kind of object that an id must name, by the argument or input field that takes it, or the name around it.
const KINDS = {
  product: 'product',
  productId: 'product',
  category: 'category',
  order: 'order',
  device: 'device',
  notificationId: 'notification',
  notificationIds: 'notification',
  paymentMethodId: 'paymentMethod',
};

const id = (place, shop, random) => {
  if (random.chance(0.12)) return random.pick(['nope', '', 'UHJvZHVjdDo', '42', '😀', 'UHJvZHVjdDpub25l']);
  const known = shop.ids[KINDS[place.name] ?? KINDS[place.within]];
  if (known?.length && random.chance(0.85)) return random.pick(known);
  return random.pick(Object.values(shop.ids).flat());
};

// A value as JSON.
export const json = (type, place, shop, random) => {
  if (isNonNullType(type)) return present(type.ofType, place, shop, random);
  return random.chance(0.08) ? null : present(type, place, shop, random);
};

const present = (type, place, shop, random) => {
  if (isListType(type)) {
    if (random.chance(0.1)) return json(type.ofType, place, shop, random);
    return Array.from({ length: random.between(0, 3) }, () => json(type.ofType, place, shop, random));
  }
  if (type instanceof GraphQLEnumType) return random.pick(type.getValues()).name;
  if (type instanceof GraphQLInputObjectType) {
    const fields = Object.values(type.getFields()).filter((field) => isRequired(field) || random.chance(0.5));
    return Object.fromEntries(fields.map((field) => [field.name, json(field.type, inside(type, field), shop, random)]));
  }
  if (type.name === 'ID' && random.chance(0.03)) return random.pick([0, 7, -12]);
  return scalar(type, place, shop, random);
};

export const isRequired = ({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined;

export const inside = (type, field) => ({ name: field.name, within: type.name });

// A value as a literal. `variable(type, hasDefault, place)` may return a variable to use in its place.
export const literal = (type, place, shop, random, variable) => {
  if (isNonNullType(type)) return given(type.ofType, place, shop, random, variable);
  return random.chance(0.06) ? nullValue : given(type, place, shop, random, variable);
};

const given = (type, place, shop, random, variable) => {
  if (isListType(type)) {
    const item = () => variable(type.ofType, false, place) ?? literal(type.ofType, place, shop, random, variable);
    if (random.chance(0.1)) return literal(type.ofType, place, shop, random, () => null);
    return { kind: Kind.LIST, values: Array.from({ length: random.between(0, 3) }, item) };
  }
  if (type instanceof GraphQLEnumType) return { kind: Kind.ENUM, value: random.pick(type.getValues()).name };
  if (type instanceof GraphQLInputObjectType) return object(type, shop, random, variable);
  return leaf(type, place, shop, random);
};

const object = (type, shop, random, variable) => {
  const fields = Object.values(type.getFields()).filter((field) => isRequired(field) || random.chance(0.5));
  const values = fields.map((field) => {
    const place = inside(type, field);
    const value =
      variable(field.type, field.defaultValue !== undefined, place) ??
      literal(field.type, place, shop, random, variable);
    return { kind: Kind.OBJECT_FIELD, name: name(field.name), value };
  });
  return { kind: Kind.OBJECT, fields: shuffled(values, random) };
};

const leaf = (type, place, shop, random) => {
  if (type.name === 'ID' && random.chance(0.08)) return int(random.pick(NUMBERS_AS_ID));
  if (type.name === 'Int' && random.chance(0.03)) return int('-0');
  if (type.name === 'Float') return raw(Kind.FLOAT, random.pick(['1', '1.5', '1e3', '-0.0E+1', '1E400']));
  if (type.name === 'String' && place.name !== 'idempotencyKey' && random.chance(0.4)) {
    return string(random.pick(SPELLINGS));
  }
  const value = scalar(type, place, shop, random);
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'number') return int(String(value));
  return string(random.chance(0.04) ? spelledOut(value) : JSON.stringify(value));
};

// A string whose first character is escaped.
const spelledOut = (value) => {
  const [first = ' ', ...others] = value;
  return `"\\u{${first.codePointAt(0).toString(16)}}${others.join('')}"`;
};

const shuffled = (list, random) => {
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0]);
};
