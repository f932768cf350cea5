// The variables of a random document: declared when a value needs one, and given values at the end.

import { GraphQLNonNull, Kind, isNonNullType } from 'graphql';

import { json, literal, name, string } from './values.mjs';

const DESCRIPTIONS = ['"says why"', '"""\n  says why\n"""', '""', '"\\u{1F600}"'];

// A description, at times.
export const description = (random) => (random.chance(0.04) ? string(random.pick(DESCRIPTIONS)) : undefined);

export class Variables {
  #all = [];

  constructor(shop, random) {
    Object.assign(this, { shop, random });
  }

  // A variable for a value of a type; `hasDefault` is true if the argument or input field has a default.
  variable(type, hasDefault, place) {
    const { random } = this;
    const fits = ({ type: own, default: fallback }) =>
      String(own) === String(type) ||
      String(own) === `${type}!` ||
      (String(type) === `${own}!` && (hasDefault || (fallback && fallback.kind !== Kind.NULL)));
    const known = this.#all.filter(fits);
    const it = known.length > 0 && random.chance(0.4) ? random.pick(known) : this.#declare(type, hasDefault, place);
    return { kind: Kind.VARIABLE, name: name(it.name) };
  }

  #declare(type, hasDefault, place) {
    const { random, shop } = this;
    const nullable = isNonNullType(type) ? type.ofType : type;
    const other = isNonNullType(type) ? nullable : new GraphQLNonNull(type);
    const own = random.chance(0.5) ? type : other;
    const needed = isNonNullType(type) && !isNonNullType(own) && !hasDefault;
    const often = isNonNullType(own) ? 0.1 : 0.4;
    const fallback = () => literal(needed ? new GraphQLNonNull(nullable) : own, place, shop, random, () => null);
    const variable = {
      name: `${random.pick(['v', 'id', 'on', 'if', 'first'])}${this.#all.length}`,
      type: own,
      default: needed || random.chance(often) ? fallback() : undefined,
      place,
    };
    this.#all.push(variable);
    return variable;
  }

  // The definitions of the variables of these names.
  definitions(names) {
    const nodes = this.#named(names).map((variable) => ({
      kind: Kind.VARIABLE_DEFINITION,
      description: description(this.random),
      variable: { kind: Kind.VARIABLE, name: name(variable.name) },
      type: typeNode(variable.type),
      defaultValue: variable.default,
      directives: [],
    }));
    return this.random.chance(0.5) ? nodes : nodes.reverse();
  }

  // Values for variables of these names. Some cannot be coerced, and some are for no variable.
  values(names) {
    const { random, shop } = this;
    const values = {};
    for (const { name: own, type, place, default: fallback } of this.#named(names)) {
      const required = isNonNullType(type) && !fallback;
      if (!required && random.chance(0.3)) continue;
      values[own] = random.chance(0.03) ? random.pick(UNFIT) : json(type, place, shop, random);
    }
    if (random.chance(0.02)) values.unknown = 1;
    return values;
  }

  #named(names) {
    return this.#all.filter((variable) => names.has(variable.name));
  }
}

const UNFIT = [null, {}, [], 'x', 1.5, 2 ** 31, true];

const typeNode = (type) => {
  if (isNonNullType(type)) return { kind: Kind.NON_NULL_TYPE, type: typeNode(type.ofType) };
  if (type.ofType) return { kind: Kind.LIST_TYPE, type: typeNode(type.ofType) };
  return { kind: Kind.NAMED_TYPE, name: name(type.name) };
};
