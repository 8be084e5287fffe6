import { Option, type Command } from 'commander';
import type { Readable, Writable } from 'node:stream';
import { findEventFiles } from '../../adapters/files/event-file.ts';
import type { AuditEvent } from '../../core/model/audit-event.ts';
import type { IgnoreRule } from '../../core/model/ignore-rule.ts';
import type { ProcessedEvent } from '../../core/model/processed-event.ts';
import { reportWarnings } from '../desired/read-states.ts';
import { readEventRecords, type EventRecordsOptions } from '../input/event-records.ts';
import {
  addScanInput,
  detectionRequest,
  type DetectionRequest,
  type DetectionWarnings,
  type ScanInput,
} from '../options/scan-input.ts';
import { LineWriter } from '../output/line-writer.ts';
import { RULE_REPORT_FORMATS, ruleReport, type RuleReportFormat } from './rule-report.ts';
import { RuleTally } from './rule-tally.ts';

/** Detection over the desired resources of some states, under rules that can be exchanged. */
export interface RuleTestDetection {
  readonly ignoreRules: readonly IgnoreRule[];
  processUnder(rules: readonly IgnoreRule[]): (event: AuditEvent) => ProcessedEvent;
}

export interface IgnoreTestEnvironment {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch: tells which rules have ended. */
  readonly clock: () => number;
  readonly setExitCode: (code: number) => void;
  readonly decode: EventRecordsOptions['decode'];
  /** Throws an error that names each state that cannot be read, or each fault of the rules. */
  readonly detection: (request: DetectionRequest) => Promise<RuleTestDetection & DetectionWarnings>;
}

interface Options extends ScanInput {
  readonly rules: string;
  readonly format: RuleReportFormat;
}

/**
 * `driftline ignore test`: exit code 0 where everything could be read, whatever the rules take; 2 on an error; 130 where
 * it was interrupted.
 */
export const registerIgnoreTest = (parent: Command, environment: IgnoreTestEnvironment): void => {
  addScanInput(
    parent
      .command('test')
      .description('show which events a file of ignore rules would take, with no services at all')
      .requiredOption('--rules <file>', 'ignore rules: .driftignore, YAML or JSON'),
  )
    .addOption(
      new Option('--format <format>', 'how to print').choices(RULE_REPORT_FORMATS).default('table'),
    )
    .action(async (options: Options) => {
      environment.setExitCode(await test(options, environment));
    });
};

const withoutLastDay = ({ expires: _lastDay, ...rule }: IgnoreRule): IgnoreRule => rule;

const test = async (options: Options, environment: IgnoreTestEnvironment): Promise<number> => {
  const { stdout, stderr, signal, clock, decode } = environment;
  const detection = await environment.detection(detectionRequest(options, options.rules));
  reportWarnings(detection.warnings, stderr);
  const { ignoreRules } = detection;
  const process = detection.processUnder(ignoreRules);
  const unexpired = detection.processUnder(ignoreRules.map(withoutLastDay));
  const { files, failures } = await findEventFiles(options.events, environment.stdin);
  for (const { path, message } of failures) stderr.write(`driftline: ${path}: ${message}\n`);

  const tally = new RuleTally(ignoreRules);
  const report = ruleReport(options.format, new LineWriter(stdout));
  const summary = {
    events: 0,
    candidates: 0,
    ignored: 0,
    unread: 0,
    unreadable_files: failures.length,
  };
  const onUnreadable = (file: string, message: string): void => {
    summary.unreadable_files += 1;
    stderr.write(`driftline: ${file}: ${message}\n`);
  };
  for await (const record of readEventRecords(files, { decode, signal, onUnreadable })) {
    summary.unread += record.failures.length;
    for (const { message } of record.failures) {
      stderr.write(`driftline: ${record.place}: ${message}\n`);
    }
    for (const event of record.events) {
      const processed = process(event);
      summary.events += 1;
      if (processed.outcome === 'candidate') summary.candidates += 1;
      if (processed.outcome === 'ignored') summary.ignored += 1;
      tally.add(processed, unexpired(event));
      await report.event(processed);
    }
  }
  await report.end(tally.counts(clock()), summary);
  if (signal.aborted) return 130;
  return summary.unreadable_files > 0 || summary.unread > 0 ? 2 : 0;
};
