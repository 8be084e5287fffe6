import { hash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createMemoryIndex } from '../../../src/adapters/desired-store/memory-index.ts';
import { createSecretHash } from '../../../src/adapters/desired-store/secret-hash.ts';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import type { DecodedRecord } from '../../../src/codec/decoded-record.ts';
import { parseYamlDocuments } from '../../../src/codec/yaml-documents.ts';
import { readEnvironmentRules } from '../../../src/config/environment-rules-file.ts';
import { readProviderTables } from '../../../src/config/provider-tables.ts';
import { createStateReader } from '../../../src/core/desired/state-reader.ts';
import type { DetectionContext, ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import type { DesiredForEvents } from '../../support/desired-for-events.ts';
import type { SourceRecord } from '../../support/source-records.ts';

const CONFIG = fileURLToPath(new URL('../../../config', import.meta.url));
const HASH_KEY = 'bench-detection';
/** Of objects and of audit events that name none, as `--cluster` and `kubernetes.cluster` give it. */
const CLUSTER = 'bench';

const sha256 = (text: string): string => hash('sha256', text);

/** What became of one line of the file: of each event in it, and of each part that could not be read. */
export interface DetectedLine {
  readonly line: number;
  readonly events: readonly ProcessedEvent[];
  readonly failures: readonly string[];
}

/** The state's files, read as `driftline` reads them. */
const contextOf = (
  { files }: DesiredForEvents,
  trustedPrincipals: readonly string[],
): DetectionContext => {
  const loaded = readProviderTables(CONFIG);
  const secretHash = createSecretHash(HASH_KEY);
  const reader = createStateReader(
    {
      environment: 'bench',
      publishedTime: 0,
      resourceTypes: loaded.resourceTypes,
      formats: loaded.formats,
      secretHash,
      unit: 'bench',
      cluster: CLUSTER,
    },
    parseYamlDocuments,
  );
  const results = files.flatMap(({ name, content }) => reader.read(name, Buffer.from(content)));
  const index = createMemoryIndex();
  for (const result of [...results, ...reader.end()]) {
    if (!result.ok) throw new Error(`${result.source}: ${result.failure.message}`);
    for (const resource of result.state.resources) index.upsert(resource);
  }
  return {
    index,
    tables: loaded.tables,
    severity: loaded.severity,
    attacks: loaded.attacks,
    environments: readEnvironmentRules(CONFIG, undefined),
    trustedPrincipals,
    ignoreRules: [],
    hash: sha256,
    secretHash,
  };
};

const decoded = async (text: string): Promise<DecodedRecord> =>
  decodeRecord(Buffer.from(text), { origin: { cluster: CLUSTER } });

/** Every record of a source through decoding and detection, as a worker does it. */
export const detectSource = async (
  records: readonly SourceRecord[],
  desired: DesiredForEvents,
  trustedPrincipals: readonly string[],
): Promise<readonly DetectedLine[]> => {
  const context = contextOf(desired, trustedPrincipals);
  const lines: DetectedLine[] = [];
  for (const { line, text } of records) {
    const { events, failures } = await decoded(text);
    lines.push({
      line,
      events: events.map((event) => processEvent(event, context)),
      failures: failures.map(({ reason }) => reason),
    });
  }
  return lines;
};
