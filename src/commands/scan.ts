import { Option, type Command } from 'commander';
import type { Readable, Writable } from 'node:stream';
import { findEventFiles, type EventFiles } from '../adapters/files/event-file.ts';
import type { DecodedRecord } from '../codec/decoded-record.ts';
import type { AuditEvent } from '../core/model/audit-event.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import { reportWarnings } from './desired/read-states.ts';
import { readEventRecords } from './input/event-records.ts';
import {
  addScanInput,
  detectionRequest,
  type DetectionRequest,
  type DetectionWarnings,
  type ScanInput,
} from './options/scan-input.ts';
import { LineWriter } from './output/line-writer.ts';
import { ProgressBar } from './output/progress-bar.ts';
import {
  SCAN_FORMATS,
  scanOutput,
  type ScanFormat,
  type ScanOutput,
} from './output/scan-output.ts';
import { ScanCounter, type ScanSummary } from './output/summary.ts';

const DEFAULT_WIDTH = 100;

/** Detection over the desired resources of some states. */
export interface ScanDetection {
  readonly desiredResources: number;
  process(event: AuditEvent): ProcessedEvent;
}

export interface ScanEnvironment {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly noColor: boolean;
  readonly now: () => number;
  /** Aborted where the user interrupts: what was found until then is printed. */
  readonly signal: AbortSignal;
  readonly setExitCode: (code: number) => void;
  /** Throws an error that names each state that cannot be read. */
  readonly detection: (request: DetectionRequest) => Promise<ScanDetection & DetectionWarnings>;
  readonly decode: (value: Buffer, maxBytes: number) => DecodedRecord | Promise<DecodedRecord>;
}

interface ScanOptions extends ScanInput {
  readonly ignoreRules?: string;
  readonly format: ScanFormat;
  readonly all: boolean;
}

/**
 * `driftline scan`: exit code 0 without drift, 1 with, 2 on an error, which is also where nothing was found but not
 * all could be read, 130 where it was interrupted.
 */
export const registerScan = (program: Command, environment: ScanEnvironment): void => {
  addScanInput(
    program
      .command('scan')
      .description('find drift candidates in files of audit events, with no services at all'),
  )
    .option('--ignore-rules <file>', 'rules that take candidates out (.driftignore, YAML or JSON)')
    .addOption(
      new Option('--format <format>', 'how to print').choices(SCAN_FORMATS).default('table'),
    )
    .option('--all', 'print one line for each event, with its outcome', false)
    .action(async (options: ScanOptions) => {
      environment.setExitCode(await scan(options, environment));
    });
};

const scan = async (
  options: ScanOptions,
  environment: ScanEnvironment,
): Promise<0 | 1 | 2 | 130> => {
  const { stdout, stderr, signal } = environment;
  const detection = await environment.detection(detectionRequest(options, options.ignoreRules));
  reportWarnings(detection.warnings, stderr);
  const { files, failures } = await findEventFiles(options.events, environment.stdin);
  for (const { path, message } of failures) stderr.write(`driftline: ${path}: ${message}\n`);

  const output = scanOutput(options.format, new LineWriter(stdout), options.all, {
    width: Math.max(80, stdout.columns ?? DEFAULT_WIDTH),
    color: stdout.isTTY === true && !environment.noColor,
  });
  const summary = await scanFiles({ files, failures }, detection, output, environment);
  await output.end(summary);
  if (signal.aborted) {
    stderr.write('driftline: interrupted: what is told is of the events until then\n');
    return 130;
  }
  const unread = summary.outcomes['dead-letter'];
  if (unread > 0) {
    const what = unread === 1 ? '1 record' : `${String(unread)} records`;
    stderr.write(
      `driftline: ${what} could not be read${options.all ? '' : '; --all shows which'}\n`,
    );
  }
  if (summary.unreadable_files > 0) return 2;
  if (summary.candidates > 0) return 1;
  return unread > 0 ? 2 : 0;
};

const scanFiles = async (
  { files, failures }: EventFiles,
  detection: ScanDetection,
  output: ScanOutput,
  environment: ScanEnvironment,
): Promise<ScanSummary> => {
  const { stderr, stdout } = environment;
  const counter = new ScanCounter();
  const total = files.every(({ bytes }) => bytes > 0)
    ? files.reduce((sum, { bytes }) => sum + bytes, 0)
    : 0;
  const bar = new ProgressBar(
    { write: (text) => stderr.isTTY === true && stderr.write(text) },
    total,
    environment.now,
  );
  let events = 0;
  let unreadable = failures.length;
  const records = readEventRecords(files, {
    decode: environment.decode,
    signal: environment.signal,
    onUnreadable: (file, message) => {
      unreadable += 1;
      bar.clear();
      stderr.write(`driftline: ${file}: ${message}\n`);
    },
  });
  for await (const { events: decoded, failures: faulty, place, bytesRead } of records) {
    for (const event of decoded) {
      const processed = detection.process(event);
      counter.addOutcome(processed.outcome, processed.unmapped);
      processed.candidates.forEach((candidate) => {
        counter.addCandidate(candidate);
      });
      if (processed.candidates.length > 0 && stdout.isTTY === true) bar.clear();
      await output.event(processed);
    }
    for (const failure of faulty) {
      counter.addOutcome('dead-letter', false);
      await output.failure(failure, place);
    }
    events += decoded.length;
    bar.advance(bytesRead, events);
  }
  bar.clear();
  return counter.summary(detection.desiredResources, unreadable);
};
