// Apollo Client against the BFFs: queries by hash, registered operations, errors beside data.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { afterEach } from 'node:test';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';
import {
  ADA, KETTLE, exampleOf, failOnWarnings, iot, mobile, newDocument, plain, plainData, productId, recording, registered,
  shipped, shippedOperation, told, web,
} from '../shop.mjs';

failOnWarnings(afterEach);

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

const setUp = ({ url }, options, headers, cache = new InMemoryCache()) => {
  const { fetch, sent } = recording(headers);
  const links = [new PersistedQueryLink({ sha256, ...options }), new HttpLink({ uri: url, fetch })];
  const client = new ApolloClient({ cache, link: ApolloLink.from(links) });
  const query = (text, variables, more) => client.query({ query: gql(text), variables, ...more });
  return { client, query, sent };
};

const byName = (name) => shippedOperation(name).body;

// Options to send the ids of the manifest, as a released app does.
const byId = () => ({
  ...generatePersistedQueryIdsFromManifest({ loadManifest: async () => shipped }),
  sha256: undefined,
  useGETForHashedQueries: true,
});

for (const [kind, useGETForHashedQueries] of [['POST', false], ['GET', true]]) {
  test(`Apollo Client: a document is sent as text once, then by its hash: ${kind}`, async () => {
    const text = newDocument('{ product(id: $id) { id name price { current { amount } } } }', '($id: ID!)');
    const variables = { id: KETTLE };
    const first = setUp(web, { useGETForHashedQueries });
    const { data } = await first.query(text, variables);
    const expected = await plainData(web, { query: first.sent[1].parameters.query, variables });
    assert.deepEqual(data, expected);
    assert.equal(data.product.name, 'Gooseneck Kettle 0.9 l');
    // A text is long: it goes by POST either way.
    const made = [`${kind} hash PERSISTED_QUERY_NOT_FOUND`, 'POST hash+text data'];
    assert.deepEqual(first.sent.map(told), made);
    assert.equal(first.sent[0].status, 200);

    const second = setUp(web, { useGETForHashedQueries });
    const again = await second.query(text, variables);
    assert.deepEqual(again.data, expected);
    assert.deepEqual(second.sent.map(told), [`${kind} hash data`]);
  });
}

test('Apollo Client: registered operations go by the ids of the manifest, and never miss', async () => {
  const { query, sent } = setUp(mobile, byId(), ADA);
  const operations = [
    ['Categories', {}],
    ['Home', { recommended: 2 }],
    ['Product', { id: KETTLE, reviews: 2 }],
    ['Cart', {}],
  ];
  for (const [name, variables] of operations) {
    const text = byName(name);
    const { data } = await query(text, variables);
    assert.deepEqual(data, await plainData(mobile, { query: text, variables }, ADA), name);
  }
  assert.deepEqual(sent.map(told), operations.map(() => 'GET hash data'));
  for (const [index, [name]] of operations.entries()) {
    const { id } = shippedOperation(name);
    assert.equal(sent[index].parameters.extensions.persistedQuery.sha256Hash, id);
  }
});

for (const { name, body } of shipped.operations.filter((it) => it.type === 'query')) {
  test(`Apollo Client: its default cache returns the answer to ${name}`, async () => {
    const { client, query } = setUp(mobile, byId(), ADA);
    const variables = exampleOf('mobile', name);
    const { data } = await query(body, variables);
    assert.deepEqual(data, await plainData(mobile, { query: body, variables }, ADA));
    assert.deepEqual(client.readQuery({ query: gql(body), variables }), data);
    // Each object with an id is in the cache, under that id.
    const ids = [...JSON.stringify(data).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
    const kept = new Set(Object.keys(client.cache.extract()).map((key) => key.split(':')[1]));
    assert.deepEqual(ids.filter((id) => !kept.has(id)), []);
  });
}

test('Apollo Client: one cache holds every operation, with a single home screen', async () => {
  // As docs/operations.md says: the home screen has no id, nor has a price, which belongs to its product.
  const typePolicies = { Home: { keyFields: [] }, Price: { merge: true } };
  const { client, query } = setUp(mobile, byId(), ADA, new InMemoryCache({ typePolicies }));
  const answers = [];
  for (const { name, body } of shipped.operations.filter((it) => it.type === 'query')) {
    const variables = exampleOf('mobile', name);
    answers.push([name, { query: gql(body), variables }, (await query(body, variables)).data]);
  }
  for (const [name, read, data] of answers) assert.deepEqual(client.readQuery(read), data, name);

  const variables = { key: `apollo-${process.pid}-0002`, product: KETTLE };
  const { data } = await client.mutate({ mutation: gql(byName('CartAdd')), variables });
  // The changed cart is the one that the other screens show.
  const { cart } = answers.find(([name]) => name === 'Cart')[2];
  assert.equal(data.cartAdd.cart.id, cart.id);
  assert.equal(data.cartAdd.cart.count, cart.count + 1);
  const id = client.cache.identify({ __typename: 'Cart', id: cart.id });
  const kept = client.readFragment({ id, fragment: gql`fragment Kept on Cart { count total }` });
  assert.equal(kept.count, data.cartAdd.cart.count);
  assert.equal(kept.total, data.cartAdd.cart.total);
});

test('Apollo Client: its hash of a shipped operation is the registered one', async () => {
  const { query, sent } = setUp(registered, {}, ADA);
  const { data } = await query(byName('Home'), { recommended: 2 });
  assert.equal(data.home.recommended.length, 2);
  assert.deepEqual(sent.map(told), ['POST hash data']);
});

test('Apollo Client: a mutation is sent by POST', async () => {
  const { client, sent } = setUp(mobile, byId(), ADA);
  const variables = { key: `apollo-${process.pid}-0001`, product: KETTLE };
  const mutation = gql(byName('CartAdd'));
  const { data } = await client.mutate({ mutation, variables });
  assert.deepEqual(sent.map(told), ['POST hash data']);
  assert.deepEqual(data.cartAdd.userErrors, []);
  // A second request with the same key changes nothing.
  const again = await plainData(mobile, { query: byName('CartAdd'), variables }, ADA);
  assert.deepEqual(again, data);
});

test('Apollo Client: the error of a field stands beside the data of the others', async () => {
  const text = newDocument('{ orders { totalCount } product(id: $id) { name } }', '($id: ID!)');
  const { query, sent } = setUp(web, {});
  const { data, error } = await query(text, { id: KETTLE }, { errorPolicy: 'all' });
  const expected = await plain(web, { query: sent[1].parameters.query, variables: { id: KETTLE } });
  assert.deepEqual(data, expected.data);
  assert.equal(data.orders, null);
  assert.equal(error.errors.length, 1);
  assert.deepEqual(error.errors[0].path, ['orders']);
  assert.equal(error.errors[0].extensions.code, 'UNAUTHENTICATED');
  // The client does not take the error for an unknown document, and does not send it a third time.
  assert.deepEqual(sent.map(told).slice(1), ['POST hash+text UNAUTHENTICATED']);
});

test('Apollo Client: a BFF without automatic persisted queries gets texts from then on', async () => {
  const { query, sent } = setUp(iot, {}, iot.headers);
  const text = newDocument('{ inStock(product: $p) }', '($p: ID!)');
  const { data } = await query(text, { p: KETTLE });
  assert.deepEqual(data, await plainData(iot, { query: text, variables: { p: KETTLE } }));
  // Another product, because the cache has the first.
  await query(newDocument('{ inStock(product: $p) }', '($p: ID!)'), { p: productId('moka-pot-6') });
  assert.deepEqual(sent.map(told), ['POST hash PERSISTED_QUERY_NOT_SUPPORTED', 'POST text data', 'POST text data']);
});

test('Apollo Client: under the policy registered, its own document is rejected and registered ones run', async () => {
  const { query, sent } = setUp(registered, byId(), ADA);
  const { data } = await query(byName('Categories'), {});
  assert.deepEqual(data, await plainData(mobile, { query: byName('Categories') }, ADA));
  assert.deepEqual(sent.map(told), ['GET hash data']);

  const free = setUp(registered, {}, ADA);
  await assert.rejects(free.query(newDocument('{ categories { name } }')), (error) => {
    assert.equal(error.errors[0].extensions.code, 'PERSISTED_QUERY_NOT_IN_LIST');
    return true;
  });
  // Apollo does not send the text of a document that is not in the list.
  assert.deepEqual(free.sent.map(told), ['POST hash PERSISTED_QUERY_NOT_IN_LIST']);
});
