// What a page of the web shop would ask by Relay. `run.sh` has Relay's compiler turn them into artefacts, against the
// schema of the web shop, and registers what it persists of them.

import { graphql } from 'relay-runtime';

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
