/** The clients of the shop, as the page's server tells of them. */

/** An operation that a client ships, ready to run. */
export interface Shipped {
  name: string;
  /** The release it is of, where today's operation of that name is another or there is none; null for today's. */
  release: string | null;
  text: string;
  variables: Record<string, unknown>;
}

/** A client: where it is asked, as whom, and with what. */
export interface Client {
  name: string;
  title: string;
  port: number;
  headers: Record<string, string>;
  operations: Shipped[];
}

/** What the server knows, and what was wrong with it. */
export interface Clients {
  clients: Client[];
  problems: string[];
}

export async function loadClients(): Promise<Clients> {
  const response = await fetch("/api/clients.json");
  if (!response.ok) throw new Error(`The page's server answered ${response.status}.`);
  return (await response.json()) as Clients;
}

/** The address a client's operations are sent to: the same machine as the page's. */
export function endpoint(client: Client): string {
  return `http://${location.hostname}:${client.port}/graphql`;
}

/** What an operation is for: the comment at its head. */
export function about(operation: Shipped): string {
  const lines = operation.text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s?/, ""))
    .join(" ");
}

/** Whether an operation changes something. */
export function changes(operation: Shipped): boolean {
  return /^mutation\b/m.test(operation.text);
}
