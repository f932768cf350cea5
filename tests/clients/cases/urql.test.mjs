// urql against the BFFs: queries by hash, registered operations, errors beside data.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { afterEach } from 'node:test';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import {
  ADA, KETTLE, failOnWarnings, iot, mobile, newDocument, plain, plainData, recording, registered as strict,
  shippedOperation as byName, told, web,
} from '../shop.mjs';

failOnWarnings(afterEach);

const setUp = ({ url }, options, headers) => {
  const { fetch, sent } = recording(headers);
  const exchanges = [cacheExchange, persistedExchange(options), fetchExchange];
  const client = new Client({ url, fetch, exchanges, preferGetMethod: false });
  const query = async (text, variables) => {
    const { data, error } = await client.query(text, variables).toPromise();
    return { data, error };
  };
  return { client, query, sent };
};

// The id of an operation in the manifest, by its name, as a build step would provide it.
const generateHash = async (_, document) =>
  byName(document.definitions.find((it) => it.kind === 'OperationDefinition').name.value).id;

for (const kind of ['POST', 'GET']) {
  test(`urql: a document is sent as text once, then by its hash: ${kind}`, async () => {
    const text = newDocument('{ product(id: $id) { id name price { current { amount } } } }', '($id: ID!)');
    const variables = { id: KETTLE };
    const options = { preferGetForPersistedQueries: kind === 'GET' && 'force', enforcePersistedQueries: false };
    const first = setUp(web, options);
    const { data, error } = await first.query(text, variables);
    assert.equal(error, undefined);
    assert.deepEqual(data, await plainData(web, { query: first.sent[1].parameters.query, variables }));
    assert.equal(data.product.name, 'Gooseneck Kettle 0.9 l');
    const made = [`${kind} hash PERSISTED_QUERY_NOT_FOUND`, `${kind} hash+text data`];
    assert.deepEqual(first.sent.map(told), made);
    // The hash is that of the text that urql sends.
    const { query, extensions } = first.sent[1].parameters;
    const hash = createHash('sha256').update(query).digest('hex');
    assert.equal(extensions.persistedQuery.sha256Hash, hash);

    const second = setUp(web, options);
    assert.deepEqual((await second.query(text, variables)).data, data);
    assert.deepEqual(second.sent.map(told), [`${kind} hash data`]);
  });
}

test('urql: registered operations go by the ids of the manifest, and never miss', async () => {
  const options = { generateHash, preferGetForPersistedQueries: 'force', enforcePersistedQueries: true };
  const { client, query, sent } = setUp(mobile, options, ADA);
  const operations = [
    ['Categories', {}],
    ['Home', { recommended: 2 }],
    ['Product', { id: KETTLE, reviews: 2 }],
    ['Cart', {}],
  ];
  for (const [name, variables] of operations) {
    const text = byName(name).body;
    const { data, error } = await query(text, variables);
    assert.equal(error, undefined);
    assert.deepEqual(data, await plainData(mobile, { query: text, variables }, ADA), name);
    assert.deepEqual(client.readQuery(text, variables)?.data, data, name);
  }
  assert.deepEqual(sent.map(told), operations.map(() => 'GET hash data'));
  for (const [index, [name]] of operations.entries()) {
    assert.equal(sent[index].parameters.extensions.persistedQuery.sha256Hash, byName(name).id);
  }
});

test('urql: a mutation is sent by POST', async () => {
  const options = { generateHash, preferGetForPersistedQueries: 'force', enableForMutation: true };
  const { client, sent } = setUp(mobile, options, ADA);
  const variables = { key: `urql-${process.pid}-0001`, product: KETTLE };
  const text = byName('CartAdd').body;
  const { data, error } = await client.mutation(text, variables).toPromise();
  assert.equal(error, undefined);
  assert.deepEqual(sent.map(told), ['POST hash data']);
  assert.deepEqual(data.cartAdd.userErrors, []);
  // A second request with the same key changes nothing.
  assert.deepEqual(await plainData(mobile, { query: text, variables }, ADA), data);
});

test('urql: the error of a field stands beside the data of the others', async () => {
  const text = newDocument('{ orders { totalCount } product(id: $id) { name } }', '($id: ID!)');
  const { query, sent } = setUp(web, {});
  const { data, error } = await query(text, { id: KETTLE });
  const sentAs = sent[1].parameters.query;
  assert.deepEqual(data, (await plain(web, { query: sentAs, variables: { id: KETTLE } })).data);
  assert.equal(data.orders, null);
  assert.equal(error.networkError, undefined);
  assert.equal(error.graphQLErrors.length, 1);
  assert.deepEqual(error.graphQLErrors[0].path, ['orders']);
  assert.equal(error.graphQLErrors[0].extensions.code, 'UNAUTHENTICATED');
  assert.equal(sent.length, 2);
});

test('urql: a BFF without automatic persisted queries gets texts from then on', async () => {
  const { query, sent } = setUp(iot, { preferGetForPersistedQueries: false }, iot.headers);
  const text = newDocument('{ inStock(product: $p) }', '($p: ID!)');
  const { data } = await query(text, { p: KETTLE });
  assert.deepEqual(data, await plainData(iot, { query: text, variables: { p: KETTLE } }));
  await query(newDocument('{ inStock(product: $p) }', '($p: ID!)'), { p: KETTLE });
  assert.deepEqual(sent.map(told), ['POST hash PERSISTED_QUERY_NOT_SUPPORTED', 'POST text data', 'POST text data']);
});

test('urql: under the policy registered, its own document is rejected and registered ones run', async () => {
  const options = { generateHash, preferGetForPersistedQueries: 'force', enforcePersistedQueries: true };
  const { query, sent } = setUp(strict, options, ADA);
  const text = byName('Categories').body;
  const { data, error } = await query(text, {});
  assert.equal(error, undefined);
  assert.deepEqual(data, await plainData(mobile, { query: text }, ADA));
  assert.deepEqual(sent.map(told), ['GET hash data']);

  const free = setUp(strict, { preferGetForPersistedQueries: false }, ADA);
  const rejected = await free.query(newDocument('{ categories { name } }'), {});
  assert.equal(rejected.error.graphQLErrors[0].extensions.code, 'PERSISTED_QUERY_NOT_IN_LIST');
  assert.deepEqual(free.sent.map(told), ['POST hash PERSISTED_QUERY_NOT_IN_LIST']);
});
