// What a page of the web shop would ask by Relay: each selects what the registered operation of the same beginning does,
// so that the one is read from the answer to the other. `run.sh` has Relay's compiler turn them into artefacts, against
// the schema of the web shop.

import { graphql } from 'relay-runtime';

// As `CategoryMenu`.
export const menu = graphql`
  query documentsCategoryMenuQuery {
    categories {
      __typename
      id
      name
      productCount
    }
  }
`;

// As `ProductReviewsMore`.
export const reviews = graphql`
  query documentsProductReviewsMoreQuery($id: ID!, $after: String) {
    product(id: $id) {
      id
      reviews(first: 10, after: $after) @connection(key: "documents_reviews") {
        totalCount
        edges {
          cursor
          node {
            id
            author
            rating
            text
            createdAt
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;

// As `Refetch`.
export const refetch = graphql`
  query documentsRefetchQuery($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Product {
        name
        price {
          current {
            amount
            currency
          }
        }
        stock {
          available
          total
        }
      }
      ... on Order {
        state
        updatedAt
        items {
          name
          product {
            id
            thumbnailUrl
          }
        }
      }
      ... on User {
        name
        avatarUrl
      }
    }
  }
`;

// Not registered: its text is sent.
export const products = graphql`
  query documentsProductsQuery($first: Int!, $after: String) {
    products(first: $first, after: $after) @connection(key: "documents_products") {
      totalCount
      edges {
        node {
          name
        }
      }
    }
  }
`;
