// The rules of `bff.vcl`, with servers that answer what the tests want.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { open, send } from '../varnish.mjs';

const PUBLIC = 'public, max-age=60, s-maxage=300, stale-while-revalidate=60, stale-if-error=600';

let server;
let varnish;
// Paths and headers that reached the server.
let seen = [];
let answer;
let many = 0;
// Paths up to this one are of tests that are over.
let over = 0;

// A path nobody asked for before: what is kept outlives a test.
const fresh = (more = '') => `/graphql/o/${(many += 1)}${more}`;

const json = (response, headers, body = { data: { n: seen.length } }, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
};

const data = ({ text }) => JSON.parse(text).data;

before(async () => {
  server = http.createServer((request, response) => {
    if (Number(request.url.match(/\d+/)) <= over) {
      // Varnish still asks for something that has gone stale.
      response.destroy();
      return;
    }
    seen.push(request);
    answer(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${server.address().port}`;
  varnish = await open({ mobile: address, web: address, iot: address });
});

beforeEach(() => {
  seen = [];
  over = many;
  answer = (_, response) => json(response, { 'cache-control': PUBLIC, 'surrogate-key': 'catalog' });
});

after(async () => {
  await varnish?.close();
  server.closeAllConnections();
  server.close();
});

test('a thousand requests, fifty at a time, are one', async () => {
  const path = fresh();
  // The answer comes when others have begun to wait for it.
  answer = (_, response) => setImmediate(() => json(response, { 'cache-control': PUBLIC }));
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => varnish.ask('web', path)));
  assert.equal(seen.length, 1);
  for (const one of answers) assert.deepEqual([one.status, data(one)], [200, { n: 1 }]);
});

test('what is kept says how long, and says nothing of how', async () => {
  const path = fresh();
  const tagged = { 'cache-control': PUBLIC, 'surrogate-key': 'product:a catalog', etag: '"abc"', vary: 'accept' };
  answer = (_, response) => json(response, tagged);
  await varnish.ask('web', path);
  const { headers } = await varnish.ask('web', path);
  assert.equal(headers['cache-control'], PUBLIC);
  assert.equal(headers.etag, '"abc"');
  for (const inner of ['surrogate-key', 'xkey', 'x-revalidate']) assert.equal(headers[inner], undefined, inner);
  const unchanged = await varnish.ask('web', path, { 'if-none-match': '"abc"' });
  assert.deepEqual([unchanged.status, unchanged.text], [304, '']);
  assert.equal(seen.length, 1);
});

for (const [what, headers] of [
  ['private', { 'cache-control': 'private, max-age=60' }],
  ['no-store', { 'cache-control': 'no-store' }],
  // What an origin may answer, and a cache must not keep: no setting of the test's own client.
  ['no-cache', { 'cache-control': 'public, no-cache' }],
  ['with Set-Cookie', { 'cache-control': PUBLIC, 'set-cookie': 'a=b' }],
  ['silent', {}],
  ['not said to be public', { 'cache-control': 'max-age=60' }],
  ['public by another name', { 'cache-control': 'max-age=60, x-public=1' }],
  ['varying with everything', { 'cache-control': PUBLIC, vary: '*' }],
]) {
  test(`an answer that is ${what} is not kept`, async () => {
    const path = fresh();
    answer = (_, response) => json(response, headers);
    for (let n = 1; n <= 3; n += 1) assert.deepEqual(data(await varnish.ask('web', path)), { n });
  });
}

test('an answer that is private goes to its owner, with the credential that was sent', async () => {
  const path = fresh();
  answer = (request, response) =>
    json(response, { 'cache-control': 'private, max-age=60' }, { data: request.headers['x-user-id'] });
  const users = Array.from({ length: 60 }, (_, n) => `user-${n % 2}`);
  const answers = await Promise.all(users.map((user) => varnish.ask('mobile', path, { 'x-user-id': user })));
  assert.deepEqual(answers.map(data), users);
  assert.equal(seen.length, users.length);
});

test('a public answer is everybody\'s, whoever asks', async () => {
  const path = fresh();
  const credentials = [
    {}, { authorization: 'Bearer a' }, { authorization: 'Bearer b' }, { 'x-user-id': 'ada' }, { cookie: 's=1' },
  ];
  for (const headers of credentials) await varnish.ask('mobile', path, headers);
  assert.equal(seen.length, 1);
});

test('a fault does not keep the next from asking', async () => {
  const path = fresh();
  const whole = answer;
  answer = (_, response) => json(response, { 'cache-control': 'no-store' }, { errors: [{ message: 'down' }] });
  await varnish.ask('web', path);
  answer = whole;
  assert.deepEqual(data(await varnish.ask('web', path)), { n: 2 });
  assert.deepEqual(data(await varnish.ask('web', path)), { n: 2 });
});

test('Vary parts what it names, and nothing else does', async () => {
  const path = fresh('?variables=%7B%7D&extensions=%7B%7D');
  answer = (_, response) => json(response, { 'cache-control': PUBLIC, vary: 'accept, accept-language' });
  const ask = (headers, at = path) => varnish.ask('web', at, headers);
  await ask({ accept: 'application/json', 'accept-language': 'de' });
  // The same, written otherwise.
  await ask({ accept: '*/*', 'accept-language': 'DE' });
  await ask({ 'accept-language': 'de', 'user-agent': 'another' });
  await ask({ 'accept-language': 'de' }, path.replace(/\?(.*)&(.*)/, '?$2&$1'));
  assert.equal(seen.length, 1);
  await ask({ accept: 'application/json', 'accept-language': 'fr' });
  await ask({ accept: 'application/json' });
  await ask({ accept: 'application/graphql-response+json', 'accept-language': 'de' });
  assert.equal(seen.length, 4);
  await ask({ accept: 'application/graphql-response+json, application/json;q=0.9', 'accept-language': 'de' });
  assert.equal(seen.length, 4);
  // Other variables, another operation, another client.
  await ask({ 'accept-language': 'de' }, path.replace('%7B%7D', '%7B%22a%22:1%7D'));
  await ask({ 'accept-language': 'de' }, fresh());
  await varnish.ask('mobile', path, { 'accept-language': 'de' });
  assert.equal(seen.length, 7);
});

test('a purge finds what has the key, and only that', async () => {
  const keys = [
    'product:tea catalog', 'product:tea-pot catalog inventory', 'product:cup catalog', 'category:tea catalog',
  ];
  const paths = keys.map(() => fresh());
  answer = (request, response) =>
    json(response, { 'cache-control': PUBLIC, 'surrogate-key': keys[paths.indexOf(request.url)] });
  const asked = async () => {
    seen = [];
    for (const path of paths) await varnish.ask('web', path);
    return seen.map(({ url }) => paths.indexOf(url));
  };
  assert.deepEqual(await asked(), [0, 1, 2, 3]);
  assert.deepEqual(await asked(), []);
  assert.equal(await varnish.purge('product:tea'), 1);
  assert.deepEqual(await asked(), [0]);
  assert.equal(await varnish.purge('inventory category:tea'), 2);
  assert.deepEqual(await asked(), [1, 3]);
  assert.equal(await varnish.purge('product:te'), 0);
  assert.deepEqual(await asked(), []);
  assert.ok((await varnish.purge('catalog')) >= 4);
  assert.deepEqual(await asked(), [0, 1, 2, 3]);
});

test('a purge names a key, and comes from this machine', async () => {
  const purge = (headers, more) =>
    send(varnish.port, '/', { host: 'web.localhost', ...headers }, { method: 'PURGE', ...more });
  assert.equal((await purge({})).status, 400);
  const path = fresh();
  answer = (_, response) => json(response, { 'cache-control': PUBLIC, 'surrogate-key': 'mine' });
  await varnish.ask('web', path);
  const elsewhere = { localAddress: '127.0.0.2', agent: new http.Agent() };
  assert.equal((await purge({ 'surrogate-key': 'mine' }, elsewhere)).status, 403);
  await varnish.ask('web', path);
  assert.equal(seen.length, 1);
});

test('what is stale is answered while it is asked for again', async () => {
  const path = fresh();
  const key = `key${path}`;
  let again;
  answer = (_, response) => json(response, { 'cache-control': PUBLIC, 'surrogate-key': key });
  assert.deepEqual(data(await varnish.ask('web', path)), { n: 1 });
  assert.equal(await varnish.purge(key, { 'soft-purge': '1' }), 1);
  const asked = new Promise((resolve) => {
    answer = (_, response) => {
      again = () => json(response, { 'cache-control': PUBLIC, 'surrogate-key': key });
      resolve();
    };
  });
  // The server has not answered yet.
  assert.deepEqual(data(await varnish.ask('web', path)), { n: 1 });
  await asked;
  assert.deepEqual(data(await varnish.ask('web', path)), { n: 1 });
  again();
  await until(async () => data(await varnish.ask('web', path)).n === 2);
  assert.equal(seen.length, 2);
});

for (const [what, fault] of [
  ['a fault', (_, response) => json(response, { 'cache-control': 'no-store' }, { errors: [] }, 503)],
  ['an answer with a fault in it', (_, response) => json(response, { 'cache-control': 'no-store' }, { data: null })],
]) {
  test(`${what} does not take the place of what is stale`, async () => {
    const path = fresh();
    const key = `key${path}`;
    answer = (_, response) => json(response, { 'cache-control': PUBLIC, 'surrogate-key': key });
    await varnish.ask('web', path);
    await varnish.purge(key, { 'soft-purge': '1' });
    answer = fault;
    // While one is asking, the next does not.
    await until(async () => {
      assert.deepEqual(data(await varnish.ask('web', path)), { n: 1 });
      return seen.length >= 4;
    });
  });
}

test('what may not be stale is asked for first, and shown where there is no other answer', async () => {
  const path = fresh();
  const key = `key${path}`;
  const headers = { 'cache-control': 'public, s-maxage=300, stale-if-error=600', 'surrogate-key': key };
  answer = (_, response) => json(response, headers);
  await varnish.ask('web', path);
  await varnish.purge(key, { 'soft-purge': '1' });
  assert.deepEqual(data(await varnish.ask('web', path)), { n: 2 });

  for (const fault of [
    (_, response) => json(response, { 'cache-control': 'no-store' }, { errors: [] }, 503),
    (request) => request.socket.destroy(),
  ]) {
    await varnish.purge(key, { 'soft-purge': '1' });
    answer = fault;
    for (let again = 0; again < 3; again += 1) {
      const stale = await varnish.ask('web', path);
      assert.deepEqual([stale.status, data(stale)], [200, { n: 2 }]);
    }
  }
  // With nothing to show, the fault is.
  await varnish.purge(key);
  assert.equal((await varnish.ask('web', path)).status, 503);
});

test('what has expired is asked for by its tag', async () => {
  const path = fresh();
  const key = `key${path}`;
  const headers = { 'cache-control': 'public, s-maxage=300', 'surrogate-key': key, etag: '"abc"' };
  answer = (_, response) => json(response, headers);
  await varnish.ask('web', path);
  await varnish.purge(key, { 'soft-purge': '1' });
  answer = (request, response) => {
    assert.equal(request.headers['if-none-match'], '"abc"');
    response.writeHead(304, headers);
    response.end();
  };
  assert.deepEqual(data(await varnish.ask('web', path)), { n: 1 });
  assert.deepEqual(data(await varnish.ask('web', path)), { n: 1 });
  assert.equal(seen.length, 2);
  // It still has its keys, once.
  assert.equal(await varnish.purge(key), 1);
});

test('other methods go through, other paths and hosts do not', async () => {
  const path = fresh();
  for (let n = 1; n <= 2; n += 1) {
    const body = JSON.stringify({ query: '{ a }' });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    assert.deepEqual(data(await varnish.ask('web', path, headers, { method: 'POST', body })), { n });
  }
  assert.equal((await varnish.ask('web', '/metrics')).status, 404);
  assert.equal((await varnish.ask('web', '/graphqlish')).status, 404);
  assert.equal((await varnish.ask('elsewhere', path)).status, 421);
  assert.equal(seen.length, 2);
});

test('a client cannot set what the rules remember', async () => {
  const path = fresh();
  await varnish.ask('web', path);
  const { text } = await varnish.ask('web', path, { 'x-expired': '1', 'x-stale': '1', 'x-purged': '1' });
  assert.deepEqual(JSON.parse(text).data, { n: 1 });
  assert.equal(seen.length, 1);
});

const until = async (good) => {
  const deadline = Date.now() + 10_000;
  while (!(await good())) {
    assert.ok(Date.now() < deadline, 'it did not come to be');
    await new Promise(setImmediate);
  }
};
