// The BFFs that `run.sh` has started, their schemas, and ids and cursors of the shop.

import { readFileSync } from 'node:fs';

import { GraphQLError, Kind, buildSchema } from 'graphql';

import { browser, user } from '../credentials.mjs';
import { send } from './server.mjs';

const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start this by run.sh`);
  return value;
};

const ADA = await user('user-ada-lindqvist');

const schema = (client) =>
  buildSchema(readFileSync(new URL(`../../schema/${client}/schema.graphql`, import.meta.url), 'utf8'));

export const mobile = { name: 'mobile', url: required('MOBILE_URL'), headers: ADA, schema: schema('mobile') };
export const web = { name: 'web', url: required('WEB_URL'), headers: await browser('user-ada-lindqvist', required('WEB_URL')), schema: schema('web') };
export const iot = {
  name: 'iot',
  url: required('IOT_URL'),
  headers: { 'x-api-key': required('IOT_KEY') },
  schema: schema('iot'),
};

// The schema of the devices leaves the values of a time open: they are integers of 64 bits.
const isTime = (value) => BigInt.asIntN(64, BigInt(value)) === BigInt(value);
Object.assign(iot.schema.getType('UnixSeconds'), {
  parseValue(value) {
    if (Number.isInteger(value) && isTime(value)) return value;
    throw new GraphQLError('no time');
  },
  parseLiteral(node) {
    if (node.kind === Kind.INT && isTime(node.value)) return Number(node.value);
    throw new GraphQLError('no time', { nodes: node });
  },
});

export const bffs = [mobile, web, iot];

// The web shop's BFF in production mode: without introspection, and here without a way to sign in.
export const production = {
  name: 'web in production',
  url: required('PRODUCTION_URL'),
  headers: {},
  schema: web.schema,
};

export const SEED = required('SEED');
export const DOCUMENTS = Number(required('DOCUMENTS'));
export const EXECUTIONS = Number(required('EXECUTIONS'));

// The global id of an object.
export const globalId = (type, key) => Buffer.from(`${type}:${key}`).toString('base64url');

export const KETTLE = globalId('Product', 'kettle-gooseneck-09');

const IDS_AND_CURSORS = `{
  viewer { id paymentMethods { id } }
  categories { id }
  orders(first: 3) { nodes { id } pageInfo { endCursor } }
  notifications(first: 3) { nodes { id } pageInfo { endCursor } }
  products(first: 5) { nodes { id } pageInfo { endCursor } }
}`;

// A schema, with ids and cursors that exist in the shop, to make documents from.
export const stocked = async (bff) => {
  const { body } = await send(web, { query: IDS_AND_CURSORS });
  if (body.errors) throw new Error(`the ids of the shop cannot be read: ${JSON.stringify(body.errors)}`);
  const { viewer, categories, orders, notifications, products } = body.data;
  const ids = (list) => list.map(({ id }) => id);
  return {
    schema: bff.schema,
    ids: {
      product: [KETTLE, ...ids(products.nodes)],
      category: ids(categories).slice(0, 3),
      order: ids(orders.nodes),
      notification: ids(notifications.nodes),
      paymentMethod: ids(viewer.paymentMethods),
      user: [viewer.id],
      device: ['shelf-0001', 'shelf-0002'].map((key) => globalId('Device', key)),
    },
    cursors: [orders, notifications, products].map(({ pageInfo }) => pageInfo.endCursor).filter(Boolean),
  };
};
