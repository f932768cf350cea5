// A BFF's verdict on a document, compared with that of graphql-js.

import { judge as expected } from './oracle.mjs';
import { judge as given } from './server.mjs';

const MOST_ERRORS = 10;
const MOST_LENGTH = 200;

// Both verdicts on a document, and `what`, their difference; null if there is none.
export const judgeTwice = async (bff, { text, variables, operationName }) => {
  const wanted = expected(bff.schema, text, operationName);
  const got = await given(bff, { query: text, variables, operationName });
  return { wanted, got, what: difference(wanted, got) };
};

const difference = (wanted, got) => {
  // Such a request fails whatever the document, and each server has a code of its own for it.
  if (wanted.kind === 'unnamed')
    return got.errors.length > 0 && !('data' in got.body) ? null : 'valid instead of unnamed';
  if (got.kind !== wanted.kind) return `${got.kind} instead of ${wanted.kind}`;
  if (wanted.kind === 'valid') return null;
  return badly(got.errors) ?? (wanted.kind === 'syntax' ? ofSyntax : ofValidation)(wanted.errors, got.errors);
};

// A defect that no list of errors may have, whatever the document; null if there is none.
const badly = (errors) => {
  if (errors.length > MOST_ERRORS) return `more than ${MOST_ERRORS} errors`;
  for (const { message, locations = [] } of errors) {
    if (message.includes('\n')) return 'a message of several lines';
    if (Array.from(message).length > MOST_LENGTH) return `a message of more than ${MOST_LENGTH} characters`;
    if (locations.length === 0) return 'an error without a location';
    if (locations.some(({ line, column }) => line < 1 || column < 1)) return 'a location before the first';
  }
  return null;
};

const ofSyntax = ([wanted], errors) => {
  if (errors.length > 1) return 'more than one syntax error';
  if (!errors[0].message.startsWith('Syntax Error: ')) return 'a syntax error that does not say so';
  return at(errors[0].locations[0]) === at(wanted.locations[0]) ? null : 'another location of the syntax error';
};

// Each server reports errors of its own choice, but the first location must agree. Of several fields that conflict,
// each server picks pairs of its own, and stops at others: both must only report some conflict.
const ofValidation = (wanted, errors) => {
  const cut = [wanted, errors].some((list) => list.length >= MOST_ERRORS);
  const [clash, clashHere] = [wanted, errors].map((list) => list.some(isConflict));
  // If an argument is given twice, its order decides if the fields conflict besides.
  const twice = wanted.some(({ message }) => message.startsWith('There can be only one argument'));
  if (!cut && !twice && clash !== clashHere) return clash ? 'no conflict reported' : 'a conflict that is none';
  const places = (list) => list.filter((error) => !isConflict(error)).flatMap(({ locations }) => locations);
  const [there, here] = [wanted, errors].map(places);
  if (!cut) return firstOf(there) === firstOf(here) ? null : 'another first location';
  const known = new Set(there.map(at));
  return here.every((place) => known.has(at(place))) ? null : 'a location that graphql-js has not';
};

const isConflict = ({ message }) => /^(Fields|Two fields are named) "/.test(message);

const firstOf = (places) => (places.length > 0 ? at(first(places)) : 'nowhere');

const first = (places) => places.reduce((a, b) => ((a.line - b.line || a.column - b.column) <= 0 ? a : b));

// A location in the form `line:column`.
export const at = ({ line, column }) => `${line}:${column}`;

// A verdict in a few words, without names: the message of the error that is first by location.
export const gist = ({ errors }) => {
  const placed = errors.filter(({ locations }) => locations?.length > 0);
  const place = placed.length > 0 ? first(placed.map(({ locations }) => first(locations))) : null;
  const error = placed.find(({ locations }) => at(first(locations)) === at(place)) ?? errors[0];
  return (error?.message ?? '')
    .split('\n')
    .at(-1)
    .replace(/ Did you mean.*/, '')
    .replace(/"[^"]*"|`[^`]*`/g, '_')
    .replace(/[\d.]+/g, '0')
    .slice(0, 100);
};

// A verdict as a line to show.
export const say = ({ kind, errors }) => {
  const told = errors
    .slice(0, 2)
    .map(({ message, locations }) => `${JSON.stringify(message)} at ${(locations ?? []).map(at)}`);
  return [kind, ...told].join(', ');
};
