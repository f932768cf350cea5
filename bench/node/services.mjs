// The services over gRPC: a deadline and a credential on every call, and results by key.

import { fileURLToPath } from 'node:url'
import grpc from '@grpc/grpc-js'
import protoLoader from '@grpc/proto-loader'
import { SignJWT } from 'jose'

const root = fileURLToPath(new URL('../../', import.meta.url))
const files = [
  'carts/v1/cart_service', 'catalog/v1/catalog_service', 'inventory/v1/inventory_service',
  'notifications/v1/notification_service', 'pricing/v1/pricing_service', 'recommendations/v1/recommendation_service',
  'reviews/v1/review_service', 'users/v1/user_service'
]
const definitions = protoLoader.loadSync(files.map((file) => `shop/${file}.proto`), {
  includeDirs: [`${root}proto`, `${root}kit/rpc-build/proto`],
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true
})
const { shop } = grpc.loadPackageDefinition(definitions)

// A credential is used for half of its life of a minute.
const USED_MS = 30_000
const key = new TextEncoder().encode('a key of the measurement: 32 bytes')
const credentials = new Map()

// Returns the metadata of calls for a user, or for nobody.
async function metadata (user) {
  const known = credentials.get(user)
  if (known && Date.now() - known.since < USED_MS) return known.metadata
  const claims = user === undefined ? {} : { sub: user }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('bff-mobile').setAudience('shop').setIssuedAt().setExpirationTime('60s')
    .sign(key)
  const made = new grpc.Metadata()
  made.set('authorization', `Bearer ${token}`)
  credentials.set(user, { since: Date.now(), metadata: made })
  return made
}

export function connect (address) {
  const open = grpc.credentials.createInsecure()
  const clients = {
    carts: new shop.carts.v1.CartService(address, open),
    catalog: new shop.catalog.v1.CatalogService(address, open),
    inventory: new shop.inventory.v1.InventoryService(address, open),
    notifications: new shop.notifications.v1.NotificationService(address, open),
    pricing: new shop.pricing.v1.PricingService(address, open),
    recommendations: new shop.recommendations.v1.RecommendationService(address, open),
    reviews: new shop.reviews.v1.ReviewService(address, open),
    users: new shop.users.v1.UserService(address, open)
  }
  async function call (service, rpc, message, withinMs, user) {
    const sent = await metadata(user)
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + withinMs
      clients[service][rpc](message, sent, { deadline }, (error, answer) => error ? reject(error) : resolve(answer))
    })
  }
  return { call }
}

// Returns the items of batch results in the order of their keys; null where there is none.
export function inOrder (keys, results, keyOf) {
  const items = new Map(results.map((result) => [keyOf(result), result.item ?? null]))
  return keys.map((key) => items.get(key) ?? null)
}
