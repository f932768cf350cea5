// Varnish with `bff.vcl` in front of three servers, and requests through it.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
// An agent of its own, which `close` destroys, so that kept connections do not outlive the tests.
const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });

// Opens a cache; `servers` holds the address of each client's server, such as `{ mobile: '127.0.0.1:4001' }`.
export const open = async (servers) => {
  const folder = mkdtempSync(join(tmpdir(), 'varnish-'));
  const backends = Object.entries(servers).map(([name, address]) => {
    const [host, port] = address.split(':');
    return `backend ${name} { .host = "${host}"; .port = "${port}"; }\n`;
  });
  writeFileSync(join(folder, 'backends.vcl'), backends.join(''));
  // varnishd ends with this process, however this process ends.
  const varnish = spawn(
    'setpriv',
    [
      '--pdeathsig', 'TERM', 'varnishd',
      '-F', '-j', 'none', '-n', join(folder, 'work'), '-a', '127.0.0.1:0', '-s', 'malloc,32M',
      '-p', `vcl_path=${here}:${folder}`, '-f', join(here, 'bff.vcl'),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const gone = new Promise((resolve) => {
    varnish.on('exit', resolve);
    varnish.on('error', resolve);
  });
  const close = async () => {
    agent.destroy();
    varnish.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };

  let output = '';
  const started = new Promise((resolve) => {
    const collect = (chunk) => {
      output += chunk;
      if (output.includes('Child starts')) resolve(true);
    };
    varnish.stdout.on('data', collect);
    varnish.stderr.on('data', collect);
  });
  if ((await Promise.race([started, gone])) !== true) {
    await close();
    throw new Error(`varnishd did not start: ${output}`);
  }
  const tool = (name, ...parameters) => execFileSync(name, ['-n', join(folder, 'work'), ...parameters]).toString();
  const port = Number(tool('varnishadm', 'debug.listen_address').trim().split(' ')[2]);

  const request = (client, path, headers = {}, options = {}) =>
    send(port, path, { host: `${client}.localhost`, ...headers }, options);
  // Purges by keys, and resolves to the number of answers found.
  const purge = async (keys, headers = {}) => {
    const { status, text } = await send(port, '/', { 'surrogate-key': keys, ...headers }, { method: 'PURGE' });
    assert.equal(status, 200, text);
    return Number(text);
  };
  return { request, purge, close, port };
};

export const send = (port, path, headers, { method = 'GET', body, ...more } = {}) =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers, agent, ...more };
    const request = http.request(options, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    request.on('error', reject);
    request.end(body);
  });
