// The part of the phone app's schema that the measured operations use, with dataloaders of one request.

import DataLoader from 'dataloader'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { inOrder } from './services.mjs'

const typeDefs = `
  type Query {
    home: Home!
    product(id: ID!): Product
    products(category: ID, first: Int! = 10, after: String): ProductPage
  }
  type Home {
    name: String
    avatar: String
    cartCount: Int
    unreadCount: Int
    recommended(first: Int! = 5): [Product!]!
  }
  type ProductPage { total: Int! items: [Product!]! endCursor: String }
  type Product {
    id: ID!
    name: String!
    thumbnail: String!
    price: Price
    inStock: Boolean
    rating: Float
    reviews(first: Int! = 3): [Review!]!
  }
  type Price { text: String! was: String }
  type Review { author: String! rating: Int! text: String! when: String }
`

// Returns what resolvers find in their context.
export function contextOf (services, user) {
  const { call } = services
  return {
    call,
    user,
    products: new DataLoader(async (ids) => {
      const answer = await call('catalog', 'BatchGetProducts', { ids }, 800)
      return inOrder(ids, answer.results, (it) => it.id)
    }),
    prices: new DataLoader(async (ids) => {
      const answer = await call('pricing', 'BatchGetPrices', { product_ids: ids }, 400, user)
      return inOrder(ids, answer.results, (it) => it.product_id)
    }),
    stock: new DataLoader(async (ids) => {
      const answer = await call('inventory', 'BatchGetStock', { product_ids: ids }, 400)
      return inOrder(ids, answer.results, (it) => it.product_id)
    }),
    ratings: new DataLoader(async (ids) => {
      const answer = await call('reviews', 'BatchGetRatings', { product_ids: ids }, 300)
      return inOrder(ids, answer.results, (it) => it.product_id)
    }),
    reviews: new DataLoader(async (queries) => {
      const answer = await call('reviews', 'BatchListReviews', { queries }, 300)
      return inOrder(queries.map(reviewsKey), answer.results, (it) => reviewsKey(it.query))
    }, { cacheKeyFn: reviewsKey }),
    users: new DataLoader(async (ids) => {
      const answer = await call('users', 'BatchGetUsers', { user_ids: ids }, 300, user)
      return inOrder(ids, answer.results, (it) => it.user_id)
    })
  }
}

const reviewsKey = (query) => `${query.product_id} ${query.page_size}`

const resolvers = {
  Query: {
    home: () => ({}),
    product: (_, { id }, context) => context.products.load(rawId('Product', id)),
    products: async (_, { category, first, after }, context) => {
      const [skip, token] = after == null ? [0, ''] : readCursor(after)
      const category_id = category == null ? '' : rawId('Category', category)
      const message = { category_id, page_size: first, page_token: token, skip }
      const page = await context.call('catalog', 'ListProducts', message, 800)
      return { total: page.total_size, items: page.products, endCursor: cursor(page.next_page_token) }
    }
  },
  Home: {
    name: async (_, args, context) => (await context.users.load(context.user))?.given_name,
    avatar: async (_, args, context) => (await context.users.load(context.user))?.avatar_url,
    cartCount: async (_, args, context) =>
      (await context.call('carts', 'GetCart', {}, 500, context.user)).cart?.item_count,
    unreadCount: async (_, args, context) =>
      (await context.call('notifications', 'ListNotifications', { page_size: 1 }, 500, context.user)).unread_count,
    recommended: async (_, { first }, context) => {
      const message = { page_size: first }
      const answer = await context.call('recommendations', 'ListRecommendations', message, 400, context.user)
      const products = await context.products.loadMany(answer.product_ids)
      return products.filter((product) => product !== null)
    }
  },
  Product: {
    id: (product) => globalId('Product', product.id),
    thumbnail: (product) => product.thumbnail_url,
    price: (product, args, context) => context.prices.load(product.id),
    inStock: async (product, args, context) => (await context.stock.load(product.id))?.available,
    rating: async (product, args, context) => {
      const rating = await context.ratings.load(product.id)
      return rating?.review_count > 0 ? rating.average : null
    },
    reviews: async (product, { first }, context) => {
      const page = await context.reviews.load({ product_id: product.id, page_size: first })
      return page?.reviews ?? []
    }
  },
  Price: {
    text: (price) => money(price.customer_price),
    was: (price) => {
      const [list, now] = [price.list_price, price.customer_price]
      return list.units === now.units && list.nanos === now.nanos ? null : money(list)
    }
  },
  Review: {
    author: (review) => review.author_name,
    when: (review) => when(review.create_time.seconds)
  }
}

export const schema = makeExecutableSchema({ typeDefs, resolvers })

const globalId = (kind, raw) => Buffer.from(`${kind}:${raw}`).toString('base64url')

function rawId (kind, id) {
  const text = Buffer.from(id, 'base64url').toString()
  if (!text.startsWith(`${kind}:`)) throw new Error(`not the id of a ${kind}`)
  return text.slice(kind.length + 1)
}

const cursor = (token) => token === '' ? null : Buffer.from(`0:${token}`).toString('base64url')

function readCursor (text) {
  const [, skip, token] = /^(\d+):(.*)$/s.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (token === undefined) throw new Error('not a cursor of this list')
  return [Number(skip), token]
}

const SYMBOLS = { EUR: '€', GBP: '£', USD: '$' }

function money ({ currency_code: code, units, nanos }) {
  const grouped = String(units).replace(/\B(?=(\d{3})+$)/g, ',')
  const amount = `${grouped}.${String(Math.floor(nanos / 10_000_000)).padStart(2, '0')}`
  return SYMBOLS[code] ? `${SYMBOLS[code]}${amount}` : `${amount}\u{a0}${code}`
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function when (then) {
  const seconds = Math.floor(Date.now() / 1000) - then
  if (seconds < MINUTE) return 'just now'
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`
  if (seconds < 60 * DAY) return `${Math.floor(seconds / DAY)} d ago`
  if (seconds < 730 * DAY) return `${Math.floor(seconds / (30 * DAY))} months ago`
  return `${Math.floor(seconds / (365 * DAY))} years ago`
}
