// Valid documents answered twice over the same data, by a BFF and by graphql-js.

import { prepare } from './executor.mjs';
import { judge } from './oracle.mjs';
import { send } from './server.mjs';

export const isValid = ({ schema }, { text, operationName }) => judge(schema, text, operationName).kind === 'valid';

// Both answers to a valid document, and `what`, their difference; null if there is none. `slow` is set if a service
// took too long, so that there is nothing to compare.
export const answerTwice = async (bff, document) => {
  const { text, variables, operationName } = document;
  const { plain, answer } = prepare(bff.schema, document);
  const data = async () => plain && (await send(bff, { query: plain })).body;
  const before = await data();
  const got = (await send(bff, { query: text, variables, operationName })).body;
  const compared = await compare(got, before, answer, plain);
  if (!compared.what || !plain) return compared;
  // A relative time, such as "5 min ago", may have changed in between.
  const after = await data();
  return JSON.stringify(after) === JSON.stringify(before) ? compared : compare(got, after, answer, plain);
};

const compare = async (got, data, answer, plain) => {
  if (data && !('data' in data)) return { wanted: {}, got: data, plain, what: 'the simplest document is rejected' };
  if (data?.extensions?.degraded ?? got.extensions?.degraded) return { wanted: {}, got, plain, what: null, slow: true };
  const cut = data?.extensions?.omittedErrors > 0;
  // With only some of the errors, graphql-js would not reach equal data. Without any it does; errors are not compared.
  const wanted = await answer(cut ? { data: data.data } : data);
  return { wanted, got, plain, what: difference(wanted, got) ?? (cut ? null : differenceOfErrors(wanted, got)) };
};

const difference = (wanted, got) => {
  const places = (got.errors ?? []).flatMap(({ locations }) => locations ?? []);
  if (places.some(({ line, column }) => line < 1 || column < 1)) return 'a location before the first';
  if (wanted.data === undefined) {
    if ('data' in got) return 'data where the request must fail';
    return got.errors?.length > 0 ? null : 'no errors where the request must fail';
  }
  if (!('data' in got)) return 'no data where the request must run';
  if (JSON.stringify(wanted.data) === JSON.stringify(got.data)) return null;
  return sorted(wanted.data) === sorted(got.data) ? 'another order of keys' : 'other data';
};

// Errors are compared by path and code. For an argument that cannot be coerced, only the BFF has a code.
const differenceOfErrors = ({ data, errors: wanted = [] }, { errors: got = [], extensions }) => {
  if (data === undefined) return null;
  const left = [...wanted];
  const others = [];
  for (const error of got) {
    const at = left.findIndex(({ path }) => JSON.stringify(path) === JSON.stringify(error.path));
    if (at < 0) {
      others.push(error);
      continue;
    }
    const [{ extensions: its }] = left.splice(at, 1);
    if (its?.code && its.code !== error.extensions?.code) return 'another code';
  }
  const omitted = extensions?.omittedErrors ?? 0;
  if (others.length === 0 && left.length === omitted) return null;
  return omitted === 0 && [...others, ...left].every((error) => isOneOfSeveral(error, data, wanted, got))
    ? null
    : 'other errors';
};

// True if both servers report different errors beneath the same null: of several that lead to it, one is enough.
const isOneOfSeveral = ({ path = [] }, data, wanted, got) => {
  const place = dropped(data, path);
  if (!place) return false;
  const isBeneath = (error) => place.every((step, at) => error.path?.[at] === step);
  const [here, there] = [wanted, got].map((errors) => errors.filter(isBeneath).map((it) => JSON.stringify(it.path)));
  return here.length > 0 && there.length > 0 && new Set([...here, ...there]).size > 1;
};

// The path of the object or list that an error has made null; null if the error reached its own field alone.
const dropped = (data, path) => {
  let value = data;
  for (const [at, step] of path.entries()) {
    if (value === null) return path.slice(0, at);
    value = value?.[step];
  }
  return null;
};

const sorted = (data) =>
  JSON.stringify(data, (_, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

const MOST_SHOWN = 400;

// Lines that show both answers.
export const tell = (bff, { wanted, got, plain }) => [
  `graphql-js: ${JSON.stringify(wanted).slice(0, MOST_SHOWN)}`,
  `${bff.name}: ${JSON.stringify(got).slice(0, MOST_SHOWN)}`,
  `over the data of ${plain}`.slice(0, MOST_SHOWN),
];
