// Changes that put two fields under one response name, each of them valid by itself: beside each other or across types,
// beneath directives and through fragments.

import { Kind, TypeInfo, getNamedType, isAbstractType, isCompositeType, visit, visitWithTypeInfo } from 'graphql';

import { boolean, isRequired, literal, name } from './values.mjs';

// Adds a field to one selection set of a tree, under a response name that is taken there or will be.
export const addConflict = (tree, shop, random) => {
  const change = random.weighted([
    [4, otherArguments],
    [3, otherField],
    [3, acrossTypes],
    [2, furtherDown],
  ]);
  const places = selectionSets(tree, shop.schema).filter(({ set, type }) => change.where(set, type));
  if (places.length > 0) change.add({ ...random.pick(places), tree, shop, random });
};

const selectionSets = (tree, schema) => {
  const types = new TypeInfo(schema);
  const sets = [];
  const enter = (set) => {
    const type = types.getParentType();
    if (type) sets.push({ set, type });
  };
  visit(tree, visitWithTypeInfo(types, { SelectionSet: enter }));
  return sets;
};

// Repeats a field of the set with other arguments, some of them left out.
const otherArguments = {
  where: (set, type) => withArguments(set, type).length > 0,
  add(it) {
    const { set, type, shop, random } = it;
    const node = random.pick(withArguments(set, type));
    const definition = type.getFields()[node.name.value];
    const { alias, selectionSet } = structuredClone(node);
    add(it, { ...field(definition, shop, random), alias, selectionSet });
  },
};

const withArguments = ({ selections }, type) =>
  selections.filter((node) => node.kind === Kind.FIELD && type.getFields()[node.name.value]?.args.length > 0);

// Adds another field of the type, under the response name of a field of the set.
const otherField = {
  where: ({ selections }) => selections.some(({ kind }) => kind === Kind.FIELD),
  add(it) {
    const { set, type, shop, random } = it;
    const { alias, name: own } = random.pick(set.selections.filter(({ kind }) => kind === Kind.FIELD));
    const definition = random.pick(Object.values(type.getFields()));
    add(it, { ...field(definition, shop, random), alias: name((alias ?? own).value) });
  },
};

// Adds fields of different types under one response name: if no object has both types, only their shapes must agree.
const acrossTypes = {
  where: (set, type) => isAbstractType(type),
  add({ type, shop, random, set }) {
    const alias = name(random.pick(['x', 'id', 'name']));
    for (let left = 2; left > 0; left -= 1) {
      const about = random.pick([...shop.schema.getPossibleTypes(type), type]);
      const definition = random.pick(Object.values(about.getFields()));
      set.selections.push(inlined(about, [{ ...field(definition, shop, random), alias }], random));
    }
  },
};

// Repeats a field, with another field below it, under a response name that its first selection has as well.
const furtherDown = {
  where: (set, type) => composite(set, type).length > 0,
  add(it) {
    const { set, type, shop, random } = it;
    const node = random.pick(composite(set, type));
    const below = getNamedType(type.getFields()[node.name.value].type);
    const inner = random.pick(node.selectionSet.selections);
    const definition = random.pick(Object.values(below.getFields()));
    const alias = name((inner.alias ?? inner.name ?? { value: 'id' }).value);
    const selections = [{ ...field(definition, shop, random), alias }];
    add(it, { ...structuredClone(node), selectionSet: { kind: Kind.SELECTION_SET, selections } });
  },
};

const composite = ({ selections }, type) =>
  selections.filter(
    ({ name: own, selectionSet }) =>
      selectionSet?.selections.length > 0 && isCompositeType(getNamedType(type.getFields()[own?.value]?.type)),
  );

// A field with random arguments and, if it is composite, one leaf below it.
const field = (definition, shop, random) => ({
  kind: Kind.FIELD,
  name: name(definition.name),
  arguments: definition.args
    .filter((argument) => isRequired(argument) || random.chance(0.5))
    .map((argument) => {
      const place = { name: argument.name, within: definition.name };
      const value = literal(argument.type, place, shop, random, () => null);
      return { kind: Kind.ARGUMENT, name: name(argument.name), value };
    }),
  directives: [],
  selectionSet: isCompositeType(getNamedType(definition.type))
    ? { kind: Kind.SELECTION_SET, selections: [leafOf(getNamedType(definition.type), random)] }
    : undefined,
});

const leafOf = (type, random) => {
  const leaves = Object.values(type.getFields()).filter((it) => !isCompositeType(getNamedType(it.type)));
  const own = random.pick([...leaves.map((it) => it.name), '__typename']);
  return { kind: Kind.FIELD, name: name(own) };
};

// Adds a field somewhere in the set, directly or in a fragment, where it is part of the set as well.
const add = ({ set, tree, type, random }, node) => {
  if (random.chance(0.25)) node.directives = [directive(random)];
  const added = random.weighted([
    [2, () => node],
    [3, () => inlined(random.chance(0.5) ? type : null, [node], random)],
    [2, () => named(tree, type, [node], random)],
  ])();
  set.selections.splice(random.below(set.selections.length + 1), 0, added);
};

const condition = (type) => ({ kind: Kind.NAMED_TYPE, name: name(type.name) });

const inlined = (type, selections, random) => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: type ? condition(type) : undefined,
  directives: random.chance(0.6) ? [directive(random)] : [],
  selectionSet: { kind: Kind.SELECTION_SET, selections },
});

const named = (tree, type, selections, random) => {
  const about = random.pick([type, ...(type.getInterfaces?.() ?? [])]);
  const fragment = {
    kind: Kind.FRAGMENT_DEFINITION,
    name: name(`Also${tree.definitions.length}`),
    typeCondition: condition(type),
    directives: [],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  tree.definitions.push(fragment);
  const spread = {
    kind: Kind.FRAGMENT_SPREAD,
    name: fragment.name,
    directives: random.chance(0.5) ? [directive(random)] : [],
  };
  return about === type ? spread : inlined(about, [spread], random);
};

const directive = (random) => ({
  kind: Kind.DIRECTIVE,
  name: name(random.pick(['include', 'skip'])),
  arguments: [{ kind: Kind.ARGUMENT, name: name('if'), value: boolean(random.chance(0.5)) }],
});
