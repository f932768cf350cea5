// Random documents over each schema. Half of the judged ones are mutated, so that many are invalid; the executed ones
// are valid queries.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { answerTwice, isValid, tell } from '../answers.mjs';
import { classes } from '../differences.mjs';
import { generate } from '../generator.mjs';
import { mutate } from '../mutator.mjs';
import { Random } from '../random.mjs';
import { each } from '../server.mjs';
import { DOCUMENTS, EXECUTIONS, SEED, bffs, stocked } from '../shop.mjs';
import { gist, judgeTwice, say } from '../verdicts.mjs';

// Documents executed at a time: few enough that services meet their timeouts, even in builds without optimisation.
const ANSWERED_AT_ONCE = 3;

const judged = (bff) => async (document) => {
  const { wanted, got, what } = await judgeTwice(bff, document);
  const told = [`graphql-js: ${say(wanted)}`, `${bff.name}: ${say(got)}`];
  return { ...document, kind: wanted.kind, what, group: what && [what, gist(wanted), gist(got)].join(' | '), told };
};

const answered = (bff) => async (document) => {
  if (!isValid(bff, document)) return { ...document, what: null, group: null };
  const compared = await answerTwice(bff, document);
  const group = compared.what && [compared.what, gist({ errors: compared.got.errors ?? [] })].join(' | ');
  return { ...document, ...compared, group, told: tell(bff, compared) };
};

// Differences shown last: the location or message of an error, and valid documents that got no data.
const LESSER = /location|message|syntax error|no data where/;

// Fails with the classes of the differences, if there are any.
const same = async (all, again) => {
  const found = all.filter(({ what }) => what);
  const [lesser, others] = [true, false].map((is) => found.filter(({ what }) => LESSER.test(what) === is));
  const told = [];
  for (const list of [others, lesser]) if (list.length > 0) told.push(await classes(list, again));
  assert.ok(found.length === 0, told.join('\n\n'));
};

for (const bff of bffs) {
  describe(bff.name, () => {
    test('accepts the documents that graphql-js accepts, and no others', async (context) => {
      const shop = await stocked(bff);
      const documents = Array.from({ length: DOCUMENTS }, (_, at) => {
        const random = new Random(SEED, bff.name, at);
        const document = generate(shop, random);
        return at % 2 === 0 ? document : { ...document, text: mutate(document.text, shop, random) };
      });
      const all = await each(documents, judged(bff));
      const count = (kind) => all.filter((it) => it.kind === kind).length;
      context.diagnostic(`${count('valid')} valid, ${count('validation')} invalid, ${count('syntax')} syntax errors`);
      await same(all, judged(bff));
    });

    test('answers as graphql-js does over the same data', async (context) => {
      const shop = await stocked(bff);
      const documents = [];
      for (let at = 0; documents.length < EXECUTIONS; at += 1) {
        const random = new Random(SEED, bff.name, 'answered', at);
        const document = generate(shop, random, { mutations: false, introspection: false });
        if (isValid(bff, document)) documents.push(document);
      }
      const all = await each(documents, answered(bff), ANSWERED_AT_ONCE);
      const count = (is) => all.filter(is).length;
      const failed = count(({ wanted }) => wanted.errors && wanted.data !== undefined);
      const requestErrors = count(({ wanted }) => wanted.data === undefined);
      assert.ok(count(({ slow }) => slow) <= EXECUTIONS / 50, 'services were too slow to compare the answers');
      context.diagnostic(`${all.length} answers, ${failed} with errors; ${requestErrors} requests that must fail`);
      await same(all, answered(bff));
    });
  });
}
