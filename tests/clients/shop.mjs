// The three BFFs of the shop that `run.sh` has opened, and their registered operations.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

import { browser, device, user } from '../credentials.mjs';

const url = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start this by run.sh`);
  return value;
};

// A customer at the phone app, and in a browser.
export const ADA = await user('user-ada-lindqvist');
export const ADA_IN_A_BROWSER = await browser('user-ada-lindqvist');

// The BFFs, each with the headers that sign in.
export const bffs = [
  { name: 'mobile', url: url('MOBILE_URL'), headers: ADA },
  { name: 'web', url: url('WEB_URL'), headers: ADA_IN_A_BROWSER },
  { name: 'iot', url: url('IOT_URL'), headers: await device() },
];

export const [mobile, web, iot] = bffs;

// The phone app's BFF with its policy outside development: registered operations alone.
export const registered = { name: 'registered', url: url('REGISTERED_URL'), headers: ADA };

// The global id of a product.
export const productId = (slug) => Buffer.from(`Product:${slug}`).toString('base64url');

export const KETTLE = productId('kettle-gooseneck-09');

// A manifest of a client, by its path below schema/.
export const manifest = (path) => JSON.parse(readFileSync(new URL(`../../schema/${path}`, import.meta.url)));

const newest = (client) =>
  readdirSync(new URL(`../../schema/${client}/manifests`, import.meta.url))
    .sort(new Intl.Collator('en', { numeric: true }).compare)
    .at(-1);

// The last release of the phone app: its manifest, and an operation of it.
export const shipped = manifest(`mobile/manifests/${newest('mobile')}`);
export const shippedOperation = (name) => {
  const found = shipped.operations.find((it) => it.name === name);
  assert.ok(found, `${name} is not registered`);
  return found;
};

// Variables to run an operation with.
export const exampleOf = (client, name) => manifest(`${client}/examples.json`)[name].variables;

// Fails every test of a file during which a client logs a warning or an error.
export const failOnWarnings = (afterEach) => {
  const warned = [];
  console.warn = console.error = (...words) => warned.push(words.join(' '));
  afterEach(() => assert.deepEqual(warned.splice(0), []));
};

// `fetch` with the headers of a principal besides its own.
export const fetchAs = (headers) => (input, init = {}) => {
  const all = new Headers(init.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return fetch(input, { ...init, headers: all });
};

// `fetch` that records requests and answers: `sent` is a list of `{method, parameters, status, answer}`.
export const recording = (headers = {}) => {
  const sent = [];
  const send = fetchAs(headers);
  const recorded = async (input, init = {}) => {
    const one = { method: init.method ?? 'GET', parameters: parameters(input, init) };
    sent.push(one);
    const response = await send(input, init);
    one.status = response.status;
    one.answer = await response.clone().json();
    return response;
  };
  return { fetch: recorded, sent };
};

const parameters = (input, init) => {
  if (init.body) return JSON.parse(init.body);
  const json = (text) => (text ? JSON.parse(text) : undefined);
  const { variables, extensions, ...others } = Object.fromEntries(new URL(input).searchParams);
  return { ...others, variables: json(variables), extensions: json(extensions) };
};

// The answer of a BFF to a plain request, without any client library.
export const plain = async ({ url }, parameters, headers = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(parameters),
  });
  return response.json();
};

// The data of a plain request that must not fail.
export const plainData = async (bff, parameters, headers) => {
  const { data, errors } = await plain(bff, parameters, headers);
  assert.equal(errors, undefined);
  return data;
};

// A recorded request in words: method, way to name the operation, outcome: `GET hash PERSISTED_QUERY_NOT_FOUND`.
export const told = ({ method, parameters, answer }) => {
  const hash = parameters.extensions?.persistedQuery?.sha256Hash;
  const named = [hash && 'hash', parameters.query && 'text'].filter(Boolean).join('+');
  const code = answer.errors?.[0]?.extensions?.code;
  return [method, named, code ?? 'data'].join(' ');
};

let many = 0;

// A document that nobody has sent to this shop before.
export const newDocument = (selection, variables = '') => {
  many += 1;
  return `query New${process.pid}x${many}${variables} ${selection}`;
};
