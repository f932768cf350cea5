/** The clients of the shop, as the page's server lists them. */

/** An operation that a client ships, ready to run. */
export interface Shipped {
  name: string;
  /** The release it belongs to, if today's operation of that name differs or does not exist; null for today's. */
  release: string | null;
  text: string;
  variables: Record<string, unknown>;
}

/** A client: the port of its BFF, or the path by which this page's server reaches it, what signs in, and its operations. */
export interface Client {
  name: string;
  title: string;
  port: number | null;
  path: string | null;
  /** Headers that sign in; none for a client of browsers. */
  headers: Record<string, string>;
  /** The page on which a browser signs in; null for other clients. */
  login: string | null;
  operations: Shipped[];
}

/** The clients, and the problems that the server had with their folders. */
export interface Clients {
  clients: Client[];
  problems: string[];
}

export async function loadClients(): Promise<Clients> {
  const response = await fetch("/api/clients.json");
  if (!response.ok) throw new Error(`The page's server answered ${response.status}.`);
  return (await response.json()) as Clients;
}

/** The origin of a client's BFF. A browser keeps its session with the name under which it has signed in. */
export function origin(client: Client): string {
  return client.login ? new URL(client.login).origin : `http://${location.hostname}:${client.port}`;
}

/** The URL of a client's operations. */
export function endpoint(client: Client): string {
  return client.path ? `${location.origin}${client.path}/graphql` : `${origin(client)}/graphql`;
}

/** The purpose of an operation: the comment at its head. */
export function about(operation: Shipped): string {
  const lines = operation.text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s?/, ""))
    .join(" ");
}

/** True if an operation is a mutation. */
export function changes(operation: Shipped): boolean {
  return /^mutation\b/m.test(operation.text);
}
