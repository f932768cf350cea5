// The rules of `bff.vcl`, in front of a server whose answers the tests choose.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { open, send } from '../varnish.mjs';

const PUBLIC = 'public, max-age=60, s-maxage=300, stale-while-revalidate=60, stale-if-error=600';

let server;
let varnish;
// Requests that reached the server.
let seen = [];
let answer;
let many = 0;
// The last path of the tests that are over.
let over = 0;

// A path that no test has requested before, because kept answers outlive a test.
const fresh = (more = '') => `/graphql/o/${(many += 1)}${more}`;

const json = (response, headers, body = { data: { n: seen.length } }, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
};

const data = ({ text }) => JSON.parse(text).data;

before(async () => {
  server = http.createServer((request, response) => {
    if (Number(request.url.match(/\d+/)) <= over) {
      // Varnish still fetches a stale answer of an earlier test.
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

test('a thousand requests, fifty at a time, reach the server once', async () => {
  const path = fresh();
  // The answer comes when others have begun to wait for it.
  answer = (_, response) => setImmediate(() => json(response, { 'cache-control': PUBLIC }));
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => varnish.request('web', path)));
  assert.equal(seen.length, 1);
  for (const one of answers) assert.deepEqual([one.status, data(one)], [200, { n: 1 }]);
});

test('a kept answer states its freshness, without the headers for caches', async () => {
  const path = fresh();
  const tagged = { 'cache-control': PUBLIC, 'surrogate-key': 'product:a catalog', etag: '"abc"', vary: 'accept' };
  answer = (_, response) => json(response, tagged);
  await varnish.request('web', path);
  const { headers } = await varnish.request('web', path);
  assert.equal(headers['cache-control'], PUBLIC);
  assert.equal(headers.etag, '"abc"');
  for (const inner of ['surrogate-key', 'xkey', 'x-revalidate']) assert.equal(headers[inner], undefined, inner);
  const unchanged = await varnish.request('web', path, { 'if-none-match': '"abc"' });
  assert.deepEqual([unchanged.status, unchanged.text], [304, '']);
  assert.equal(seen.length, 1);
});

for (const [what, headers] of [
  ['private', { 'cache-control': 'private, max-age=60' }],
  ['no-store', { 'cache-control': 'no-store' }],
  // A header of the origin, which forbids caches to keep the answer; the client of the test does not send it.
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
    for (let n = 1; n <= 3; n += 1) assert.deepEqual(data(await varnish.request('web', path)), { n });
  });
}

test('an answer that is private goes to its owner, with the credential that was sent', async () => {
  const path = fresh();
  answer = (request, response) =>
    json(response, { 'cache-control': 'private, max-age=60' }, { data: request.headers['x-user-id'] });
  const users = Array.from({ length: 60 }, (_, n) => `user-${n % 2}`);
  const answers = await Promise.all(users.map((user) => varnish.request('mobile', path, { 'x-user-id': user })));
  assert.deepEqual(answers.map(data), users);
  assert.equal(seen.length, users.length);
});

test('all principals share a public answer', async () => {
  const path = fresh();
  const credentials = [
    {}, { authorization: 'Bearer a' }, { authorization: 'Bearer b' }, { 'x-user-id': 'ada' }, { cookie: 's=1' },
  ];
  for (const headers of credentials) await varnish.request('mobile', path, headers);
  assert.equal(seen.length, 1);
});

test('a failure does not keep the next request from the server', async () => {
  const path = fresh();
  const whole = answer;
  answer = (_, response) => json(response, { 'cache-control': 'no-store' }, { errors: [{ message: 'down' }] });
  await varnish.request('web', path);
  answer = whole;
  assert.deepEqual(data(await varnish.request('web', path)), { n: 2 });
  assert.deepEqual(data(await varnish.request('web', path)), { n: 2 });
});

test('headers split the cache only if Vary names them', async () => {
  const path = fresh('?variables=%7B%7D&extensions=%7B%7D');
  answer = (_, response) => json(response, { 'cache-control': PUBLIC, vary: 'accept, accept-language' });
  const request = (headers, at = path) => varnish.request('web', at, headers);
  await request({ accept: 'application/json', 'accept-language': 'de' });
  // An equal request, written differently.
  await request({ accept: '*/*', 'accept-language': 'DE' });
  await request({ 'accept-language': 'de', 'user-agent': 'another' });
  await request({ 'accept-language': 'de' }, path.replace(/\?(.*)&(.*)/, '?$2&$1'));
  assert.equal(seen.length, 1);
  await request({ accept: 'application/json', 'accept-language': 'fr' });
  await request({ accept: 'application/json' });
  await request({ accept: 'application/graphql-response+json', 'accept-language': 'de' });
  assert.equal(seen.length, 4);
  await request({ accept: 'application/graphql-response+json, application/json;q=0.9', 'accept-language': 'de' });
  assert.equal(seen.length, 4);
  // Other variables, another operation, another client.
  await request({ 'accept-language': 'de' }, path.replace('%7B%7D', '%7B%22a%22:1%7D'));
  await request({ 'accept-language': 'de' }, fresh());
  await varnish.request('mobile', path, { 'accept-language': 'de' });
  assert.equal(seen.length, 7);
});

test('a purge finds the answers with the key, and no others', async () => {
  const keys = [
    'product:tea catalog', 'product:tea-pot catalog inventory', 'product:cup catalog', 'category:tea catalog',
  ];
  const paths = keys.map(() => fresh());
  answer = (request, response) =>
    json(response, { 'cache-control': PUBLIC, 'surrogate-key': keys[paths.indexOf(request.url)] });
  const reached = async () => {
    seen = [];
    for (const path of paths) await varnish.request('web', path);
    return seen.map(({ url }) => paths.indexOf(url));
  };
  assert.deepEqual(await reached(), [0, 1, 2, 3]);
  assert.deepEqual(await reached(), []);
  assert.equal(await varnish.purge('product:tea'), 1);
  assert.deepEqual(await reached(), [0]);
  assert.equal(await varnish.purge('inventory category:tea'), 2);
  assert.deepEqual(await reached(), [1, 3]);
  assert.equal(await varnish.purge('product:te'), 0);
  assert.deepEqual(await reached(), []);
  assert.ok((await varnish.purge('catalog')) >= 4);
  assert.deepEqual(await reached(), [0, 1, 2, 3]);
});

test('a purge must name a key, and come from this machine', async () => {
  const purge = (headers, more) =>
    send(varnish.port, '/', { host: 'web.localhost', ...headers }, { method: 'PURGE', ...more });
  assert.equal((await purge({})).status, 400);
  const path = fresh();
  answer = (_, response) => json(response, { 'cache-control': PUBLIC, 'surrogate-key': 'mine' });
  await varnish.request('web', path);
  const elsewhere = { localAddress: '127.0.0.2', agent: new http.Agent() };
  assert.equal((await purge({ 'surrogate-key': 'mine' }, elsewhere)).status, 403);
  await varnish.request('web', path);
  assert.equal(seen.length, 1);
});

test('a stale answer is served while it is fetched again', async () => {
  const path = fresh();
  const key = `key${path}`;
  let again;
  answer = (_, response) => json(response, { 'cache-control': PUBLIC, 'surrogate-key': key });
  assert.deepEqual(data(await varnish.request('web', path)), { n: 1 });
  assert.equal(await varnish.purge(key, { 'soft-purge': '1' }), 1);
  const requested = new Promise((resolve) => {
    answer = (_, response) => {
      again = () => json(response, { 'cache-control': PUBLIC, 'surrogate-key': key });
      resolve();
    };
  });
  // The server has not answered yet.
  assert.deepEqual(data(await varnish.request('web', path)), { n: 1 });
  await requested;
  assert.deepEqual(data(await varnish.request('web', path)), { n: 1 });
  again();
  await until(async () => data(await varnish.request('web', path)).n === 2);
  assert.equal(seen.length, 2);
});

for (const [what, failure] of [
  ['a failure', (_, response) => json(response, { 'cache-control': 'no-store' }, { errors: [] }, 503)],
  ['an answer that must not be kept', (_, response) => json(response, { 'cache-control': 'no-store' }, { data: null })],
]) {
  test(`${what} does not replace a stale answer`, async () => {
    const path = fresh();
    const key = `key${path}`;
    answer = (_, response) => json(response, { 'cache-control': PUBLIC, 'surrogate-key': key });
    await varnish.request('web', path);
    await varnish.purge(key, { 'soft-purge': '1' });
    answer = failure;
    // While one fetch runs, the next request starts no other.
    await until(async () => {
      assert.deepEqual(data(await varnish.request('web', path)), { n: 1 });
      return seen.length >= 4;
    });
  });
}

test('an answer without stale-while-revalidate is fetched again first, and served stale if that fails', async () => {
  const path = fresh();
  const key = `key${path}`;
  const headers = { 'cache-control': 'public, s-maxage=300, stale-if-error=600', 'surrogate-key': key };
  answer = (_, response) => json(response, headers);
  await varnish.request('web', path);
  await varnish.purge(key, { 'soft-purge': '1' });
  assert.deepEqual(data(await varnish.request('web', path)), { n: 2 });

  for (const failure of [
    (_, response) => json(response, { 'cache-control': 'no-store' }, { errors: [] }, 503),
    (request) => request.socket.destroy(),
  ]) {
    await varnish.purge(key, { 'soft-purge': '1' });
    answer = failure;
    for (let again = 0; again < 3; again += 1) {
      const stale = await varnish.request('web', path);
      assert.deepEqual([stale.status, data(stale)], [200, { n: 2 }]);
    }
  }
  // Without a stale answer, the failure is served.
  await varnish.purge(key);
  assert.equal((await varnish.request('web', path)).status, 503);
});

test('an expired answer is validated by its ETag', async () => {
  const path = fresh();
  const key = `key${path}`;
  const headers = { 'cache-control': 'public, s-maxage=300', 'surrogate-key': key, etag: '"abc"' };
  answer = (_, response) => json(response, headers);
  await varnish.request('web', path);
  await varnish.purge(key, { 'soft-purge': '1' });
  answer = (request, response) => {
    assert.equal(request.headers['if-none-match'], '"abc"');
    response.writeHead(304, headers);
    response.end();
  };
  assert.deepEqual(data(await varnish.request('web', path)), { n: 1 });
  assert.deepEqual(data(await varnish.request('web', path)), { n: 1 });
  assert.equal(seen.length, 2);
  // The answer still has its keys, once.
  assert.equal(await varnish.purge(key), 1);
});

test('other methods go through, other paths and hosts do not', async () => {
  const path = fresh();
  for (let n = 1; n <= 2; n += 1) {
    const body = JSON.stringify({ query: '{ a }' });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    assert.deepEqual(data(await varnish.request('web', path, headers, { method: 'POST', body })), { n });
  }
  assert.equal((await varnish.request('web', '/metrics')).status, 404);
  assert.equal((await varnish.request('web', '/graphqlish')).status, 404);
  assert.equal((await varnish.request('elsewhere', path)).status, 421);
  assert.equal(seen.length, 2);
});

test('a client cannot set the headers that the rules use', async () => {
  const path = fresh();
  await varnish.request('web', path);
  const { text } = await varnish.request('web', path, { 'x-expired': '1', 'x-stale': '1', 'x-purged': '1' });
  assert.deepEqual(JSON.parse(text).data, { n: 1 });
  assert.equal(seen.length, 1);
});

const until = async (good) => {
  const deadline = Date.now() + 10_000;
  while (!(await good())) {
    assert.ok(Date.now() < deadline, 'the condition does not hold after 10 s');
    await new Promise(setImmediate);
  }
};
