// Random documents over a schema, with variables. They are meant to be valid; the oracle decides.

import {
  GraphQLNonNull,
  Kind,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  specifiedScalarTypes,
} from 'graphql';

import { joinRandomly, write } from './tokens.mjs';
import { boolean, isRequired, literal, name, string } from './values.mjs';
import { Variables, description } from './variables.mjs';

const BOOLEAN = specifiedScalarTypes.find(({ name }) => name === 'Boolean');
const ALIASES = ['a', 'b', 'c', 'id', 'name', 'node', 'on', 'type', 'true', '_x', 'nodes', 'total'];

// A document: `{text, variables, operationName}`.
export const generate = (shop, random, { mutations = true, introspection = true } = {}) =>
  new Generator(shop, random, { mutations, introspection }).document();

class Generator {
  // Named fragments that are complete, so that spreading them makes no cycle.
  #fragments = [];
  // The meaning of each response name in the whole document, so that no two selections conflict.
  #responses = new Map();
  // Fields that were selected, by their parent type, to be selected again.
  #selected = new Map();
  // Number of selections that may still be made.
  #left;

  constructor(shop, random, options) {
    this.shop = shop;
    this.schema = shop.schema;
    this.random = random;
    this.options = options;
    this.variables = new Variables(shop, random);
    this.#left = random.weighted([
      [3, 8],
      [4, 20],
      [2, 50],
    ]);
  }

  document() {
    const { random } = this;
    const many = random.weighted([
      [10, 1],
      [2, 2],
      [1, 3],
    ]);
    const operations = Array.from({ length: many }, (_, at) => this.operation(many > 1 ? `Op${at}` : null));
    for (const operation of operations) {
      operation.variableDefinitions = this.variables.definitions(this.used(operation));
    }
    const run = random.pick(operations);
    const definitions = [...operations];
    for (const fragment of this.#fragments) definitions.splice(random.below(definitions.length + 1), 0, fragment);
    const odd = random.weighted([
      [5, 0],
      [3, 0.1],
      [1, 0.5],
    ]);
    const text = joinRandomly(write({ kind: Kind.DOCUMENT, definitions }), random, odd);
    return { text, variables: this.variables.values(this.used(run)), operationName: run.name?.value };
  }

  operation(given) {
    const { random, schema } = this;
    const changes = this.options.mutations && schema.getMutationType() && random.chance(0.15);
    const root = changes ? schema.getMutationType() : schema.getQueryType();
    const named = given ?? (random.chance(0.4) ? random.pick(['Q', 'query', 'on', 'fragment', 'null']) : null);
    const selectionSet = this.set(root, changes ? 2 : random.between(2, 5));
    const described = description(random);
    return {
      kind: Kind.OPERATION_DEFINITION,
      operation: changes ? 'mutation' : 'query',
      short: !named && !described && random.chance(0.8),
      description: described,
      name: named ? name(named) : undefined,
      directives: [],
      selectionSet,
    };
  }

  set(type, depth) {
    const { random } = this;
    const many = random.weighted([
      [3, 1],
      [4, 2],
      [3, 3],
      [1, 5],
    ]);
    const selections = [];
    for (let at = 0; at < many && (at === 0 || this.#left > 0); at += 1) {
      this.#left -= 1;
      selections.push(this.selection(type, depth));
    }
    return { kind: Kind.SELECTION_SET, selections };
  }

  selection(type, depth) {
    const { random } = this;
    const wraps = depth > 0 && this.#left > 0;
    // An object of several possible types has more that can go wrong.
    const weight = isAbstractType(type) ? 4 : type.getInterfaces().length > 0 ? 2 : 1;
    const choice = random.weighted([
      [12, 'field'],
      [this.#selected.has(type) ? 4 : 0, 'again'],
      [2, 'typename'],
      [wraps ? 4 * weight : 0, 'inline'],
      [wraps ? 3 * weight : 0, 'spread'],
      [this.options.introspection && type === this.schema.getQueryType() ? 0.7 : 0, 'introspection'],
    ]);
    if (choice === 'typename') return this.typename();
    if (choice === 'again') return this.again(type, depth);
    if (choice === 'inline') return this.inline(type, depth - 1);
    if (choice === 'spread') return this.spread(type, depth - 1);
    if (choice === 'introspection') return this.introspection();
    return this.field(type, depth) ?? this.typename();
  }

  typename() {
    const alias = this.random.chance(0.3) ? this.alias('__typename', 'String!') : undefined;
    return { kind: Kind.FIELD, alias, name: name('__typename'), directives: this.directives() };
  }

  // A field under a response name of its own; null if all fields are composite and none may be nested deeper.
  field(type, depth) {
    const { random } = this;
    const composite = (field) => isCompositeType(getNamedType(field.type));
    const deep = depth > 0 && this.#left > 0;
    const fields = Object.values(type.getFields()).filter((field) => deep || !composite(field));
    if (fields.length === 0) return null;
    const wanted = fields.filter(composite);
    const field = random.pick(wanted.length > 0 && random.chance(0.5) ? wanted : fields);
    const written = this.arguments(field);
    const meaning = [field.name, ...write({ kind: Kind.FIELD, name: name(''), arguments: written })].join(' ');
    const free = (this.#responses.get(field.name) ?? `${meaning} ${field.type}`) === `${meaning} ${field.type}`;
    const alias = !free || random.chance(0.15) ? this.alias(meaning, field.type) : undefined;
    if (!alias) this.#responses.set(field.name, `${meaning} ${field.type}`);
    const head = { alias, field, arguments: written };
    this.#selected.set(type, [...(this.#selected.get(type) ?? []), head]);
    return this.select(head, depth);
  }

  // A field that was selected on this type before, with the same arguments under the same name.
  again(type, depth) {
    const heads = this.#selected.get(type).filter(({ field }) => depth > 0 || isLeafType(getNamedType(field.type)));
    return heads.length > 0 ? this.select(this.random.pick(heads), depth, 0.5) : this.typename();
  }

  select({ alias, field, arguments: written }, depth, often) {
    const below = getNamedType(field.type);
    const directives = this.directives(often);
    const selectionSet = isCompositeType(below) ? this.set(below, depth - 1) : undefined;
    return { kind: Kind.FIELD, alias, name: name(field.name), arguments: written, directives, selectionSet };
  }

  // Takes a response name for the meaning of a field.
  alias(meaning, type) {
    const whole = `${meaning} ${type}`;
    const taken = (alias) => (this.#responses.get(alias) ?? whole) !== whole;
    const own = Array.from(this.#responses.keys()).filter((alias) => this.#responses.get(alias) === whole);
    const free = [...own, ...ALIASES].filter((alias) => !taken(alias));
    const alias = free.length > 0 ? this.random.pick(free) : `x${this.#responses.size}`;
    this.#responses.set(alias, whole);
    return name(alias);
  }

  arguments(field) {
    const { random, shop } = this;
    const written = field.args
      .filter((argument) => isRequired(argument) || random.chance(0.5))
      .map((argument) => {
        const place = { name: argument.name, within: field.name };
        const variable = (...of) => (random.chance(0.3) ? this.variables.variable(...of) : null);
        const value =
          variable(argument.type, argument.defaultValue !== undefined, place) ??
          literal(argument.type, place, shop, random, variable);
        return { kind: Kind.ARGUMENT, name: name(argument.name), value };
      });
    return random.chance(0.5) ? written : written.reverse();
  }

  directives(often = 0.14) {
    const { random } = this;
    if (!random.chance(often)) return [];
    const names = random.weighted([
      [5, ['include']],
      [4, ['skip']],
      [1, ['skip', 'include']],
      [1, ['include', 'skip']],
    ]);
    return names.map((it) => {
      const value = random.chance(0.6)
        ? this.variables.variable(new GraphQLNonNull(BOOLEAN), false, { name: 'if', within: it })
        : boolean(random.chance(0.7));
      return { kind: Kind.DIRECTIVE, name: name(it), arguments: [{ kind: Kind.ARGUMENT, name: name('if'), value }] };
    });
  }

  // The possible type conditions of a fragment in a selection on a type.
  conditions(type) {
    const { schema } = this;
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    const interfaces = possible.flatMap((it) => it.getInterfaces());
    return [...new Set([type, ...possible, ...interfaces])];
  }

  inline(type, depth) {
    const about = this.random.chance(0.3) ? null : this.random.pick(this.conditions(type));
    const typeCondition = about ? { kind: Kind.NAMED_TYPE, name: name(about.name) } : undefined;
    const directives = this.directives();
    return { kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet: this.set(about ?? type, depth) };
  }

  spread(type, depth) {
    const { random } = this;
    const conditions = this.conditions(type);
    const known = this.#fragments.filter(({ about, depth: own }) => conditions.includes(about) && own <= depth);
    const fragment = known.length > 0 && random.chance(0.6) ? random.pick(known) : this.fragment(conditions, depth);
    return { kind: Kind.FRAGMENT_SPREAD, name: fragment.name, directives: this.directives() };
  }

  fragment(conditions, depth) {
    const { random } = this;
    const about = random.pick(conditions);
    const selectionSet = this.set(about, depth);
    const fragment = {
      kind: Kind.FRAGMENT_DEFINITION,
      about,
      depth,
      description: description(random),
      name: name(`${random.pick(['F', 'onF', 'fragment', 'query', 'true'])}${this.#fragments.length}`),
      typeCondition: { kind: Kind.NAMED_TYPE, name: name(about.name) },
      directives: [],
      selectionSet,
    };
    this.#fragments.push(fragment);
    return fragment;
  }

  introspection() {
    const { random, schema } = this;
    if (random.chance(0.3)) return this.select({ field: INTROSPECTION.schema(schema), arguments: [] }, 2);
    const of = random.pick([...Object.keys(schema.getTypeMap()), 'Nope']);
    const value = string(JSON.stringify(of));
    const written = [{ kind: Kind.ARGUMENT, name: name('name'), value }];
    const field = INTROSPECTION.type(schema);
    return this.select({ alias: this.alias(`__type ${of}`, field.type), field, arguments: written }, 2);
  }

  // The names of the variables that an operation uses, through its fragments as well.
  used(operation) {
    const names = new Set();
    const spread = new Set();
    const look = (node) => {
      if (Array.isArray(node)) node.forEach(look);
      else if (node?.kind === Kind.VARIABLE) names.add(node.name.value);
      else if (node?.kind === Kind.FRAGMENT_SPREAD) {
        look(node.directives);
        if (spread.has(node.name.value)) return;
        spread.add(node.name.value);
        look(this.#fragments.find((fragment) => fragment.name === node.name).selectionSet);
      } else if (node?.kind) Object.values(node).forEach(look);
    };
    look(operation.selectionSet);
    return names;
  }
}

// The introspection fields that every schema has, as far as they matter here.
const INTROSPECTION = {
  schema: (schema) => ({ name: '__schema', type: new GraphQLNonNull(schema.getType('__Schema')), args: [] }),
  type: (schema) => ({ name: '__type', type: schema.getType('__Type'), args: [] }),
};
