// The web shop's sign-in at a certified provider that nobody here wrote, with its own settings but for the client.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import Provider from 'oidc-provider';

const USER = 'user-ada-lindqvist';
const CLIENT = { id: 'bff-web', secret: 'a-secret-of-this-test' };

let provider;
let issuer;
let web;
let bff;
// Seconds for which the access tokens live that are issued from now on. One that lives for a second is out at once.
let lifetime = 1;
// Refresh tokens that the provider has rotated, and grants that it has revoked.
const seen = { rotated: 0, revoked: 0 };

// A port that is free now.
const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};

before(async () => {
  web = `http://127.0.0.1:${await freePort()}`;
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${server.address().port}`;
  const instance = new Provider(issuer, {
    clients: [{
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      redirect_uris: [`${web}/auth/callback`],
      post_logout_redirect_uris: [`${web}/`],
      grant_types: ['authorization_code', 'refresh_token'],
      backchannel_logout_uri: `${web}/auth/backchannel-logout`,
      backchannel_logout_session_required: true,
    }],
    ttl: { AccessToken: () => lifetime, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600, IdToken: 600 },
    features: { backchannelLogout: { enabled: true }, revocation: { enabled: true } },
    // The provider's own way to call clients refuses addresses of this machine.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    cookies: { keys: ['a-key-of-this-test'] },
  });
  instance.on('refresh_token.consumed', () => { seen.rotated += 1; });
  instance.on('grant.revoked', () => { seen.revoked += 1; });
  server.on('request', instance.callback());
  provider = { server, instance };

  const set = (name, value) => ['--set', `sign_in.${name}=${value}`];
  bff = spawn(process.env.BFF_WEB, [
    '--mode', 'development', '--listen', new URL(web).host, '--upstream', process.env.DOMAIN_URL,
    ...set('issuer', issuer), ...set('callback', `${web}/auth/callback`), ...set('client_id', CLIENT.id),
    ...set('client_secret', CLIENT.secret), ...set('after_logout', `${web}/`), '--set', 'sign_in.scopes=["offline_access"]',
  ], { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: bff.stderr })) {
    if (line.includes('listens on')) break;
  }
  bff.stderr.resume();
});

after(async () => {
  bff?.kill();
  provider?.server.closeAllConnections();
  provider?.server.close();
});

// A browser that follows redirects and keeps cookies by host and port.
class Browser {
  jars = new Map();

  async go(url, init = {}) {
    const { host } = new URL(url);
    const jar = this.jars.get(host) ?? new Map();
    this.jars.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, ...(cookie && { cookie }) } });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s);
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    const location = response.headers.get('location');
    if (location) return { url: new URL(location, url).href, response };
    return { response, url };
  }

  // Follows redirects from a URL, and answers the forms of the provider, until it comes to `end`.
  async follow(url, end) {
    for (let steps = 0; steps < 20; steps += 1) {
      if (url.startsWith(end)) return url;
      const came = await this.go(url);
      if (came.url !== url) {
        url = came.url;
        continue;
      }
      const page = await came.response.text();
      const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
      assert.ok(action, `${came.response.status} ${url}: ${page.slice(0, 400)}`);
      const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
      const form = new URLSearchParams(hidden.map(([, name, value]) => [name, value]));
      if (page.includes('name="login"')) {
        form.set('login', USER);
        form.set('password', 'any');
      }
      if (page.includes('name="logout"')) form.set('logout', 'yes');
      const answered = await this.go(new URL(action, url).href, {
        method: 'POST', body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      assert.notEqual(answered.url, url, `${answered.response.status} ${url}`);
      url = answered.url;
    }
    assert.fail(`too many steps, the last to ${url}`);
  }

  async signIn() {
    return this.follow(`${web}/auth/login?return_to=/cart`, `${web}/cart`);
  }

  async ask(query) {
    const { response } = await this.go(`${web}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }),
    });
    return { status: response.status, ...(await response.json()) };
  }

  async me() {
    return (await (await this.go(`${web}/auth/me`)).response.json()).user?.id ?? null;
  }
}

const VIEWER = '{ viewer { givenName } }';

test('a user signs in, and acts for as long as the provider refreshes', async () => {
  const browser = new Browser();
  await browser.signIn();
  assert.equal(await browser.me(), USER);
  const before = seen.rotated;
  for (let n = 0; n < 3; n += 1) {
    const { data } = await browser.ask(VIEWER);
    assert.equal(data.viewer.givenName, 'Ada');
  }
  assert.equal(seen.rotated - before, 3, 'each request has refreshed the token that the one before got');
});

test('requests at once make one refresh, since the second use of a token would revoke all', async () => {
  const browser = new Browser();
  await browser.signIn();
  const [rotated, revoked] = [seen.rotated, seen.revoked];
  lifetime = 3600;
  const answers = await Promise.all(Array.from({ length: 30 }, () => browser.ask(VIEWER)));
  assert.ok(answers.every(({ data }) => data.viewer.givenName === 'Ada'));
  assert.equal(seen.revoked, revoked);
  assert.equal(seen.rotated - rotated, 1);
});

test('a logout ends the session here and at the provider', async () => {
  const browser = new Browser();
  await browser.signIn();
  const { response } = await browser.go(`${web}/auth/logout`, { method: 'POST', headers: { 'x-csrf': '1' } });
  const { location } = await response.json();
  assert.equal(await browser.me(), null);
  assert.ok(location.startsWith(issuer), location);
  await browser.follow(location, `${web}/`);
  const again = await browser.go(`${web}/auth/login`);
  const { response: page } = await browser.go((await browser.go(again.url)).url);
  assert.match(await page.text(), /name="login"/, 'the provider asks who it is');
});

test('a logout at the provider ends the session here', async () => {
  const browser = new Browser();
  await browser.signIn();
  assert.equal(await browser.me(), USER);
  const session = browser.jars.get(new URL(web).host).get('__Host-session');
  await browser.follow(`${issuer}/session/end?client_id=${CLIENT.id}&post_logout_redirect_uri=${encodeURIComponent(`${web}/`)}`, `${web}/`);
  const { status } = await browser.ask(VIEWER);
  assert.equal(status, 401);
  assert.ok(session);
});

test('the code of a login works once', async () => {
  const browser = new Browser();
  let callback;
  const { go } = browser;
  browser.go = async (url, init) => {
    if (url.startsWith(`${web}/auth/callback`)) callback = url;
    return go.call(browser, url, init);
  };
  await browser.signIn();
  const replayed = await browser.go(callback);
  assert.equal(replayed.response.status, 400);
  assert.equal(await browser.me(), USER);
});
