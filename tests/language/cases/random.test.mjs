// Random documents over each schema. Half of the judged ones were changed so that many are no longer valid; those that are
// answered are valid, and read only.

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

// Services answer a few at a time within what is allowed them, also where programs are built without optimisation.
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

// What is shown last: where an error is and how it is told, and documents that were not answered for their verdict.
const LESSER = /location|message|syntax error|no data where/;

// Fails with the classes of what differs, if anything does.
const same = async (all, again) => {
  const found = all.filter(({ what }) => what);
  const [lesser, others] = [true, false].map((is) => found.filter(({ what }) => LESSER.test(what) === is));
  const told = [];
  for (const list of [others, lesser]) if (list.length > 0) told.push(await classes(list, again));
  assert.ok(found.length === 0, told.join('\n\n'));
};

for (const bff of bffs) {
  describe(bff.name, () => {
    test('takes the documents that graphql-js takes, and no others', async (context) => {
      const shop = await stocked(bff);
      const documents = Array.from({ length: DOCUMENTS }, (_, at) => {
        const random = new Random(SEED, bff.name, at);
        const document = generate(shop, random);
        return at % 2 === 0 ? document : { ...document, text: mutate(document.text, shop, random) };
      });
      const all = await each(documents, judged(bff));
      const count = (kind) => all.filter((it) => it.kind === kind).length;
      context.diagnostic(`${count('valid')} valid, ${count('validation')} not valid, ${count('syntax')} no documents`);
      await same(all, judged(bff));
    });

    test('answers what graphql-js answers over the same data', async (context) => {
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
      const refused = count(({ wanted }) => wanted.data === undefined);
      assert.ok(count(({ slow }) => slow) <= EXECUTIONS / 50, 'services were too slow to compare what is answered');
      context.diagnostic(`${all.length} answers, ${failed} of them with errors; ${refused} requests that must fail`);
      await same(all, answered(bff));
    });
  });
}
