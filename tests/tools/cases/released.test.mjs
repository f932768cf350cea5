// What the tools of others make of the folders of operations: servers answer it by its ids, and `register` makes the
// same.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url)));

const clients = [
  { name: 'mobile', url: process.env.MOBILE_URL, headers: { 'x-user-id': 'user-ada-lindqvist' } },
  { name: 'web', url: process.env.WEB_URL, headers: { 'x-user-id': 'user-ada-lindqvist' } },
  { name: 'iot', url: process.env.IOT_URL, headers: { 'x-device-id': 'shelf-0001' } },
];

for (const { name, url, headers } of clients) {
  if (!url) throw new Error(`the shop of ${name} is not open: start this by run.sh`);
  const schema = `../generated/shop/schema/${name}`;
  const examples = read(`${schema}/examples.json`);
  const apollo = read(`${schema}/manifests/9.0.0.json`).operations;

  const ask = async (documentId, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ documentId, variables }),
    });
    return response.json();
  };

  test(`${name}: what Apollo's generator makes is answered by its ids`, async () => {
    assert.ok(apollo.length > 5);
    for (const { id, name: operation } of apollo) {
      const { data, errors } = await ask(id, examples[operation].variables);
      assert.equal(errors, undefined, operation);
      assert.ok(data, operation);
    }
  });

  test(`${name}: what graphql-codegen persists is answered by its ids`, async () => {
    const persisted = Object.entries(read(`${schema}/manifests/9.1.0.json`));
    assert.equal(persisted.length, apollo.length);
    for (const [id, text] of persisted) {
      const [, operation] = /(?:query|mutation) (\w+)/.exec(text);
      const { data, errors } = await ask(id, examples[operation].variables);
      assert.equal(errors, undefined, operation);
      assert.ok(data, operation);
    }
  });

  test(`${name}: register makes what Apollo's generator makes, but for what a device leaves out`, () => {
    const registered = read(`${schema}/manifests/9.2.0.json`).operations;
    const bare = (operations) => operations.map(({ id, ...it }) => ({ ...it, body: it.body.replace(/\n *__typename/g, '') }));
    if (name === 'iot') assert.deepEqual(bare(registered), bare(apollo));
    else assert.deepEqual(registered, apollo);
  });
}
