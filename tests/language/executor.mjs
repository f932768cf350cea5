// The answer of graphql-js to a document over the data of a BFF. The data is fetched from the BFF by another document,
// too simple to get wrong: no fragments besides one for each possible type, no directives, no variables, every field
// once under an alias of its own.

import {
  GraphQLError,
  Kind,
  astFromValue,
  execute,
  getArgumentValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  parse,
  visit,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';

import { write } from './tokens.mjs';
import { name } from './values.mjs';

// Stands for unknown data, which the BFF dropped because of an error beside it. It never reaches an answer, unless the
// BFF dropped more than it had to: then it is the difference.
const DROPPED = Symbol('dropped');

// The simplest document for an operation, as `{plain, answer}`: `answer` turns the BFF's answer to `plain` into that of
// graphql-js to the operation. `{answer}` alone if graphql-js does not execute at all.
export const prepare = (schema, { text, variables = {}, operationName }) => {
  const document = parse(text);
  const run = (rootValue, fieldResolver, typeResolver) =>
    execute({ schema, document, rootValue, variableValues: variables, operationName, fieldResolver, typeResolver });
  const operation = getOperationAST(document, operationName);
  const coerced = operation && getVariableValues(schema, operation.variableDefinitions ?? [], variables).coerced;
  if (!coerced) return { answer: () => run() };
  const plan = new Plan(schema, document, coerced);
  const root = schema.getRootType(operation.operation);
  const set = plan.set(root, () => collectFields(schema, plan.fragments, coerced, root, operation.selectionSet));
  return {
    plain: `${operation.operation} ${write(selections(set)).join(' ')}`,
    answer: ({ data, errors = [] }) => {
      const placed = errors.filter((error) => error.path);
      if (data === null && placed.length === 0) return { data };
      const source = new Source(data ?? DROPPED, new Map([[root, set]]), [], placed);
      return run(source, resolveField, ({ type }) => type.name);
    },
  };
};

// The aliases under which the simplest document selects the fields of each type.
class Plan {
  #names = 0;

  constructor(schema, document, variables) {
    this.schema = schema;
    this.variables = variables;
    this.fragments = Object.fromEntries(
      document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((it) => [it.name.value, it]),
    );
  }

  // The selections on an object of a type, by response name. Empty if its fields cannot be collected, because a
  // directive gets null: graphql-js reports that itself.
  set(type, collect) {
    const set = new Map();
    let fields;
    try {
      fields = collect();
    } catch {
      return set;
    }
    const leaves = new Map();
    for (const [response, nodes] of fields) {
      const definition = type.getFields()[nodes[0].name.value];
      if (!definition) continue;
      const written = this.arguments(definition, nodes[0]);
      if (!written) continue;
      const below = getNamedType(definition.type);
      const composite = isCompositeType(below);
      const meaning = JSON.stringify([definition.name, written]);
      const alias = (!composite && leaves.get(meaning)) || `c${this.#names++}`;
      if (!composite) leaves.set(meaning, alias);
      set.set(response, { alias, name: definition.name, written, sets: composite ? this.below(below, nodes) : null });
    }
    return set;
  }

  below(type, nodes) {
    const { schema, fragments, variables } = this;
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    return new Map(
      possible.map((it) => [it, this.set(it, () => collectSubfields(schema, fragments, variables, it, nodes))]),
    );
  }

  // The arguments of a field as literals; null if they cannot be coerced, so that the field never runs.
  arguments(definition, node) {
    let values;
    try {
      values = getArgumentValues(definition, node, this.variables);
    } catch {
      return null;
    }
    return definition.args
      .filter((argument) => argument.name in values)
      .map(({ name: own, type }) => ({ kind: Kind.ARGUMENT, name: name(own), value: literalOf(values[own], type) }));
  }
}

// A coerced value as a literal. An id is written as a string, even if it looks like a number.
const literalOf = (value, type) => {
  const literal = astFromValue(value, type);
  if (getNamedType(type).name !== 'ID') return literal;
  return visit(literal, { IntValue: (node) => ({ ...node, kind: Kind.STRING }) });
};

const selections = (set) => {
  const fields = new Map([...set.values()].map((entry) => [entry.alias, entry]));
  const nodes = [...fields.values()].map(({ alias, name: own, written, sets }) => ({
    kind: Kind.FIELD,
    alias: name(alias),
    name: name(own),
    arguments: written,
    selectionSet: sets ? selectionsOf(sets) : undefined,
  }));
  return { kind: Kind.SELECTION_SET, selections: nodes.length > 0 ? nodes : [TYPENAME] };
};

const TYPENAME = { kind: Kind.FIELD, name: name('__typename') };

const selectionsOf = (sets) => {
  if (sets.size === 1) return selections([...sets.values()][0]);
  const nodes = [...sets].map(([type, set]) => ({
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: name(type.name) },
    selectionSet: selections(set),
  }));
  return { kind: Kind.SELECTION_SET, selections: [TYPENAME, ...nodes] };
};

// An object of the answer to the simplest document, and the selections made on it.
class Source {
  constructor(value, sets, path, errors) {
    Object.assign(this, { value, sets, path, errors });
  }

  get type() {
    const types = [...this.sets.keys()];
    if (types.length === 1) return types[0];
    if (this.value !== DROPPED) return types.find(({ name: own }) => own === this.value.__typename);
    const next = this.errors.map(({ path }) => path[this.path.length]);
    return (
      types.find((type) => [...this.sets.get(type).values()].some(({ alias }) => next.includes(alias))) ?? types[0]
    );
  }

  // The value at a step below this object.
  at(step, type, sets, value) {
    const path = [...this.path, step];
    const errors = this.errors.filter((error) => error.path[path.length - 1] === step);
    return new Source(value, sets, path, errors).complete(type);
  }

  complete(type) {
    const own = this.errors.find(({ path }) => path.length === this.path.length);
    if (own) return new GraphQLError(own.message, { extensions: own.extensions });
    // Null with an error further down: graphql-js raises the error there as it executes.
    const value = this.value === null && this.errors.length > 0 ? DROPPED : this.value;
    if (value === null || value === undefined) return null;
    const bare = getNullableType(type);
    if (isListType(bare)) return this.list(bare, value);
    if (this.sets) return Object.assign(this, { value });
    return value === DROPPED ? dropped(bare) : value;
  }

  list(type, value) {
    const items =
      value === DROPPED ? Math.max(0, ...this.errors.map(({ path }) => path[this.path.length] + 1)) : value.length;
    return Array.from({ length: items }, (_, at) =>
      this.at(at, type.ofType, this.sets, value === DROPPED ? DROPPED : value[at]),
    );
  }
}

const dropped = (type) => {
  if (isEnumType(type)) return type.getValues()[0].value;
  return { Int: -1, Float: -1, Boolean: false }[type.name] ?? 'DROPPED';
};

const resolveField = (source, _arguments, _context, { path, parentType, returnType }) => {
  const entry = source.sets.get(parentType).get(path.key);
  const value = source.value === DROPPED ? DROPPED : source.value[entry.alias];
  const result = source.at(entry.alias, returnType, entry.sets, value);
  if (result instanceof Error) throw result;
  return result;
};
