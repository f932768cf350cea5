/** GraphiQL for one client, with its operations as examples and the plan beside the editor. */

import { useGraphiQL } from "@graphiql/react";
import { createLocalStorage, StorageAPI, type Fetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect, useId, useMemo, useRef, useState } from "react";

import { Account } from "./account";
import { about, changes, type Client, type Shipped } from "./clients";
import { PLAN_PLUGIN, PlanContext, useDocument, type Run } from "./plan/panel";
import { count, many } from "./plan/text";
import { send } from "./send";
import type { Theme } from "./theme";

/** Name of GraphiQL's query for the schema. */
const INTROSPECTION = "IntrospectionQuery";

const PLUGINS = [PLAN_PLUGIN, HISTORY_PLUGIN];

/** Width of the plan beside the editors, as GraphiQL stores it. */
const PANEL_WIDTH = { key: "docExplorerFlex", value: "0.55" };

/** The operation that a new visitor sees first, by client. */
const FIRST: Record<string, string> = { mobile: "Home", web: "ProductPage", iot: "Shelf" };

export function Explorer({ client, theme }: { client: Client; theme: Theme }) {
  const [run, setRun] = useState<Run>();
  const [outcome, setOutcome] = useState("");
  const root = useRef<HTMLDivElement>(null);
  useKeyboard(root);

  const graphiql = useMemo(() => {
    const storage = createLocalStorage({ namespace: `playground:${client.name}` });
    const kept = new StorageAPI(storage);
    if (!kept.get(PANEL_WIDTH.key)) kept.set(PANEL_WIDTH.key, PANEL_WIDTH.value);
    const isNew = !kept.get("tabState");
    const headers = pretty(client.headers);
    const first = client.operations.find((it) => it.name === FIRST[client.name]) ?? client.operations[0];
    const fetcher: Fetcher = async (operation, options) => {
      const isSchema = operation.operationName === INTROSPECTION;
      const answer = await send(client, operation, options?.headers ?? {}, isSchema ? "no" : "analyze");
      const { plan, observed } = answer;
      if (plan && observed) setRun({ document: operation.query, plan, observed });
      if (!isSchema) {
        const calls = observed ? `, ${many(observed.calls.length, "call")} to services` : "";
        const bytes = new TextEncoder().encode(JSON.stringify(answer.body)).length;
        setOutcome(`Status ${answer.status}${calls}, ${count(bytes)} bytes`);
      }
      return answer.body;
    };
    // GraphiQL takes the variables of the first tab from this property alone.
    const initial = first && isNew ? { initialVariables: pretty(first.variables) } : {};
    return { storage, fetcher, headers, first, initial };
  }, [client]);

  const context = useMemo(() => ({ client, run }), [client, run]);
  const { storage, fetcher, headers, first, initial } = graphiql;
  return (
    <PlanContext.Provider value={context}>
      <div className="explorer" ref={root}>
        <GraphiQL
          fetcher={fetcher}
          storage={storage}
          plugins={PLUGINS}
          visiblePlugin={PLAN_PLUGIN}
          forcedTheme={theme}
          defaultHeaders={headers}
          defaultEditorToolsVisibility="variables"
          {...initial}
          {...(first
            ? { defaultTabs: [{ query: first.text, variables: pretty(first.variables), headers }] }
            : { defaultQuery: "{ __typename }" })}
        >
          <GraphiQL.Logo>
            <Examples client={client} headers={headers} />
            {client.login && <Account client={client} login={client.login} />}
          </GraphiQL.Logo>
          <GraphiQL.Footer>
            <p className="said" role="status">
              {outcome}
            </p>
          </GraphiQL.Footer>
        </GraphiQL>
      </div>
    </PlanContext.Provider>
  );
}

/** A list of the client's operations; the chosen one fills the editors. */
function Examples({ client, headers }: { client: Client; headers: string }) {
  const id = useId();
  const document = useDocument();
  const { queryEditor, variableEditor, headerEditor, responseEditor } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    headerEditor: state.headerEditor,
    responseEditor: state.responseEditor,
  }));
  const choose = (value: string) => {
    const operation = client.operations.find((it) => valueOf(it) === value);
    if (!operation) return;
    queryEditor?.setValue(operation.text);
    variableEditor?.setValue(pretty(operation.variables));
    headerEditor?.setValue(headers);
    responseEditor?.setValue("");
  };
  const shown = client.operations.find((it) => it.text === document);
  const today = client.operations.filter((it) => it.release === null);
  const released = client.operations.filter((it) => it.release !== null);
  const groups: [string, Shipped[]][] = [
    ["Queries", today.filter((it) => !changes(it))],
    ["Mutations", today.filter(changes)],
    ...[...Map.groupBy(released, (it) => it.release)].map(
      ([release, operations]): [string, Shipped[]] => [`Release ${release}`, operations],
    ),
  ];
  return (
    <div className="examples">
      <label htmlFor={id}>Example</label>
      <select
        id={id}
        value={shown ? valueOf(shown) : ""}
        disabled={!queryEditor || client.operations.length === 0}
        title={shown && about(shown)}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="" disabled>
          {client.operations.length === 0 ? "none found" : "choose an operation"}
        </option>
        {groups.map(
          ([title, operations]) =>
            operations.length > 0 && (
              <optgroup key={title} label={title}>
                {operations.map((operation) => (
                  <option key={valueOf(operation)} value={valueOf(operation)}>
                    {operation.name}
                  </option>
                ))}
              </optgroup>
            ),
        )}
      </select>
    </div>
  );
}

/** Key of an operation in the list of examples. */
function valueOf({ name, release }: Shipped): string {
  return release === null ? name : `${name}@${release}`;
}

/** Selectors and names of the editors, in the order of the page. */
const EDITORS = [
  [".graphiql-query-editor .graphiql-editor", "Operation"],
  [".graphiql-editor-tool .graphiql-editor:first-child", "Variables"],
  [".graphiql-editor-tool .graphiql-editor:last-child", "Headers"],
] as const;

/** Widgets that Escape closes before it leaves an editor. */
const WIDGETS = [".suggest-widget", ".parameter-hints-widget", ".find-widget"].map((it) => `${it}.visible`).join();

/** Names the editors for screen readers, and lets Escape leave one, because Tab indents in it. */
function useKeyboard(root: React.RefObject<HTMLDivElement | null>) {
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const name = () => {
      for (const [selector, title] of EDITORS) {
        const editor = element.querySelector(selector);
        if (editor && !editor.hasAttribute("aria-label")) {
          editor.setAttribute("role", "group");
          editor.setAttribute("aria-label", `${title}: Enter to edit, Escape to leave`);
        }
      }
    };
    name();
    const watching = new MutationObserver(name);
    watching.observe(element, { childList: true, subtree: true });
    const leave = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || element.querySelector(WIDGETS)) return;
      const editor = (event.target as Element).closest<HTMLElement>(".graphiql-editor, .result-window");
      if (editor && editor !== event.target) editor.focus();
    };
    element.addEventListener("keydown", leave, true);
    return () => {
      watching.disconnect();
      element.removeEventListener("keydown", leave, true);
    };
  }, [root]);
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
