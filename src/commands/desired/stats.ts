import { Option, type Command } from 'commander';
import type { Writable } from 'node:stream';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import { printLines } from '../output/print-lines.ts';
import { textTable } from '../output/text-table.ts';
import { readHeld, withoutAttributes, type OpenTopic } from './open-topic.ts';

export interface DesiredStatsEnvironment {
  readonly stdout: Writable;
  readonly setExitCode: (code: number) => void;
  /** Ends waits on shutdown. */
  readonly signal: AbortSignal;
  readonly openTopic: OpenTopic;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const FORMATS = ['table', 'json'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
}

interface ScopeStats {
  readonly scope: string;
  readonly environment: string;
  /** Of the resource that was written last. */
  readonly source: string;
  readonly resources: number;
  readonly serial: number | null;
  /** Since a resource of the scope last changed. */
  readonly age_seconds: number;
}

interface Stats {
  readonly resources: number;
  readonly scopes: readonly ScopeStats[];
  readonly types: readonly { readonly type: string; readonly resources: number }[];
}

/** `driftline desired stats`: what the topic holds, by scope and by type. */
export const registerDesiredStats = (
  parent: Command,
  { stdout, setExitCode, signal, openTopic, clock }: DesiredStatsEnvironment,
): void => {
  parent
    .command('stats')
    .description('count the desired resources that the topic holds, by scope and by type')
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .action(async ({ format }: Options) => {
      const stats = statsOf(await readHeld(openTopic, signal, withoutAttributes), clock());
      const lines = format === 'json' ? [JSON.stringify(stats, undefined, 2)] : tableOf(stats);
      await printLines(lines, stdout);
      setExitCode(0);
    });
};

const statsOf = (resources: readonly DesiredResource[], now: number): Stats => {
  const byScope = Map.groupBy(resources, ({ scope }) => scope);
  const byType = Map.groupBy(resources, ({ type }) => type);
  return {
    resources: resources.length,
    scopes: Array.from(byScope, ([scope, members]) => scopeStats(scope, members, now)),
    types: Array.from(byType, ([type, members]) => ({ type, resources: members.length })).sort(
      (a, b) => b.resources - a.resources || (a.type < b.type ? -1 : 1),
    ),
  };
};

const scopeStats = (
  scope: string,
  members: readonly DesiredResource[],
  now: number,
): ScopeStats => {
  const last = members.reduce((latest, each) =>
    each.published_time > latest.published_time ? each : latest,
  );
  const serial = members.reduce((most, each) => Math.max(most, each.serial ?? -1), -1);
  return {
    scope,
    environment: last.environment,
    source: last.source,
    resources: members.length,
    serial: serial < 0 ? null : serial,
    age_seconds: Math.max(0, Math.round((now - last.published_time) / 1000)),
  };
};

const tableOf = ({ resources, scopes, types }: Stats): readonly string[] => [
  ...textTable(
    ['ENVIRONMENT', 'RESOURCES', 'SERIAL', 'AGE', 'SCOPE', 'SOURCE'],
    scopes.map((each) => [
      each.environment,
      String(each.resources),
      each.serial === null ? '-' : String(each.serial),
      ageText(each.age_seconds),
      each.scope,
      each.source,
    ]),
  ),
  '',
  ...textTable(
    ['RESOURCES', 'TYPE'],
    types.map(({ type, resources: count }) => [String(count), type]),
  ),
  '',
  `${resources} resources in ${scopes.length} scopes`,
];

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

const ageText = (seconds: number): string => {
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit === undefined ? `${seconds} s` : `${Math.floor(seconds / unit[1])} ${unit[0]}`;
};
