/** The name of an RPC, which may wrap between its words. */

import { Fragment } from "react";

import { shortRpc } from "./text";

export function Rpc({ rpc }: { rpc: string }) {
  const words = shortRpc(rpc).split(/(?<=[a-z/])(?=[A-Z])/);
  return words.map((word, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {word}
    </Fragment>
  ));
}
