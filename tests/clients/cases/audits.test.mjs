// The audits of graphql-http: what a server must, should and may do by GraphQL over HTTP.

import assert from 'node:assert/strict';
import test from 'node:test';
import { serverAudits } from 'graphql-http';
import { bffs, fetchAs } from '../shop.mjs';

const AUDITS = 61;

for (const { name, url, headers } of bffs) {
  test(`${name} passes every audit`, async (t) => {
    const audits = serverAudits({ url, fetchFn: fetchAs(headers) });
    const failed = [];
    for (const audit of audits) {
      const result = await audit.fn().catch((error) => ({ status: 'broken', reason: error.cause ?? error }));
      if (result.status !== 'ok') {
        failed.push(`${audit.id} (${result.status}) ${audit.name}: ${result.reason}`);
      }
    }
    t.diagnostic(`${name} ${audits.length - failed.length}/${audits.length}`);
    assert.equal(audits.length, AUDITS);
    assert.deepEqual(failed, []);
  });
}
