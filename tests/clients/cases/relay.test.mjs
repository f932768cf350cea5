// Relay against the web BFF: persisted operations by id, read through Relay's store, and lists page by page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { afterEach } from 'node:test';
import relay from 'relay-runtime';
import menu from '../relay/__generated__/documentsCategoryMenuQuery.graphql.js';
import products from '../relay/__generated__/documentsProductsQuery.graphql.js';
import refetch from '../relay/__generated__/documentsRefetchQuery.graphql.js';
import reviews from '../relay/__generated__/documentsProductReviewsMoreQuery.graphql.js';
import { ADA_IN_A_BROWSER as ADA, KETTLE, failOnWarnings, plain, plainData, recording, web } from '../shop.mjs';

failOnWarnings(afterEach);

const {
  Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getRequest,
} = relay;

// The operations that Relay's compiler has persisted; `run.sh` registers them unchanged.
const persisted = JSON.parse(readFileSync(new URL('../relay/__generated__/queries.json', import.meta.url)));

const textOf = (artefact) => {
  const text = persisted[artefact.params.id];
  assert.ok(text, `${artefact.params.name} is not persisted`);
  return text;
};

// A page of the web shop. It names operations by the parameter `by`, one of those that servers for Relay use.
const page = (by, headers = ADA) => {
  const { fetch, sent } = recording(headers);
  const network = Network.create(async (params, variables) => {
    const response = await fetch(web.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ [by]: params.id, variables }),
    });
    return response.json();
  });
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  const load = (artefact, variables) => fetchQuery(environment, artefact, variables).toPromise();
  const read = (artefact, variables) => {
    const { fragment } = createOperationDescriptor(getRequest(artefact), variables);
    return environment.lookup(fragment).data;
  };
  return { environment, load, read, sent };
};

for (const by of ['doc_id', 'id', 'documentId']) {
  test(`Relay: a registered operation by ${by} gets the answer to its text`, async () => {
    const { load, read, sent } = page(by);
    const data = await load(menu, {});
    assert.deepEqual(JSON.parse(JSON.stringify(data)), await plainData(web, { query: textOf(menu) }, ADA));
    assert.deepEqual(read(menu, {}), data);
    assert.deepEqual(sent.map((it) => it.parameters), [{ [by]: menu.params.id, variables: {} }]);
  });
}

test('Relay: node(id) finds a product, a user and an order, each one object of the store', async () => {
  const { environment, load } = page('doc_id');
  const history = '{ viewer { id } orders(first: 1) { nodes { id } } }';
  const mine = await plainData(web, { query: history }, ADA);
  const user = Buffer.from('User:user-ada-lindqvist').toString('base64url');
  const ids = [['Product', KETTLE], ['User', user], ['Order', mine.orders.nodes[0].id]];
  for (const [type, id] of ids) {
    const { node } = await load(refetch, { id });
    const expected = await plainData(web, { query: textOf(refetch), variables: { id } }, ADA);
    assert.equal(node.__typename, type);
    assert.equal(node.id, id);
    assert.deepEqual(JSON.parse(JSON.stringify(node)), expected.node, type);
    const record = environment.getStore().getSource().get(id);
    assert.equal(record.__typename, type);
  }
  const { node } = await load(refetch, { id: Buffer.from('Product:nothing').toString('base64url') });
  assert.equal(node, null);
});

test('Relay: the reviews of a product, page by page, by a registered operation', async () => {
  const { load, read, sent } = page('doc_id');
  const all = await plainData(web, {
    query: 'query($id: ID!) { product(id: $id) { reviews(first: 50) { totalCount nodes { id text } } } }',
    variables: { id: KETTLE },
  });
  const expected = all.product.reviews;
  assert.ok(expected.totalCount > 20);

  const first = { id: KETTLE, after: null };
  let { product } = await load(reviews, first);
  let pages = 1;
  while (product.reviews.pageInfo.hasNextPage) {
    pages += 1;
    await load(reviews, { id: KETTLE, after: product.reviews.pageInfo.endCursor });
    // The store joins the pages to one list, which is read through the first.
    ({ product } = read(reviews, first));
  }
  assert.equal(pages, Math.ceil(expected.totalCount / 10));
  assert.equal(product.reviews.totalCount, expected.totalCount);
  assert.deepEqual(product.reviews.edges.map(({ node }) => ({ id: node.id, text: node.text })), expected.nodes);
  assert.equal(sent.length, pages);
});

test('Relay: all products, page by page', async () => {
  const { load, read } = page('documentId');
  const first = { first: 50, after: null };
  let after = null;
  let connection;
  do {
    await load(products, { first: 50, after });
    connection = read(products, first).products;
    after = connection.pageInfo.endCursor;
  } while (connection.pageInfo.hasNextPage);
  assert.equal(connection.edges.length, connection.totalCount);
  const names = connection.edges.map(({ node }) => node.name);
  const head = await plainData(web, { query: '{ products(first: 50) { nodes { name } } }' });
  assert.deepEqual(names.slice(0, 50), head.products.nodes.map((it) => it.name));
});

test('Relay: an unregistered id is rejected, and Relay gets the error', async () => {
  const { fetch } = recording(ADA);
  const network = Network.create(async ({ name }, variables) => {
    // An id of the form that Relay's compiler makes by default: MD5.
    const response = await fetch(web.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ doc_id: '0123456789abcdef0123456789abcdef', variables }),
    });
    assert.equal(response.status, 404, name);
    return response.json();
  });
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  await assert.rejects(fetchQuery(environment, menu, {}).toPromise(), (error) => {
    assert.equal(error.source.errors[0].extensions.code, 'PERSISTED_QUERY_NOT_IN_LIST');
    return true;
  });
});

test('Relay: text and id together are rejected', async () => {
  const { errors } = await plain(web, { doc_id: menu.params.id, query: textOf(menu) });
  assert.equal(errors[0].extensions.code, 'CANNOT_SEND_PQ_ID_AND_BODY');
});
