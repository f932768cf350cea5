// Relay against the web BFF: registered operations by id, read through Relay's store, and a list page by page.

import assert from 'node:assert/strict';
import test from 'node:test';
import relay from 'relay-runtime';
import menu from '../relay/__generated__/documentsCategoryMenuQuery.graphql.js';
import products from '../relay/__generated__/documentsProductsQuery.graphql.js';
import refetch from '../relay/__generated__/documentsRefetchQuery.graphql.js';
import reviews from '../relay/__generated__/documentsProductReviewsMoreQuery.graphql.js';
import { ADA, KETTLE, manifest, plain, plainData, recording, web } from '../shop.mjs';

const {
  Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getRequest,
} = relay;

const registered = Object.entries(manifest('web/manifests/2026.11.0.relay.json'));

// The id and the text of the registered operation that an artefact is read from.
const registeredAs = (name) => {
  const operation = name.replace(/^documents(.*)Query$/, '$1');
  const found = registered.find(([, text]) => new RegExp(`^query ${operation}\\b`, 'm').test(text));
  assert.ok(found, `${operation} is not registered`);
  return { id: found[0], text: found[1] };
};

// A page of the web shop. It names operations by `by`, one of the names Relay's servers have for that, or sends text.
const page = (by, headers = ADA) => {
  const { fetch, sent } = recording(headers);
  const network = Network.create(async (params, variables) => {
    const operation = by === 'query' ? params.text : registeredAs(params.name).id;
    const response = await fetch(web.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ [by]: operation, variables }),
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
  test(`Relay: a registered operation by ${by}, as its text answers`, async () => {
    const { load, read, sent } = page(by);
    const data = await load(menu, {});
    const { id, text } = registeredAs('documentsCategoryMenuQuery');
    assert.deepEqual(JSON.parse(JSON.stringify(data)), await plainData(web, { query: text }, ADA));
    assert.deepEqual(read(menu, {}), data);
    assert.deepEqual(sent.map((it) => it.parameters), [{ [by]: id, variables: {} }]);
  });
}

test('Relay: what the compiler prints is answered too', async () => {
  const { load } = page('query');
  const registered = page('doc_id');
  assert.deepEqual(await load(menu, {}), await registered.load(menu, {}));
});

test('Relay: node(id) finds a product, a user and an order, and one object of the store they are', async () => {
  const { environment, load } = page('doc_id');
  const { text } = registeredAs('documentsRefetchQuery');
  const history = '{ viewer { id } orders(first: 1) { nodes { id } } }';
  const mine = await plainData(web, { query: history }, ADA);
  const user = Buffer.from('User:user-ada-lindqvist').toString('base64url');
  const ids = [['Product', KETTLE], ['User', user], ['Order', mine.orders.nodes[0].id]];
  for (const [type, id] of ids) {
    const { node } = await load(refetch, { id });
    const expected = await plainData(web, { query: text, variables: { id } }, ADA);
    assert.equal(node.__typename, type);
    assert.equal(node.id, id);
    // Relay reads what it was compiled to read; the registered operation selects the same but for types.
    const typed = JSON.parse(JSON.stringify(expected.node), (key, value) => (key === '__typename' ? undefined : value));
    assert.deepEqual(JSON.parse(JSON.stringify({ ...node, __typename: undefined })), typed, type);
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
    // One list, whichever page it is read as.
    ({ product } = read(reviews, first));
  }
  assert.equal(pages, Math.ceil(expected.totalCount / 10));
  assert.equal(product.reviews.totalCount, expected.totalCount);
  assert.deepEqual(product.reviews.edges.map(({ node }) => ({ id: node.id, text: node.text })), expected.nodes);
  assert.equal(sent.length, pages);
});

test('Relay: all products, page by page, by the text the compiler prints', async () => {
  const { load, read } = page('query');
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

test('Relay: an id that is not registered is refused, and Relay is told', async () => {
  const { fetch } = recording(ADA);
  const network = Network.create(async ({ text }, variables) => {
    // Of the form that Relay's compiler gives ids: MD5.
    const response = await fetch(web.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ doc_id: '0123456789abcdef0123456789abcdef', variables }),
    });
    assert.equal(response.status, 404, text);
    return response.json();
  });
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  await assert.rejects(fetchQuery(environment, menu, {}).toPromise(), (error) => {
    assert.equal(error.source.errors[0].extensions.code, 'PERSISTED_QUERY_NOT_IN_LIST');
    return true;
  });
});

test('Relay: text and id together are refused', async () => {
  const { id, text } = registeredAs('documentsCategoryMenuQuery');
  const { errors } = await plain(web, { doc_id: id, query: text });
  assert.equal(errors[0].extensions.code, 'CANNOT_SEND_PQ_ID_AND_BODY');
});
