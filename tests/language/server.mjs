// Sends documents to a BFF, a bounded number at a time, and reads its verdict on them.

import { Agent, request } from 'node:http';

const AT_ONCE = 8;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

// Sends a GraphQL request, and resolves to its answer `{text, body}`, as text and as JSON.
export const send = ({ url, headers }, parameters) =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify(parameters);
    const all = {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/graphql-response+json',
    };
    const sent = request(url, { method: 'POST', agent, headers: all }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        try {
          resolve({ text, body: JSON.parse(text) });
        } catch {
          reject(new Error(`no JSON came back for ${body}: ${text}`));
        }
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

// The kinds of verdicts by the codes of errors.
const KINDS = { GRAPHQL_PARSE_FAILED: 'syntax', GRAPHQL_VALIDATION_FAILED: 'validation' };

// Codes of answers without a verdict: taken for one, they would leave documents untested.
const UNTRIED = ['OPERATION_TOO_LARGE', 'BAD_REQUEST', 'RATE_LIMITED'];

// The verdict of a BFF on a document, in the form of the oracle's: `{kind, errors, body}`. A document that ran is
// valid, whatever its result; an internal error has the kind `internal`.
export const judge = async (bff, parameters) => {
  const { body } = await send(bff, parameters);
  const errors = body.errors ?? [];
  const codes = errors.map(({ extensions }) => extensions?.code);
  const untried = codes.find((code) => UNTRIED.includes(code));
  if (untried) throw new Error(`${bff.name}: ${untried} for ${JSON.stringify(parameters)}`);
  const kind = codes.map((code) => KINDS[code]).find(Boolean);
  if (kind) return { kind, errors, body };
  return { kind: codes.includes('INTERNAL_SERVER_ERROR') ? 'internal' : 'valid', errors, body };
};

// Runs a task for each item of a list, `atOnce` at a time, and resolves to the results in the order of the list. Once a
// task has failed, no other starts.
export const each = async (list, task, atOnce = AT_ONCE) => {
  // Making the list may take long: connections that were closed meanwhile are noticed before they are used.
  await new Promise(setImmediate);
  const answers = new Array(list.length);
  let next = 0;
  const worker = async () => {
    while (next < list.length) {
      const at = next++;
      try {
        answers[at] = await task(list[at], at);
      } catch (error) {
        next = list.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
};
