import type { RecordFailure } from '../../core/model/outcome.ts';
import type { ProcessedEvent } from '../../core/model/processed-event.ts';
import { candidateTableHeader, candidateTableRow, type TableStyle } from './candidate-table.ts';
import type { LineWriter } from './line-writer.ts';
import { summaryText, type ScanSummary } from './summary.ts';

export const SCAN_FORMATS = ['table', 'json', 'ndjson'] as const;
export type ScanFormat = (typeof SCAN_FORMATS)[number];

/** Prints what a scan finds, as it finds it. */
export interface ScanOutput {
  event(processed: ProcessedEvent): Promise<void>;
  /** `place` is file and line. */
  failure(failure: RecordFailure, place: string): Promise<void>;
  end(summary: ScanSummary): Promise<void>;
}

const eventLine = ({ event, outcome, reason, candidates }: ProcessedEvent): string => {
  const [candidate, ...more] = candidates;
  return JSON.stringify({
    event_id: event.id,
    outcome,
    reason,
    ...(candidate === undefined ? {} : { candidate }),
    ...(more.length === 0 ? {} : { more_candidates: more }),
  });
};

const failureLine = ({ reason, message }: RecordFailure, place: string): string =>
  JSON.stringify({ event_id: null, outcome: 'dead-letter', reason, message, place });

/** One candidate a line, or with `all` one event a line. */
const ndjsonOutput = (out: LineWriter, all: boolean): ScanOutput => ({
  async event(processed) {
    if (all) return out.line(eventLine(processed));
    for (const candidate of processed.candidates) await out.line(JSON.stringify(candidate));
  },
  async failure(failure, place) {
    if (all) await out.line(failureLine(failure, place));
  },
  end: () => out.flush(),
});

/** One document: `candidates` (or `events` with `all`), then `summary`. Written as it grows. */
const jsonOutput = (out: LineWriter, all: boolean): ScanOutput => {
  let items = 0;
  const item = async (text: string): Promise<void> => {
    await out.line(`${items === 0 ? `{"${all ? 'events' : 'candidates'}":[` : ','}${text}`);
    items += 1;
  };
  return {
    async event(processed) {
      if (all) return item(eventLine(processed));
      for (const candidate of processed.candidates) await item(JSON.stringify(candidate));
    },
    async failure(failure, place) {
      if (all) await item(failureLine(failure, place));
    },
    async end(summary) {
      const head = items === 0 ? `{"${all ? 'events' : 'candidates'}":[` : '';
      await out.line(`${head}],"summary":${JSON.stringify(summary)}}`);
      await out.flush();
    },
  };
};

/** A table of candidates for a person; with `all` also one line for each other event. */
const tableOutput = (out: LineWriter, all: boolean, style: TableStyle): ScanOutput => {
  let rows = 0;
  const row = async (text: string): Promise<void> => {
    if (rows === 0) await out.line(candidateTableHeader(style));
    rows += 1;
    await out.line(text);
    await out.flush();
  };
  return {
    async event(processed) {
      for (const candidate of processed.candidates) await row(candidateTableRow(candidate, style));
      if (all && processed.candidates.length === 0) {
        const { event, outcome, reason } = processed;
        await row(`${outcome.padEnd(13)} ${event.service} ${event.operation} (${reason})`);
      }
    },
    async failure(failure, place) {
      if (all) await row(`${'dead-letter'.padEnd(13)} ${place}: ${failure.message}`);
    },
    async end(summary) {
      if (rows > 0) await out.line('');
      await out.line(summaryText(summary));
      await out.flush();
    },
  };
};

export const scanOutput = (
  format: ScanFormat,
  out: LineWriter,
  all: boolean,
  style: TableStyle,
): ScanOutput => {
  switch (format) {
    case 'table':
      return tableOutput(out, all, style);
    case 'json':
      return jsonOutput(out, all);
    case 'ndjson':
      return ndjsonOutput(out, all);
  }
};
