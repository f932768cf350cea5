// Changes to the tree of a document: nodes are removed, repeated, or replaced by others of the same or another kind.

import { Kind, visit } from 'graphql';

import { addConflict } from './conflicts.mjs';
import { LITERALS, someName } from './oddities.mjs';
import { joinRandomly, treeOf, write } from './tokens.mjs';
import { boolean, int, name, nullValue, string } from './values.mjs';

export const changeTree = (text, shop, random) => {
  let tree;
  try {
    tree = treeOf(text);
  } catch {
    return text;
  }
  random.weighted(CHANGES)(tree, shop, random);
  return joinRandomly(write(tree), random, random.pick([0, 0, 0.1]));
};

// All nodes of some kinds, with the lists they are in.
const nodes = (tree, ...kinds) => {
  const found = [];
  const enter = (node, key, parent) => {
    if (kinds.includes(node.kind)) found.push({ node, key, parent });
  };
  visit(tree, { enter });
  return found;
};

// A change to one node of some kinds; rare kinds are chosen as often as the others.
const toOne =
  (kinds, change) =>
  (tree, { schema }, random) => {
    const all = nodes(tree, ...kinds);
    if (all.length === 0) return;
    const kind = random.pick([...new Set(all.map(({ node }) => node.kind))]);
    const found = random.pick(all.filter(({ node }) => node.kind === kind));
    change({ ...found, tree, schema, random });
  };

const { ARGUMENT, DIRECTIVE, FIELD, FRAGMENT_DEFINITION, FRAGMENT_SPREAD, INLINE_FRAGMENT, OBJECT_FIELD } = Kind;
const { OPERATION_DEFINITION, SELECTION_SET, VARIABLE, VARIABLE_DEFINITION } = Kind;
const VALUES = [
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
  VARIABLE,
];
const SELECTIONS = [FIELD, INLINE_FRAGMENT, FRAGMENT_SPREAD];
const DEFINITIONS = [OPERATION_DEFINITION, FRAGMENT_DEFINITION];
const WITH_DIRECTIVES = [...SELECTIONS, ...DEFINITIONS, VARIABLE_DEFINITION];
const LISTED = [ARGUMENT, DIRECTIVE, VARIABLE_DEFINITION, OBJECT_FIELD, ...SELECTIONS, ...DEFINITIONS];

const field = (own, others = {}) => ({ kind: FIELD, name: name(own), ...others });
const set = (...selections) => ({ kind: SELECTION_SET, selections });
const named = (type) => ({ kind: Kind.NAMED_TYPE, name: name(type) });
const argument = (own, value) => ({ kind: ARGUMENT, name: name(own), value });

// Makes a node a copy of another, in its place in the tree.
const become = (node, other) => {
  const copy = structuredClone(other);
  for (const key of Object.keys(node)) delete node[key];
  Object.assign(node, copy);
};

const someValue = ({ tree, random }) => {
  const found = nodes(tree, ...VALUES).map(({ node }) => node);
  const value = random.weighted([
    [found.length > 0 ? 3 : 0, () => random.pick(found)],
    [3, () => int(random.pick(LITERALS))],
    [1, () => nullValue],
    [1, () => boolean(true)],
    [1, () => int('2147483648')],
    [1, () => string('"x"')],
    [1, () => ({ kind: Kind.LIST, values: [] })],
    [1, () => ({ kind: Kind.LIST, values: [{ kind: VARIABLE, name: name('unknown') }, int('1')] })],
    [1, () => ({ kind: Kind.OBJECT, fields: [] })],
  ])();
  return structuredClone(value);
};

const someArgument = (it) => argument(it.random.pick(['first', 'id', 'after', 'skip', 'if', 'x']), someValue(it));

const someDirective = (it) => {
  const { random } = it;
  const own = random.weighted([
    [4, 'skip'],
    [4, 'include'],
    [1, 'deprecated'],
    [1, 'nope'],
    [1, 'specifiedBy'],
    [1, 'oneOf'],
  ]);
  const written = random.weighted([
    [4, () => [argument('if', boolean(random.chance(0.5)))]],
    [2, () => []],
    [1, () => [argument('if', someValue(it))]],
    [1, () => [argument('nope', boolean(true))]],
    [1, () => [argument('if', boolean(true)), argument('if', boolean(false))]],
    [1, () => [argument('if', int('2147483648'))]],
    [1, () => [argument('if', nullValue)]],
  ])();
  return { kind: DIRECTIVE, name: name(own), arguments: written };
};

const someType = ({ schema, random }) => {
  const usual = ['Int', 'String', 'ID', 'Boolean', 'Float', 'Int', 'ID', 'Boolean', 'Nope'];
  const own = named(random.pick([...usual, ...Object.keys(schema.getTypeMap())]));
  const type = random.chance(0.2) ? { kind: Kind.LIST_TYPE, type: own } : own;
  return random.chance(0.4) ? { kind: Kind.NON_NULL_TYPE, type } : type;
};

// A type with the other nullability.
const loosened = (type) => (type.kind === Kind.NON_NULL_TYPE ? type.type : { kind: Kind.NON_NULL_TYPE, type });

// Adds a type condition that may exclude the type around it, through an interface or directly.
const narrow = ({ node, schema, random }) => {
  const composite = Object.values(schema.getTypeMap()).filter(
    (type) => type.getInterfaces && !type.name.startsWith('__'),
  );
  const selected = field(random.pick(['__typename', 'id', 'name']));
  const inner = {
    kind: INLINE_FRAGMENT,
    typeCondition: named(random.pick(composite).name),
    selectionSet: set(selected),
  };
  const around = { kind: INLINE_FRAGMENT, typeCondition: named('Node'), selectionSet: set(inner) };
  node.selections.unshift(schema.getType('Node') && random.chance(0.6) ? around : inner);
};

// Puts a selection into a fragment of some type.
const wrap = (it) => {
  const { node, key, parent, random, schema } = it;
  const own = random.pick([
    null,
    ...Object.keys(schema.getTypeMap()),
    ...(schema.getType('Node') ? ['Node', 'Node'] : []),
  ]);
  const directives = random.chance(0.5) ? [someDirective(it)] : [];
  const typeCondition = own && random.chance(0.5) ? named(own) : undefined;
  parent.splice(key, 1, { kind: INLINE_FRAGMENT, typeCondition, directives, selectionSet: set(node) });
};

const spreadSomewhere = (tree, shop, random) => {
  const fragments = nodes(tree, FRAGMENT_DEFINITION);
  if (fragments.length === 0) return;
  const own = random.pick(fragments).node.name;
  random.pick(nodes(tree, SELECTION_SET)).node.selections.push({ kind: FRAGMENT_SPREAD, name: structuredClone(own) });
};

const ODD_TYPENAMES = [
  () => ({ directives: [{ kind: DIRECTIVE, name: name('nope') }] }),
  () => ({ selectionSet: set(field('x')) }),
  () => ({ arguments: [argument('x', int('1'))] }),
  () => ({ alias: name('id') }),
];

const CHANGES = [
  // Nodes of a list.
  [4, toOne(LISTED, ({ key, parent }) => parent.splice(key, 1))],
  [4, toOne(LISTED, ({ node, key, parent }) => parent.splice(key, 0, structuredClone(node)))],
  [3, toOne(LISTED, ({ key, parent, random }) => parent.splice(key, 1, structuredClone(random.pick(parent))))],
  [2, toOne([OBJECT_FIELD], (it) => it.parent.splice(it.key, 0, { ...it.node, value: someValue(it) }))],
  // Values and types.
  [5, toOne([ARGUMENT, OBJECT_FIELD], (it) => (it.node.value = someValue(it)))],
  [3, toOne(VALUES, (it) => become(it.node, someValue(it)))],
  [3, toOne(VALUES, ({ node }) => become(node, { kind: Kind.LIST, values: [structuredClone(node)] }))],
  [5, toOne([VARIABLE_DEFINITION], (it) => (it.node.type = someType(it)))],
  [5, toOne([VARIABLE_DEFINITION], ({ node }) => (node.type = loosened(node.type)))],
  [2, toOne([VARIABLE_DEFINITION], (it) => (it.node.defaultValue = someValue(it)))],
  [2, toOne([VARIABLE_DEFINITION], ({ node }) => delete node.defaultValue)],
  [2, toOne([VARIABLE], ({ node, tree, random }) => (node.name = random.pick(nodes(tree, VARIABLE)).node.name))],
  // Fields.
  [
    2,
    toOne([FIELD], ({ node, random }) => (node.selectionSet = set(field(random.pick(['id', '__typename', 'nope']))))),
  ],
  [2, toOne([FIELD], ({ node }) => delete node.selectionSet)],
  [3, toOne([FIELD], ({ node, schema, random }) => (node.name = name(someName(schema, random))))],
  [2, toOne([FIELD], ({ node, random }) => (node.alias = name(random.pick(['a', 'b', 'id', 'name', '__typename']))))],
  [2, toOne([FIELD], (it) => (it.node.arguments = [...(it.node.arguments ?? []), someArgument(it)]))],
  [
    2,
    toOne([SELECTION_SET], ({ node, random }) =>
      node.selections.push(field('__typename', random.pick(ODD_TYPENAMES)())),
    ),
  ],
  [1, toOne([SELECTION_SET], ({ node }) => (node.selections = []))],
  [16, addConflict],
  // Directives.
  [6, toOne(WITH_DIRECTIVES, (it) => (it.node.directives = [...(it.node.directives ?? []), someDirective(it)]))],
  [1, toOne([DIRECTIVE], (it) => become(it.node, someDirective(it)))],
  // Fragments and operations.
  [3, toOne([SELECTION_SET], narrow)],
  [2, toOne(SELECTIONS, wrap)],
  [
    2,
    toOne(
      [FRAGMENT_DEFINITION, INLINE_FRAGMENT],
      (it) => (it.node.typeCondition = named(someName(it.schema, it.random))),
    ),
  ],
  [1, toOne([FRAGMENT_SPREAD], ({ node, random }) => (node.name = name(random.pick(['nope', 'F0', 'true0']))))],
  [2, spreadSomewhere],
  [
    1,
    toOne(
      [OPERATION_DEFINITION],
      ({ node, random }) => (node.operation = random.pick(['query', 'mutation', 'subscription'])),
    ),
  ],
  [
    1,
    toOne([OPERATION_DEFINITION], ({ node, tree }) =>
      tree.definitions.push({ ...structuredClone(node), name: undefined }),
    ),
  ],
  [2, toOne([Kind.NAME], ({ node, schema, random }) => (node.value = someName(schema, random)))],
];
