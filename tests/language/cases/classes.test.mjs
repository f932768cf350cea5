// Documents on which servers have differed: the verdict must be that of graphql-js, and so the answer to a valid one.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { answerTwice, tell } from '../answers.mjs';
import { CLASSES, kettle, moka } from '../classes.mjs';
import { send } from '../server.mjs';
import { mobile, production, web } from '../shop.mjs';
import { judgeTwice, say } from '../verdicts.mjs';

for (const [about, cases] of Object.entries(CLASSES)) {
  describe(about, () => {
    for (const [bff, text, variables = {}, operationName] of cases) {
      const values = Object.keys(variables).length > 0 ? ` ${JSON.stringify(variables)}` : '';
      test(`${bff.name}: ${JSON.stringify(text)}${values}${operationName ? ` ${operationName}` : ''}`, async () => {
        await sameOfBoth(bff, { text, variables, operationName });
      });
    }
  });
}

const sameOfBoth = async (bff, document) => {
  const verdicts = await judgeTwice(bff, document);
  const { what, wanted, got } = verdicts;
  assert.ok(what === null, `${what}\ngraphql-js: ${say(wanted)}\n${bff.name}: ${say(got)}`);
  // A mutation is not executed twice.
  if (wanted.kind !== 'valid' || /\bmutation\b/.test(document.text)) return;
  const answers = await answerTwice(bff, document);
  assert.ok(answers.what === null, [answers.what, ...tell(bff, answers)].join('\n'));
};

const validationFailed = ({ body }) => {
  assert.ok(!('data' in body), JSON.stringify(body));
  assert.equal(body.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
};

test('one object is never made of two products, not in production either', async () => {
  const query = `{ product(id:${kettle}){ name } ... on Query @include(if:true) { product(id:${moka}){ id brand } } }`;
  for (const bff of [web, production]) validationFailed(await send(bff, { query }));
});

test('a fragment that no product matches adds nothing to the read mask of products', async () => {
  const query = '{ search(first:1 query:"steel") { nodes { ...F } } } fragment F on Node { ... on User { avatarUrl } }';
  const { body, text } = await send(web, { query });
  assert.deepEqual(body, { data: { search: { nodes: [{}] } } });
  assert.ok(!text.includes('shop.catalog'));
});

test('in production __schema and __type are unknown fields', async () => {
  for (const query of [
    '{__schema{types{name}}}',
    '{__type(name:"Query"){name}}',
    '{categories{id} ...F} fragment F on Query{__schema{queryType{name}}}',
  ]) {
    validationFailed(await send(production, { query }));
  }
  const { body } = await send(production, { query: '{__typename}' });
  assert.deepEqual(body, { data: { __typename: 'Query' } });
});

test('of many errors ten are reported, and the number of the others', async () => {
  const fields = Array.from({ length: 15 }, (_, at) => `a${at}:reviews(first:-1){totalCount}`);
  const { body } = await send(web, { query: `{ products(first:50){ nodes{ ${fields.join(' ')} } } }` });
  assert.equal(body.data.products.nodes.length, 50);
  assert.equal(body.errors.length, 10);
  assert.equal(body.extensions?.omittedErrors, 740);
  assert.ok(JSON.stringify(body.errors).length < 20_000);
});

test('a mutation selected with and without a directive runs once', async () => {
  const input = `{productId:${kettle},idempotencyKey:"key-with-and-without"}`;
  const both = `cartAdd(input:${input}) @include(if:$v) { cart { count } } cartAdd(input:${input}) { userErrors { code } }`;
  const query = `mutation($v:Boolean!){ ${both} }`;
  const { body } = await send(mobile, { query, variables: { v: true } });
  assert.equal(body.errors, undefined);
  assert.deepEqual(Object.keys(body.data.cartAdd), ['cart', 'userErrors']);
  assert.deepEqual(body.data.cartAdd.userErrors, []);
});

test('no error of a request says that it is at line 0', async () => {
  const queries = ['query($v:Int){products(first:$v){totalCount}}', 'query($v:ID="x"){product(id:$v){id}}'];
  for (const query of queries) {
    const { body } = await send(web, { query, variables: { v: null } });
    for (const { locations } of body.errors) assert.ok(locations.every(({ line, column }) => line > 0 && column > 0));
  }
});
