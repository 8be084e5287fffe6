import type { IgnoredCandidate, ProcessedEvent } from '../../core/model/processed-event.ts';
import type { LineWriter } from '../output/line-writer.ts';
import { unreadableText } from '../output/summary.ts';
import { column, terminalText } from '../output/terminal-text.ts';
import { textTable } from '../output/text-table.ts';
import type { RuleCount } from './rule-tally.ts';

export const RULE_REPORT_FORMATS = ['table', 'json'] as const;
export type RuleReportFormat = (typeof RULE_REPORT_FORMATS)[number];

export interface RuleReportSummary {
  readonly events: number;
  /** Events that are a candidate though a rule may have taken a part of them. */
  readonly candidates: number;
  /** Events of which rules left nothing. */
  readonly ignored: number;
  /** Records that could not be read. */
  readonly unread: number;
  /** Files, folders and globs that gave nothing, and files that were read in part. */
  readonly unreadable_files: number;
}

/** Prints what rules take, as it is found, and then what came of each rule. */
export interface RuleReport {
  event(processed: ProcessedEvent): Promise<void>;
  end(rules: readonly RuleCount[], summary: RuleReportSummary): Promise<void>;
}

const takenOf = (
  { event, actor }: ProcessedEvent,
  { rule, kind, resource }: IgnoredCandidate,
): object => ({
  rule,
  event_id: event.id,
  time: event.time,
  service: event.service,
  operation: event.operation,
  actor: actor?.name ?? actor?.principal,
  kind,
  type: resource.type,
  identity: resource.identity,
  address: resource.address,
  environment: resource.environment,
  account: resource.account,
});

/** One document: `taken`, `rules`, `summary`. Written as it grows. */
const jsonReport = (out: LineWriter): RuleReport => {
  let items = 0;
  return {
    async event(processed) {
      for (const each of processed.ignored ?? []) {
        const text = JSON.stringify(takenOf(processed, each));
        await out.line(`${items === 0 ? '{"taken":[' : ','}${text}`);
        items += 1;
      }
    },
    async end(rules, summary) {
      const head = items === 0 ? '{"taken":[' : '';
      await out.line(
        `${head}],"rules":${JSON.stringify(rules)},"summary":${JSON.stringify(summary)}}`,
      );
      await out.flush();
    },
  };
};

const timeText = (time: number): string =>
  new Date(time).toISOString().slice(0, 19).replace('T', ' ');

const stateOf = ({ expired, keeps, taken }: RuleCount): string => {
  if (expired) return 'ended';
  if (keeps) return 'keeps';
  return taken === 0 ? 'took nothing' : '';
};

const count = (value: number, one: string, many: string): string =>
  `${value.toLocaleString('en-US')} ${value === 1 ? one : many}`;

const tableReport = (out: LineWriter): RuleReport => {
  let rows = 0;
  const row = (rule: string, kind: string, time: string, rest: string): string =>
    `${column(rule, 28)} ${column(kind, 10)} ${column(time, 20)} ${rest}`.trimEnd();
  return {
    async event(processed) {
      for (const { rule, kind, resource } of processed.ignored ?? []) {
        if (rows === 0) await out.line(row('RULE', 'KIND', 'TIME (UTC)', 'RESOURCE, ACT, WHO'));
        rows += 1;
        const { event, actor } = processed;
        const who = actor?.name ?? actor?.principal ?? 'unknown actor';
        const what = `${resource.address ?? resource.identity}: ${event.operation} by ${who}`;
        await out.line(row(terminalText(rule), kind, timeText(event.time), terminalText(what)));
      }
    },
    async end(rules, summary) {
      if (rows > 0) await out.line('');
      const lines = textTable(
        ['RULE', 'EVENTS', 'RESOURCES', 'MISSED', 'LAST DAY', 'OWNER', 'STATE'],
        rules.map((rule) => [
          rule.id,
          String(rule.events),
          String(rule.taken),
          String(rule.missed),
          rule.expires ?? 'never',
          rule.owner ?? '',
          stateOf(rule),
        ]),
      );
      for (const line of rules.length === 0 ? ['The file has no rules.'] : lines) {
        await out.line(line);
      }
      const { events, candidates, ignored } = summary;
      await out.line(
        `${count(events, 'audit event', 'audit events')}: ${count(ignored, 'is', 'are')} ignored, ${count(candidates, 'is a candidate', 'are candidates')} all the same.`,
      );
      for (const line of unreadableText(summary.unreadable_files)) await out.line(line);
      await out.flush();
    },
  };
};

export const ruleReport = (format: RuleReportFormat, out: LineWriter): RuleReport =>
  format === 'json' ? jsonReport(out) : tableReport(out);
