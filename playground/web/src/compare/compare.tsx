/** One product as each client sees it: query, answer, bytes, and the RPCs that were called. */

import { useEffect, useId, useState, type FormEvent } from "react";

import type { Client } from "../clients";
import { Rpc } from "../plan/rpc";
import { count, many, millis } from "../plan/text";
import { send, type Answer } from "../send";
import { PRODUCTS, SEARCH, VIEWS, type Product, type View } from "./queries";

/** A client's view of a product, and the answer to its query. */
interface Seen {
  view: View;
  client: Client;
  answer: Answer;
}

export function Compare({ clients }: { clients: Client[] }) {
  const [product, setProduct] = useState<Product>();
  const [seen, setSeen] = useState<Seen[]>();
  const [failed, setFailed] = useState("");
  useEffect(() => {
    if (!product) return;
    let current = true;
    see(clients, product).then(
      (seen) => {
        if (!current) return;
        setSeen(seen);
        setFailed("");
      },
      (error: unknown) => current && setFailed(String(error)),
    );
    return () => {
      current = false;
    };
  }, [clients, product]);
  return (
    <div className="compare">
      <h2>One product, as each client sees it</h2>
      <Picker clients={clients} product={product} onPick={setProduct} />
      {failed && (
        <p className="problem" role="alert">
          {failed}
        </p>
      )}
      <p className="hidden" role="status">
        {product && seen && `Showing ${product.name}`}
      </p>
      {seen && (
        <>
          <Summary seen={seen} />
          <div className="cards">
            {seen.map((it) => (
              <Card key={it.client.name} seen={it} />
            ))}
          </div>
        </>
      )}
    </div>
  );
}

/** Sends each client's query twice: once as the client does, to measure the bytes, and once to get the calls. */
async function see(clients: Client[], product: Product): Promise<Seen[]> {
  return Promise.all(
    VIEWS.flatMap((view) => {
      const client = clients.find((it) => it.name === view.client);
      return client ? [{ view, client }] : [];
    }).map(async ({ view, client }) => {
      const operation = { query: view.query, variables: { id: product.id } };
      const plain = await send(client, operation, client.headers, "no");
      const analysed = await send(client, operation, client.headers, "analyze");
      return { view, client, answer: { ...analysed, bytes: plain.bytes, wireBytes: plain.wireBytes } };
    }),
  );
}

function Picker(props: { clients: Client[]; product: Product | undefined; onPick: (product: Product) => void }) {
  const { clients, product, onPick } = props;
  const [query, setQuery] = useState("");
  const [searched, setSearched] = useState("");
  const [found, setFound] = useState<Product[]>();
  const id = useId();
  useEffect(() => {
    const web = clients.find((it) => it.name === "web");
    if (!web) return;
    let current = true;
    const operation = searched ? { query: SEARCH, variables: { query: searched } } : { query: PRODUCTS };
    send(web, operation, web.headers, "no").then((answer) => {
      if (!current) return;
      const data = answer.body.data as Record<string, { nodes?: Product[] } | null> | null | undefined;
      const products = Object.values(data ?? {}).flatMap((it) => it?.nodes ?? []);
      setFound(products);
      if (products[0]) onPick(products[0]);
    }, () => setFound([]));
    return () => {
      current = false;
    };
  }, [clients, searched, onPick]);
  const search = (event: FormEvent) => {
    event.preventDefault();
    setSearched(query.trim());
  };
  return (
    <form role="search" className="picker" onSubmit={search}>
      <div>
        <label htmlFor={`${id}search`}>Search the shop</label>
        <input
          id={`${id}search`}
          type="search"
          value={query}
          placeholder="kettle"
          autoComplete="off"
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <button type="submit">Search</button>
      <div>
        <label htmlFor={`${id}product`}>Product</label>
        <select
          id={`${id}product`}
          value={product?.id ?? ""}
          disabled={!found || found.length === 0}
          onChange={(event) => {
            const picked = found?.find((it) => it.id === event.target.value);
            if (picked) onPick(picked);
          }}
        >
          {found?.map((it) => (
            <option key={it.id} value={it.id}>
              {it.name}
            </option>
          ))}
        </select>
      </div>
      {found?.length === 0 && <p role="status">No product is found.</p>}
    </form>
  );
}

function Summary({ seen }: { seen: Seen[] }) {
  const most = Math.max(...seen.map((it) => it.answer.wireBytes), 1);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="In figures">
      <table className="summary">
        <caption className="hidden">In figures</caption>
        <thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col" className="number">
              Bytes on the wire
            </th>
            <th scope="col" className="number">
              Bytes of text
            </th>
            <th scope="col" className="number">
              Calls
            </th>
            <th scope="col" className="number">
              Keys
            </th>
            <th scope="col" className="number">
              Bytes read
            </th>
            <th scope="col" className="number">
              Answered in
            </th>
          </tr>
        </thead>
        <tbody>
          {seen.map(({ client, answer }) => {
            const calls = answer.observed?.calls ?? [];
            return (
              <tr key={client.name}>
                <th scope="row">{client.title}</th>
                <td className="number">
                  {count(answer.wireBytes)}
                  <span className="meter" aria-hidden="true">
                    <span style={{ width: `${(answer.wireBytes / most) * 100}%` }} />
                  </span>
                </td>
                <td className="number">{count(answer.bytes)}</td>
                <td className="number">{calls.length}</td>
                <td className="number">{calls.reduce((sum, call) => sum + call.keys, 0)}</td>
                <td className="number">{count(calls.reduce((sum, call) => sum + (call.bytes ?? 0), 0))}</td>
                <td className="number">{answer.observed ? millis(answer.observed.tookUs) : ""}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Card({ seen: { view, client, answer } }: { seen: Seen }) {
  const id = useId();
  const calls = answer.observed?.calls ?? [];
  return (
    <section className="card" aria-labelledby={id}>
      <h3 id={id}>{client.title}</h3>
      <p className="quiet">
        {view.shows}: {many(answer.wireBytes, "byte")} on the wire, {many(calls.length, "call")}
      </p>
      <Code title="Query" text={view.query} of={client.title} />
      <Code title="Answer" text={JSON.stringify(answer.body, null, 2)} of={client.title} />
      <h4>Calls</h4>
      <div className="scroll" tabIndex={0} role="region" aria-label={`Calls of ${client.title}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">RPC</th>
              <th scope="col" className="number">
                Keys
              </th>
              <th scope="col" className="number">
                Bytes
              </th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call, index) => (
              <tr key={index}>
                <th scope="row">
                  <Rpc rpc={call.rpc} />
                </th>
                <td className="number">{call.keys}</td>
                <td className="number">{call.fault ?? count(call.bytes ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Code({ title, text, of }: { title: string; text: string; of: string }) {
  return (
    <>
      <h4>{title}</h4>
      <pre tabIndex={0} role="region" aria-label={`${title} of ${of}`}>
        <code>{text}</code>
      </pre>
    </>
  );
}
