/** A plan: its totals, its waves, and the consequences for the client when a service fails. */

import { Fragment, useId } from "react";

import { Rpc } from "./rpc";
import { Switch, type Switches } from "./switches";
import { bytes, cache, calls, consequence, count, isCut, keys, manner, needs, standIn, time } from "./text";
import type { Consequence, Failure, Plan, PlannedCall } from "./types";

export function Totals({ plan }: { plan: Plan }) {
  const { total } = plan;
  const share = Math.min(total.timeMs / total.deadlineMs, 1);
  return (
    <dl className="totals">
      <Fact name="waves">{total.waves}</Fact>
      <Fact name="calls">at most {count(total.calls)}</Fact>
      <Fact name="keys">at most {count(total.keys)}</Fact>
      <Fact name="answer">{bytes(total.bytes)} at most</Fact>
      <Fact name="cost">{count(total.cost)}</Fact>
      <Fact name="time" wide>
        {time(plan)}
        <span className="meter" aria-hidden="true">
          <span style={{ width: `${share * 100}%` }} />
        </span>
      </Fact>
      <Fact name="cache" wide>
        {cache(plan)}
      </Fact>
      <Fact name="runs" wide>
        {plan.runs}
      </Fact>
      {plan.requires?.map((requires) => (
        <Fact key={needs(requires)} name="needs" wide>
          {needs(requires)}
        </Fact>
      ))}
    </dl>
  );
}

function Fact(props: { name: string; wide?: boolean; children: React.ReactNode }) {
  return (
    <div className={props.wide ? "wide" : undefined}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

export function Waves({ plan }: { plan: Plan }) {
  return (
    <>
      {plan.waves.map((wave, index) => (
        <section key={index} className="planned-wave">
          <h3>
            Wave {index + 1}{" "}
            <span className="quiet">
              {isCut(plan) ? "cut off" : "over"} after {count(wave.untilMs)} ms
            </span>
          </h3>
          <Calls calls={wave.calls} />
        </section>
      ))}
      {plan.later.length > 0 && (
        <section className="planned-wave">
          <h3>
            Afterwards <span className="quiet">nobody waits</span>
          </h3>
          <Calls calls={plan.later} />
        </section>
      )}
      {plan.total.calls === 0 && <p>It calls no service.</p>}
    </>
  );
}

function Calls(props: { calls: PlannedCall[] }) {
  return (
    <ul className="calls">
      {props.calls.map((call, index) => (
        <li key={index}>
          <h4>
            <Rpc rpc={call.rpc} />
          </h4>
          <dl>
            <dt>{call.slot === null ? "command" : "fetch"}</dt>
            <dd>{call.name}</dd>
            <dt>for</dt>
            <dd>
              {call.fields.map((field) => (
                <div key={field}>{field}</div>
              ))}
            </dd>
            <dt>keys</dt>
            <dd>{keys(call)}</dd>
            {calls(call) && (
              <>
                <dt>calls</dt>
                <dd>{calls(call)}</dd>
              </>
            )}
            {call.reads.length > 0 && (
              <>
                <dt>reads</dt>
                <dd>
                  {call.reads.join(", ")}
                  {!call.masked && " (no read mask: all of it is sent)"}
                </dd>
              </>
            )}
            <dt>is</dt>
            <dd>{manner(call)}</dd>
          </dl>
        </li>
      ))}
    </ul>
  );
}

export function Failures({ plan, switches }: { plan: Plan; switches: Switches }) {
  const { failures } = plan;
  const caption = useId();
  return (
    <>
      <p className="quiet">Down is UPSTREAM_UNAVAILABLE, slow is UPSTREAM_TIMEOUT, crowded is UPSTREAM_OVERLOADED, all else INTERNAL_SERVER_ERROR; {standIn(plan)}.</p>
      <div className="scroll" tabIndex={0} role="region" aria-labelledby={caption}>
        <table className="failures">
          <caption id={caption}>Failures, by RPC</caption>
          <thead>
            <tr>
              <th scope="col">RPC</th>
              <th scope="col">fails</th>
              <th scope="col">finds nothing</th>
              <th scope="col">now</th>
            </tr>
          </thead>
          <tbody>
            {failures.map((failure) => (
              <tr key={failure.rpc}>
                <th scope="row">
                  <Rpc rpc={failure.rpc} />
                </th>
                <td>
                  <Sentences of={failure.unavailable} declined={declined(failure)} awaited={failure.awaited} />
                </td>
                <td>
                  <Sentences of={failure.notFound} awaited={failure.awaited} />
                </td>
                <td>
                  <Switch rpc={failure.rpc} switches={switches} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The consequences if a service declines a call, if they differ from those of a failure. */
function declined({ unavailable, refused }: Failure): Consequence[] | undefined {
  const said = (list: Consequence[]) => list.map(consequence).join("\n");
  return said(unavailable) === said(refused) ? undefined : refused;
}

function Sentences(props: { of: Consequence[]; declined?: Consequence[] | undefined; awaited: boolean }) {
  const { of, declined, awaited } = props;
  if (of.length === 0 && !declined) return awaited ? "nothing" : "nothing: nobody waits for it";
  return (
    <>
      {of.map((it, index) => (
        <div key={index}>
          <Sentence of={it} />
        </div>
      ))}
      {declined?.map((it, index) => (
        <div key={`declined ${index}`}>
          declines: <Sentence of={it} />
        </div>
      ))}
    </>
  );
}

/** A sentence in which a path may wrap between its fields. */
function Sentence({ of }: { of: Consequence }) {
  return consequence(of)
    .split(/(?<=\.)/)
    .map((part, index) => (
      <Fragment key={index}>
        {index > 0 && <wbr />}
        {part}
      </Fragment>
    ));
}
