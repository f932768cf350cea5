/** The plugin "Plan": the plan of the operation in the editor, and the calls of the last run. */

import { useGraphiQL, type GraphiQLPlugin } from "@graphiql/react";
import { parse, print, separateOperations } from "graphql";
import { createContext, useContext, useEffect, useState } from "react";

import type { Client } from "../clients";
import { NoPlan, planOf } from "../send";
import { Failures, Totals, Waves } from "./plan-view";
import { TurnedOff, useSwitches } from "./switches";
import type { Observed, Plan } from "./types";
import { Waterfall } from "./waterfall";

/** The last run of an operation. */
export interface Run {
  document: string;
  plan: Plan;
  observed: Observed;
}

/** The client of the panel, and the last run of one of its operations. */
export const PlanContext = createContext<{ client: Client; run: Run | undefined } | undefined>(undefined);

/** Pause in typing after which the plan is fetched, in milliseconds. */
const PAUSE_MS = 250;

/** The text in the operation editor. */
export function useDocument(): string {
  const editor = useGraphiQL((state) => state.queryEditor);
  const [text, setText] = useState("");
  useEffect(() => {
    if (!editor) return;
    setText(editor.getValue());
    const listening = editor.onDidChangeModelContent(() => setText(editor.getValue()));
    return () => listening.dispose();
  }, [editor]);
  return text;
}

/** The operation that would run, without the others of its document; the document itself if it does not parse. */
function chosen(document: string, operationName: string | undefined): string {
  try {
    const operations = separateOperations(parse(document));
    const names = Object.keys(operations);
    if (names.length < 2) return document;
    const name = operationName && names.includes(operationName) ? operationName : names[0];
    return print(operations[name ?? ""] ?? parse(document));
  } catch {
    return document;
  }
}

type Planned = { plan: Plan } | { problems: string[] } | undefined;

function usePlan(client: Client, document: string): Planned {
  const [planned, setPlanned] = useState<Planned>();
  useEffect(() => {
    if (!document.trim()) {
      setPlanned(undefined);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      planOf(client, document, stop.signal).then(
        (plan) => setPlanned({ plan }),
        (error: unknown) => {
          if (stop.signal.aborted) return;
          setPlanned({ problems: error instanceof NoPlan ? error.problems : [String(error)] });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, document]);
  return planned;
}

function Panel() {
  const context = useContext(PlanContext);
  const document = useDocument();
  const operationName = useGraphiQL((state) => state.operationName);
  if (!context) return null;
  return <PlanOf {...context} document={document} operation={chosen(document, operationName)} />;
}

function PlanOf(props: { client: Client; run: Run | undefined; document: string; operation: string }) {
  const { client, run, document, operation } = props;
  const planned = usePlan(client, operation);
  const switches = useSwitches();
  const plan = planned && "plan" in planned ? planned.plan : undefined;
  return (
    <section className="plan" aria-label="Plan">
      <h2>{plan ? `${plan.kind} ${plan.operation}` : "Plan"}</h2>
      {plan && <Totals plan={plan} />}
      {planned && "problems" in planned && (
        <div role="status">
          <p>There is no plan:</p>
          <ul>
            {planned.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
      {!planned && <p>Write an operation, or choose an example.</p>}
      <section aria-label="Last run">
        <h3 className="part">The last run</h3>
        {run ? (
          <>
            {run.document !== document && <p className="quiet">Of {run.plan.operation}, before the last change.</p>}
            <Waterfall plan={run.plan} observed={run.observed} />
          </>
        ) : (
          <p className="quiet">Run the operation to see its calls against the plan.</p>
        )}
      </section>
      {plan && (
        <>
          <section aria-label="Planned calls">
            <h3 className="part">Planned calls</h3>
            <Waves plan={plan} />
          </section>
          {plan.failures.length > 0 && (
            <section aria-label="Failures">
              <h3 className="part">Failures of services</h3>
              <TurnedOff switches={switches} />
              <Failures plan={plan} switches={switches} />
            </section>
          )}
        </>
      )}
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
      <path d="M3 5h9M8 10h6M8 15h10M14 20h7" />
    </svg>
  );
}

export const PLAN_PLUGIN: GraphiQLPlugin = { title: "Plan", icon: Icon, content: Panel };
