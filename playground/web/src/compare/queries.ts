/** Each client's query for one product: of its product screen, its product page, and its light at the shelf. */

export interface View {
  /** The client, as the server names it. */
  client: string;
  /** The part of a product that the client shows. */
  shows: string;
  query: string;
}

export const VIEWS: View[] = [
  {
    client: "mobile",
    shows: "the fields that fit on its screen",
    query: `query Product($id: ID!) {
  product(id: $id) {
    id
    name
    price { text was }
    thumbnail
    inStock
    rating
    reviews(first: 1) { author rating }
  }
}`,
  },
  {
    client: "web",
    shows: "all fields of its page, in one request",
    query: `query Product($id: ID!) {
  product(id: $id) {
    ...Header
    ...Reviews
    ...Recommendations
  }
}

fragment Header on Product {
  name
  brand
  summary
  description
  images { url alt width height }
  specifications { group name value }
  price {
    current { amount currency }
    list { amount }
    promotions { label percentOff }
  }
  stock {
    available
    total
    warehouses { warehouse quantity }
  }
  shippingOptions(country: "FR") {
    name
    price { amount }
    minDays
    maxDays
  }
}

fragment Reviews on Product {
  rating { average count stars }
  reviews(first: 2) {
    totalCount
    nodes { author rating text createdAt }
    pageInfo { hasNextPage endCursor }
  }
}

fragment Recommendations on Product {
  related(first: 3) {
    id
    name
    thumbnailUrl
    price { current { amount } }
  }
}`,
  },
  {
    client: "iot",
    shows: "one boolean",
    query: `query Product($id: ID!) {
  inStock(product: $id)
}`,
  },
];

/** Queries of the web shop, for the products to choose from. */
export const PRODUCTS = `query Products { products(first: 20) { nodes { id name } } }`;
export const SEARCH = `query Search($query: String!) { search(query: $query, first: 20) { nodes { id name } } }`;

export interface Product {
  id: string;
  name: string;
}
