import type { DesiredIndex } from '../../../src/core/model/desired-resource.ts';
import { identityOf, unknownIdentity } from './resources.ts';

const ROUND = 20_000;
const HIT_SHARE = 0.6;

export interface LookupRates {
  /** Lookups a second of wall time. */
  readonly perSecond: number;
  /** Lookups a second of processor time of the whole process: what a core of its own would give. */
  readonly perCpuSecond: number;
  readonly hits: number;
}

/** A small generator of its own, so that all runs ask for the same. */
const createRandom = (): (() => number) => {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
};

/**
 * Looks up in rounds whose identities are made beforehand, outside of the time. `zipf`: the resource of rank r comes up
 * in proportion to 1/r; else all alike. `use` is given the owners within the time.
 */
const measureLookups = (
  lookup: DesiredIndex['lookup'],
  resources: number,
  rounds: number,
  zipf: boolean,
  use: (owners: ReturnType<DesiredIndex['lookup']>) => void,
): LookupRates => {
  const random = createRandom();
  const pick = (): number => {
    const rank = zipf
      ? Math.floor(Math.exp(random() * Math.log(resources + 1))) - 1
      : Math.floor(random() * resources);
    // Ranks are spread over all resources: neighbours in the topic are not asked for together.
    return (Math.min(rank, resources - 1) * 7_919) % resources;
  };
  let seconds = 0;
  let cpu = 0;
  let hits = 0;
  for (let round = 0; round < rounds; round++) {
    const identities = Array.from({ length: ROUND }, () =>
      random() < HIT_SHARE
        ? identityOf(pick(), Math.floor(random() * 3))
        : unknownIdentity(Math.floor(random() * resources)),
    );
    const started = performance.now();
    const cpuStarted = process.cpuUsage();
    for (const identity of identities) {
      const owners = lookup(identity);
      if (owners.length > 0) hits++;
      use(owners);
    }
    const used = process.cpuUsage(cpuStarted);
    seconds += (performance.now() - started) / 1000;
    cpu += (used.user + used.system) / 1e6;
  }
  const total = rounds * ROUND;
  return { perSecond: total / seconds, perCpuSecond: total / cpu, hits: hits / total };
};

/** The ways to look up that are reported. */
export const lookupReport = (
  index: Pick<DesiredIndex, 'lookup'>,
  resources: number,
): Readonly<Record<string, LookupRates>> => {
  let sink = 0;
  const nothing = (): void => undefined;
  const fields = (owners: ReturnType<DesiredIndex['lookup']>): void => {
    for (const { type, account, region } of owners)
      sink += type.length + (account?.length ?? 0) + (region?.length ?? 0);
  };
  const attributes = (owners: ReturnType<DesiredIndex['lookup']>): void => {
    for (const owner of owners) sink += Object.keys(owner.attributes).length;
  };
  const lookup = (identity: string) => index.lookup(identity);
  measureLookups(lookup, resources, 10, true, fields);
  const report = {
    zipf: measureLookups(lookup, resources, 50, true, nothing),
    'zipf, with type, account and region': measureLookups(lookup, resources, 50, true, fields),
    'zipf, with attributes': measureLookups(lookup, resources, 25, true, attributes),
    'uniform, with type, account and region': measureLookups(lookup, resources, 25, false, fields),
  };
  if (sink === 0) throw new Error('no lookup found anything');
  return report;
};
