// The three BFFs behind Varnish: answers that it may keep, and answers that only one principal may get.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { browser, device, user } from '../../credentials.mjs';
import { open, send } from '../varnish.mjs';

const started = Date.now();

const addresses = Object.fromEntries(
  ['mobile', 'web', 'iot'].map((client) => {
    const url = process.env[`${client.toUpperCase()}_URL`];
    if (!url) throw new Error('the shop is not open: start this by run.sh');
    return [client, new URL(url).host];
  }),
);

const schema = new URL('../../../schema/', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, schema)));
const manifests = {
  mobile: read('mobile/manifests/5.2.0.json').operations.map(({ id, body }) => [id, body]),
  web: Object.entries(read('web/manifests/2026.11.0.relay.json')),
  iot: Object.entries(read('iot/manifests/1.0.0.short.json')),
};

// The path of a registered operation, by the id that the client's build gives it.
const path = (client, name, variables) => {
  const found = manifests[client].find(([, text]) => new RegExp(`^(query|mutation) ${name}\\b`, 'm').test(text));
  assert.ok(found, `${name} is not registered`);
  const query = variables ? `?variables=${encodeURIComponent(JSON.stringify(variables))}` : '';
  return `/graphql/o/${found[0]}${query}`;
};

const productId = (slug) => Buffer.from(`Product:${slug}`).toString('base64url');
const KETTLE = 'kettle-gooseneck-09';
const OTHER = 'mandoline-adjustable';
const names = ['user-ada-lindqvist', 'user-zoe-marchetti'];
const [ADA, ZOE] = await Promise.all(names.map(user));
const users = { mobile: [ADA, ZOE], web: await Promise.all(names.map((name) => browser(name))) };
const SHELF = await device();
// Requests that each client's users send, signed in and not. The credential of another client is a bad one.
const principals = { mobile: [...users.mobile, {}], web: [...users.web, {}], iot: [SHELF, {}] };

const stock = (slug) => ({ client: 'iot', name: 'Stock', at: path('iot', 'Stock', { p: productId(slug) }) });
const categories = { client: 'mobile', name: 'Categories', at: path('mobile', 'Categories') };
const menu = { client: 'web', name: 'CategoryMenu', at: path('web', 'CategoryMenu') };
const shared = [stock(KETTLE), categories, menu];

let varnish;

before(async () => {
  varnish = await open(addresses);
});

after(() => varnish?.close());

const direct = ({ client, at }, headers = {}, options = {}) =>
  send(Number(addresses[client].split(':')[1]), at, headers, options);
const cached = ({ client, at }, headers = {}, options = {}) => varnish.request(client, at, headers, options);
const everything = () => varnish.purge('catalog inventory pricing review');

let sentinels = 0;

// Counts the answers of a BFF to an operation while `during` runs, in its access log. The log is complete once it has
// the sentinel, an operation that is sent last.
const answered = async ({ client, name }, during) => {
  const count = async () => {
    const sentinel = `Sentinel${process.pid}x${(sentinels += 1)}`;
    const query = encodeURIComponent(`query ${sentinel} { __typename }`);
    await direct({ client, at: `/graphql?query=${query}` });
    const deadline = Date.now() + 10_000;
    for (;;) {
      const lines = readFileSync(process.env.SHOP_LOG, 'utf8').split('\n');
      if (lines.some((line) => line.includes(`operation="${sentinel}"`))) {
        const ours = [`client="bff-${client}"`, `operation="${name}"`];
        return lines.filter((line) => ours.every((part) => line.includes(part))).length;
      }
      assert.ok(Date.now() < deadline, 'the BFF does not log');
      await new Promise(setImmediate);
    }
  };
  const start = await count();
  await during();
  return (await count()) - start;
};

for (const operation of shared) {
  const { client, name } = operation;

  test(`${client} ${name}: a thousand requests, fifty at a time, reach the BFF once`, async () => {
    const expected = await direct(operation);
    await everything();
    const times = await answered(operation, async () => {
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => cached(operation)));
      for (const { status, text } of answers) assert.deepEqual([status, text], [200, expected.text]);
    });
    assert.equal(times, 1);
  });

  test(`${client} ${name}: the answer states its cacheability`, async () => {
    const { headers } = await direct(operation);
    const seconds = Object.fromEntries(
      headers['cache-control'].split(', ').map((one) => [one.split('=')[0], one.split('=')[1]]),
    );
    const directives = ['public', 'max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error'];
    assert.deepEqual(Object.keys(seconds), directives);
    for (const one of directives.slice(1)) assert.match(seconds[one], /^\d+$/, one);
    assert.ok(Number(seconds['s-maxage']) > 0);
    assert.match(headers.etag, /^"[^"]+"$/);
    assert.match(headers.vary, /\baccept\b/);
    assert.equal(headers['set-cookie'], undefined);
    const keys = headers['surrogate-key'].split(' ');
    const expected = name === 'Stock' ? [`product:${KETTLE}`, 'inventory'] : ['category:audio', 'catalog'];
    for (const key of expected) assert.ok(keys.includes(key), `${key} in ${keys}`);
    assert.equal(new Set(keys).size, keys.length);
  });

  test(`${client} ${name}: a client that has the answer gets 304`, async () => {
    await everything();
    const { headers } = await cached(operation);
    const times = await answered(operation, async () => {
      const unchanged = await cached(operation, { 'if-none-match': headers.etag });
      assert.deepEqual([unchanged.status, unchanged.text], [304, '']);
      assert.equal(unchanged.headers.etag, headers.etag);
    });
    assert.equal(times, 0);
  });

  test(`${client} ${name}: all principals share one answer`, async () => {
    await everything();
    const times = await answered(operation, async () => {
      for (const headers of principals[client]) await cached(operation, headers);
    });
    assert.equal(times, 1);
  });

  test(`${client} ${name}: all languages share one answer`, async () => {
    await everything();
    const times = await answered(operation, async () => {
      for (const language of ['de', 'fr, en;q=0.8', 'en']) await cached(operation, { 'accept-language': language });
      await cached(operation);
    });
    assert.equal(times, 1);
  });
}

test('other variables get another answer', async () => {
  await everything();
  const times = await answered(stock(KETTLE), async () => {
    for (const slug of [KETTLE, OTHER, KETTLE, OTHER]) {
      assert.equal((await cached(stock(slug))).text, (await direct(stock(slug))).text);
    }
  });
  // Half of them directly.
  assert.equal(times, 4 + 2);
});

test('after a purge exactly the operations with the key reach the BFF again', async () => {
  await everything();
  const all = [stock(KETTLE), stock(OTHER), categories, menu];
  const label = ({ name }, index) => `${name} ${index}`;
  const again = async () => {
    const went = [];
    for (const [index, operation] of all.entries()) {
      if ((await answered(operation, () => cached(operation))) > 0) went.push(label(operation, index));
    }
    return went;
  };
  assert.deepEqual(await again(), all.map(label));
  assert.deepEqual(await again(), []);
  for (const [key, expected] of [
    [`product:${KETTLE}`, ['Stock 0']],
    [`product:${OTHER}`, ['Stock 1']],
    ['inventory', ['Stock 0', 'Stock 1']],
    ['category:audio', ['Categories 2', 'CategoryMenu 3']],
    ['product:nothing', []],
  ]) {
    assert.equal(await varnish.purge(key), expected.length, key);
    assert.deepEqual(await again(), expected, key);
  }
});

// Operations whose answers depend on the principal.
const own = [
  {
    client: 'mobile', name: 'Product', says: /^private, max-age=(?<seconds>\d+)\b/, freshSeconds: 30,
    at: path('mobile', 'Product', { id: productId(KETTLE), withReviews: false }),
  },
  // A cart is never kept, not even by the client of its owner.
  { client: 'mobile', name: 'Home', says: /^no-store$/, at: path('mobile', 'Home') },
  { client: 'web', name: 'AccountMenu', says: /^no-store$/, at: path('web', 'AccountMenu') },
];

for (const operation of own) {
  test(`${operation.client} ${operation.name}: each principal gets its own answer`, async () => {
    const readers = [{}, ...users[operation.client], {}, ...users[operation.client]];
    const data = ({ text }) => text;
    const expected = [];
    for (const headers of readers) expected.push(data(await direct(operation, headers)));
    assert.notEqual(expected[0], expected[1]);
    const answers = [];
    const times = await answered(operation, async () => {
      for (const headers of readers) answers.push(data(await cached(operation, headers)));
    });
    assert.equal(times, readers.length);
    for (const [n, answer] of answers.entries()) assert.equal(answer, expected[n]);
    // Concurrent requests too: none gets the answer that another one waits for.
    const crowd = Array.from({ length: 60 }, (_, n) => n % readers.length);
    const crowded = await Promise.all(crowd.map((n) => cached(operation, readers[n])));
    for (const [index, n] of crowd.entries()) assert.equal(data(crowded[index]), expected[n]);
  });
}

test('an answer that depends on the principal is private, or not to be kept', async () => {
  for (const operation of own) {
    const { headers } = await direct(operation, users[operation.client][0]);
    assert.match(headers['cache-control'], operation.says, operation.name);
    const { seconds } = operation.says.exec(headers['cache-control']).groups ?? {};
    if (seconds === undefined) continue;
    // The server has kept the stock since the first case at the earliest, and says for how long it stays fresh.
    const youngest = operation.freshSeconds - Math.ceil((Date.now() - started) / 1000);
    assert.ok(youngest <= seconds && seconds <= operation.freshSeconds, headers['cache-control']);
  }
});

test('each language has its own texts', async () => {
  const [product] = own;
  const texts = new Set();
  for (const language of ['en', 'de', 'en']) {
    const { text } = await cached(product, { 'accept-language': language });
    assert.equal(text, (await direct(product, { 'accept-language': language })).text);
    texts.add(text);
  }
  assert.equal(texts.size, 2);
});

for (const [what, operation, code] of [
  ['a malformed id', { client: 'iot', name: 'Stock', at: path('iot', 'Stock', { p: 'nonsense' }) },
    'BAD_USER_INPUT'],
  ['nobody signed in', { client: 'mobile', name: 'Cart', at: path('mobile', 'Cart') }, 'UNAUTHENTICATED'],
]) {
  test(`an answer with an error in it is not kept: ${what}`, async () => {
    const times = await answered(operation, async () => {
      for (let again = 0; again < 3; again += 1) {
        const { headers, text } = await cached(operation);
        assert.equal(JSON.parse(text).errors[0].extensions.code, code);
        assert.equal(headers['cache-control'], 'no-store');
      }
    });
    assert.equal(times, 3);
  });
}

test('the answer to a rejected request is not kept', async () => {
  const rejected = [
    ['iot', '/graphql/o/9999', 404],
    ['iot', path('iot', 'Send'), 405],
    ['mobile', `/graphql/o/${'0'.repeat(64)}`, 404],
    ['web', '/graphql?variables=nonsense', 400],
  ];
  for (const [client, at, status] of rejected) {
    for (let again = 0; again < 2; again += 1) {
      const answer = await cached({ client, at });
      assert.deepEqual([answer.status, answer.headers['cache-control']], [status, 'no-store'], at);
      assert.equal(answer.headers.age ?? '0', '0');
    }
  }
});

test('the answer to a POST is not kept', async () => {
  const operation = stock(KETTLE);
  const body = JSON.stringify({ documentId: '5', variables: { p: productId(KETTLE) } });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const times = await answered(operation, async () => {
    for (let again = 0; again < 2; again += 1) {
      const answer = await cached({ client: 'iot', at: '/graphql' }, headers, { method: 'POST', body });
      assert.equal(answer.headers['cache-control'], 'no-store');
    }
  });
  assert.equal(times, 2);
});

test('metrics and health stay behind the cache', async () => {
  for (const at of ['/metrics', '/health', '/']) assert.equal((await cached({ client: 'web', at })).status, 404, at);
});
