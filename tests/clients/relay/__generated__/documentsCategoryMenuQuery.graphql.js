/**
 * @generated SignedSource<<dd8830e181fa3ede5b93d95fe5f20aff>>
 * @lightSyntaxTransform
 */

/* eslint-disable */

'use strict';

var node = (function(){
var v0 = [
  {
    "alias": null,
    "args": null,
    "concreteType": "Category",
    "kind": "LinkedField",
    "name": "categories",
    "plural": true,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "__typename",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "id",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "name",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "productCount",
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [],
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsCategoryMenuQuery",
    "selections": (v0/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [],
    "kind": "Operation",
    "name": "documentsCategoryMenuQuery",
    "selections": (v0/*:: as any*/)
  },
  "params": {
    "cacheID": "6d1453a97623912059bf84220e9c9449",
    "id": null,
    "metadata": {},
    "name": "documentsCategoryMenuQuery",
    "operationKind": "query",
    "text": "query documentsCategoryMenuQuery {\n  categories {\n    __typename\n    id\n    name\n    productCount\n  }\n}\n"
  }
};
})();

node.hash = "7556b1d96499ace5fe77e460446669d1";

export default node;
