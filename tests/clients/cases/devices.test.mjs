// Devices against their BFF: not a client library, but the requests that a few lines of a device send.

import assert from 'node:assert/strict';
import test from 'node:test';
import { KETTLE, iot, manifest, plain, plainData } from '../shop.mjs';

const registered = Object.entries(manifest('iot/manifests/1.0.0.short.json'));
const idOf = (name) => registered.find(([, text]) => new RegExp(`^(query|mutation) ${name}\\b`, 'm').test(text));

test('A device: a short id by POST, and in the address by GET', async () => {
  const [id, text] = idOf('Stock');
  assert.match(id, /^[0-9]{1,2}$/);
  const variables = { p: KETTLE };
  const expected = await plainData(iot, { query: text, variables }, iot.headers);
  assert.deepEqual(await plainData(iot, { documentId: id, variables }, iot.headers), expected);
  const address = `${iot.url}/o/${id}?variables=${encodeURIComponent(JSON.stringify(variables))}`;
  const answer = await (await fetch(address, { headers: iot.headers })).json();
  assert.deepEqual(answer, { data: expected });
  assert.ok(address.length < 140 && JSON.stringify(answer).length < 30, address);
});

test('A device: an unknown short id is rejected as such', async () => {
  const { errors } = await plain(iot, { documentId: '9999' }, iot.headers);
  assert.equal(errors[0].extensions.code, 'PERSISTED_QUERY_NOT_IN_LIST');
});
