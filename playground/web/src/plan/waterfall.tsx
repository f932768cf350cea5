/** A run against its plan: bars over the planned waves, and a table of the same calls. */

import { useId, useState, type CSSProperties } from "react";

import { Rpc } from "./rpc";
import { bytes, count, isCut, many, method, millis } from "./text";
import type { MadeCall, Observed, Plan, PlannedCall } from "./types";

/** A planned call, a call that was made, or both. */
interface Row {
  rpc: string;
  /** The planned call; `undefined` if the call was not planned. */
  planned: PlannedCall | undefined;
  /** The call that was made; `undefined` if it was planned only. */
  made: MadeCall | undefined;
  /** Tells the call from others of its kind; empty if there are none. */
  note: string;
}

/** The calls of a wave; the last group holds the calls of no wave. */
interface Group {
  title: string;
  untilMs: number | undefined;
  rows: Row[];
}

/**
 * Groups the calls that were made by the waves of the plan. A call belongs to the planned call of its slot and name.
 * Commands have no slot: the first one that was sent is the first one that was planned.
 */
export function grouped(plan: Plan, observed: Observed): Group[] {
  const left = [...observed.calls].sort((one, other) => one.startUs - other.startUs);
  const take = (calls: PlannedCall[]): Row[] =>
    calls.flatMap((planned): Row[] => {
      const { rpc } = planned;
      const most = planned.slot === null ? 1 : left.length;
      const made: MadeCall[] = [];
      while (made.length < most) {
        const at = left.findIndex((it) => it.slot === planned.slot && it.name === planned.name);
        if (at < 0) break;
        made.push(...left.splice(at, 1));
      }
      if (made.length === 0) return [{ rpc, planned, made: undefined, note: which(planned, calls) }];
      return made.map((call, index) => {
        const note = made.length > 1 ? ` ${index + 1} of ${made.length}` : "";
        return { rpc, planned, made: call, note: which(planned, calls) + note };
      });
    });
  const groups: Group[] = plan.waves.map((wave, index) => ({
    title: `Wave ${index + 1}`,
    untilMs: wave.untilMs,
    rows: take(wave.calls),
  }));
  const later = take(plan.later);
  const beyond = left.map((made): Row => ({ rpc: made.rpc, planned: undefined, made, note: "" }));
  const rest = [...later, ...beyond];
  if (rest.length > 0) groups.push({ title: "Afterwards", untilMs: undefined, rows: rest });
  return groups;
}

/** The field that leads to a call, if its wave calls the RPC for another field as well; empty otherwise. */
function which({ rpc, behind }: PlannedCall, calls: PlannedCall[]): string {
  return calls.filter((call) => call.rpc === rpc).length > 1 ? ` for ${behind}` : "";
}

export function Waterfall({ plan, observed }: { plan: Plan; observed: Observed }) {
  const [whole, setWhole] = useState(false);
  const caption = useId();
  const groups = grouped(plan, observed);
  const ends = observed.calls.map((call) => call.endUs ?? observed.tookUs);
  const ranUs = Math.max(observed.tookUs, ...ends, 1);
  const scaleUs = whole ? Math.max(plan.total.deadlineMs * 1000, ranUs) : ranUs;
  const made = observed.calls.length;
  const keys = observed.calls.reduce((sum, call) => sum + call.keys, 0);
  const read = observed.calls.reduce((sum, call) => sum + (call.bytes ?? 0), 0);
  return (
    <>
      <p>
        Answered in <strong>{millis(observed.tookUs)}</strong> of{" "}
        {count(Math.min(plan.total.timeMs, plan.total.deadlineMs))} ms{" "}
        {isCut(plan) ? "until it is cut off" : "at worst"}, with{" "}
        {made} of {plan.total.calls} calls, {keys} of {count(plan.total.keys)} keys and {bytes(read)} read.
      </p>
      <label className="check">
        <input type="checkbox" checked={whole} onChange={(event) => setWhole(event.target.checked)} />
        on the scale of the deadline ({count(plan.total.deadlineMs)} ms)
      </label>
      {/* The table below holds the same facts for screen readers. */}
      <div className="waterfall" aria-hidden="true">
        {groups.map((group) => (
          <Band key={group.title} group={group} scaleUs={scaleUs} whole={whole} groups={groups} />
        ))}
        <div className="waterfall-axis">
          <span>0</span>
          <span>{millis(scaleUs / 2)}</span>
          <span>{millis(scaleUs)}</span>
        </div>
        <div className="legend">
          <span>
            <i className="bar" /> optional
          </span>
          <span>
            <i className="bar critical" /> critical
          </span>
          <span>
            <i className="bar bad" /> failed
          </span>
          <span>
            <i className="wave-band" /> {whole ? "the wave, at worst" : "the wave, as it ran"}
          </span>
        </div>
      </div>
      <details>
        <summary>The run as a table</summary>
        <div className="scroll" tabIndex={0} role="region" aria-labelledby={caption}>
          <table>
            <caption id={caption}>Planned and observed calls of {plan.operation}</caption>
            <thead>
              <tr>
                <th scope="col">Wave</th>
                <th scope="col">Call</th>
                <th scope="col">Start</th>
                <th scope="col">End</th>
                <th scope="col">Within</th>
                <th scope="col">Keys</th>
                <th scope="col">Read</th>
              </tr>
            </thead>
            <tbody>
              {groups.flatMap((group) =>
                group.rows.map(({ rpc, planned, made, note }, index) => (
                  <tr key={`${group.title} ${index}`}>
                    <td>{group.title}</td>
                    <th scope="row">
                      <Rpc rpc={rpc} />
                      {note}
                    </th>
                    <td>{made ? millis(made.startUs) : "not made"}</td>
                    <td>{made ? (made.endUs === null ? "still running" : millis(made.endUs)) : ""}</td>
                    <td>{planned ? `${count(planned.timeoutMs)} ms` : "not planned"}</td>
                    <td>{made?.keys}</td>
                    <td>{made?.fault ?? (made ? bytes(made.bytes ?? 0) : "")}</td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

/** One wave: a band over the time it took (or may take, on the scale of the deadline), and a bar for each call. */
function Band(props: { group: Group; groups: Group[]; scaleUs: number; whole: boolean }) {
  const { group, groups, scaleUs, whole } = props;
  const percent = (us: number) => `${(Math.min(us / scaleUs, 1) * 100).toFixed(2)}%`;
  const calls = group.rows.flatMap(({ made }) => (made ? [made] : []));
  const before = groups[groups.indexOf(group) - 1]?.untilMs ?? 0;
  const endOf = (call: MadeCall) => call.endUs ?? scaleUs;
  const [from, to] =
    whole && group.untilMs !== undefined
      ? [before * 1000, group.untilMs * 1000]
      : [Math.min(...calls.map((call) => call.startUs)), Math.max(...calls.map(endOf))];
  const band: CSSProperties = calls.length > 0 ? { left: percent(from), width: percent(to - from) } : { width: 0 };
  return (
    <div className="wave">
      <div className="wave-title">
        {group.title}
        {group.untilMs !== undefined && <span>planned until {count(group.untilMs)} ms</span>}
      </div>
      {group.rows.map(({ rpc, planned, made, note }, index) => (
        <div className="wave-row" key={index}>
          <div className="wave-label">
            <span>
              {method(rpc)}
              <span className="quiet">{note}</span>
            </span>
            <span className={made?.fault ? "bad" : "quiet"}>{made ? became(made, scaleUs) : "not made"}</span>
          </div>
          <div className="track">
            <div className="wave-band" style={band} />
            {made && (
              <div
                className={made.fault ? "bar bad" : planned?.optional === false ? "bar critical" : "bar"}
                style={{ left: percent(made.startUs), width: percent(endOf(made) - made.startUs) }}
              />
            )}
          </div>
        </div>
      ))}
    </div>
  );
}

/** The outcome of a call, in short: its failure, or its time, keys and bytes. */
function became(call: MadeCall, nowUs: number): string {
  if (call.fault) return call.fault;
  const took = millis((call.endUs ?? nowUs) - call.startUs);
  const read = call.bytes === null ? "" : ` · ${bytes(call.bytes)}`;
  return `${took} · ${many(call.keys, "key")}${read}`;
}
