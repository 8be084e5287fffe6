import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { addressesOf } from '../../../deploy/local/options.ts';
import { startStack, stopStack } from '../../../deploy/local/stack.ts';
import { openFaultRun, type FaultRun } from '../support/fault-run.ts';
import { faultStackOptions } from '../support/fault-stack.ts';
import { SOAK_FAULTS } from './faults.ts';
import { standing } from './standing.ts';

/**
 * Twenty minutes at half the rate that two members sustain here, with a fault every 20 seconds, drawn from a seed.
 * Prints what became of it as JSON; ends with 1 where an invariant does not hold.
 */
const { values: given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    /** Records a second; default half of what is measured first. */
    rate: { type: 'string' },
    out: { type: 'string' },
    /** A folder for the log of each member. */
    log: { type: 'string' },
  },
});

const PARTITIONS = 4;
const OWNED = 500;
const MEASURED_RECORDS = 20_000;
const FAULT_EVERY_MS = 20_000;
const LOAD_EVERY_MS = 500;
const DRAIN_LIMIT_MS = 600_000;
const minute = 60_000;

/** mulberry32: the same faults for the same seed. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const note = (line: string): void => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};

const secondsSince = (started: number): number => Math.round((performance.now() - started) / 1000);

/** Records a second that the members take from a log that is full already. */
const sustainableRate = async (run: FaultRun): Promise<number> => {
  const before = run.fed();
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    await run.feed(MEASURED_RECORDS / PARTITIONS, partition);
  }
  const members = [run.member(), run.member()];
  await Promise.all(members.map((member) => member.event('group.joined')));
  const started = performance.now();
  await run.deployment.caughtUp(DRAIN_LIMIT_MS);
  const rate = (run.fed() - before) / ((performance.now() - started) / 1000);
  for (const member of members) await run.retire(member);
  return rate;
};

const soak = async (run: FaultRun): Promise<boolean> => {
  const measured = await sustainableRate(run);
  const rate = given.rate === undefined ? measured / 2 : Number(given.rate);
  const load = loadavg().map((each) => Number(each.toFixed(1)));
  note(`${Math.round(measured)} records/s sustained; soak at ${Math.round(rate)} records/s`);
  const random = randomFrom(Number(given.seed));
  const members = [run.supervise(), run.supervise()];
  await Promise.all(members.map((member) => member.current().event('group.joined')));
  const feeding = run.load(LOAD_EVERY_MS, Math.max(1, Math.round((rate * LOAD_EVERY_MS) / 1000)));
  const names = Object.keys(SOAK_FAULTS);
  const counts: Record<string, number> = {};
  const started = performance.now();
  let due = FAULT_EVERY_MS;
  while (due < Number(given.minutes) * minute) {
    await pause(Math.max(0, started + due - performance.now()));
    const name = names[Math.floor(random() * names.length)] ?? '';
    const member = members[random() < 0.5 ? 0 : 1];
    note(name);
    counts[name] = (counts[name] ?? 0) + 1;
    if (member !== undefined) await SOAK_FAULTS[name]?.(run, member, random);
    due = Math.max(due + FAULT_EVERY_MS, performance.now() - started);
  }
  await pause(Math.max(0, started + Number(given.minutes) * minute - performance.now()));
  await feeding.stop();
  const soaked = secondsSince(started);
  const stopped = performance.now();
  const unfinished = await run.deployment.caughtUp(DRAIN_LIMIT_MS).then(
    () => [],
    (error: unknown) => [String(error).split('\n', 1)[0] ?? ''],
  );
  const drained = secondsSince(stopped);
  if (unfinished.length > 0) {
    const found = await standing(run, members, addressesOf(stack).opensearch);
    note(`not caught up: ${JSON.stringify(found, undefined, 2)}`);
  }
  const badEnds = await run.retireAll();
  const { evidence, findings } = await run.judge(unfinished.length === 0 ? 'end' : 'committed');
  const violations = [...unfinished, ...findings.violations, ...run.stepsBack, ...badEnds];
  const isSound = violations.length === 0;
  const report = {
    seed: Number(given.seed),
    sustainedPerSecond: Math.round(measured),
    soakPerSecond: Math.round(rate),
    loadAverage: load,
    soakSeconds: soaked,
    faults: counts,
    restartsByThemselves: members.flatMap(({ ends }) => ends),
    recordsFed: run.fed(),
    recordsInLog: evidence.input.length,
    documents: evidence.documents.length,
    candidates: evidence.candidates.length,
    deadLetters: evidence.deadLetters.length,
    declaredDrops: Number(evidence.declaredDrops),
    duplicates: findings.duplicates,
    candidateDuplicates: findings.candidateDuplicates,
    drainSeconds: drained,
    rssPeakMb: run.rssPeakMb(),
    violations,
    result: isSound ? 'pass' : 'FAIL',
  };
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  process.stdout.write(text);
  if (given.out !== undefined) writeFileSync(given.out, text);
  return isSound;
};

const stack = faultStackOptions(process.env);
await startStack(stack, { report: note });
try {
  const run = await openFaultRun(stack, {
    partitions: PARTITIONS,
    owned: OWNED,
    settings: { 'log.level': 'info' },
    ...(given.log === undefined ? {} : { logFolder: given.log }),
  });
  try {
    process.exitCode = (await soak(run)) ? 0 : 1;
  } finally {
    await run.broker.thaw();
    await run.opensearch.thaw();
    await run.close();
  }
} finally {
  if (process.env['DRIFTLINE_FAULT_STACK_KEEP'] !== '1') await stopStack(stack, { report: note });
}
process.exit();
