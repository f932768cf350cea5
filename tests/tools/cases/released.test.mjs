// The files that app teams' tools make of the folders of operations: the BFFs answer their ids, and `register` makes
// equal ones.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { browser, device, user } from '../../credentials.mjs';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url)));

const ADA = await user('user-ada-lindqvist');

const clients = [
  { name: 'mobile', url: process.env.MOBILE_URL, headers: ADA },
  { name: 'web', url: process.env.WEB_URL, headers: await browser('user-ada-lindqvist') },
  { name: 'iot', url: process.env.IOT_URL, headers: await device() },
];

for (const { name, url, headers } of clients) {
  if (!url) throw new Error(`the shop of ${name} is not open: start this by run.sh`);
  const schema = `../generated/shop/schema/${name}`;
  const examples = read(`${schema}/examples.json`);
  const apollo = read(`../generated/${name}/manifest.json`).operations;

  const answers = async (documentId, operation) => {
    const { variables } = examples[operation];
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ documentId, variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined, operation);
    assert.ok(data, operation);
  };

  test(`${name}: operations that graphql-codegen persists are answered by their ids`, async () => {
    const persisted = Object.entries(read(`${schema}/manifests/9.1.0.json`));
    assert.equal(persisted.length, apollo.length);
    for (const [id, text] of persisted) await answers(id, /(?:query|mutation) (\w+)/.exec(text)[1]);
  });

  const registered = read(`${schema}/manifests/9.2.0.json`).operations;

  if (name === 'iot') {
    test('iot: register makes the texts of Apollo\'s generator, without __typename', () => {
      const bare = (body) => body.replace(/\n *__typename/g, '');
      const bodies = apollo.map(({ body }) => bare(body));
      assert.notDeepEqual(apollo.map(({ body }) => body), bodies);
      assert.deepEqual(registered.map(({ body }) => body), bodies);
    });
  } else {
    test(`${name}: Apollo's generated operations are answered by their ids, and register makes equal ones`, async () => {
      assert.ok(apollo.length > 10);
      for (const { id, name: operation } of apollo) await answers(id, operation);
      assert.deepEqual(registered, apollo);
    });
  }
}
