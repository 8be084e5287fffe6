import {
  isJsonObject,
  ownString,
  type JsonObject,
  type JsonValue,
} from '../../../src/core/model/json.ts';
import { desiredForEvents } from '../../support/desired-for-events.ts';
import { labelsOf, type EventLabel } from '../../support/detection-labels.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { sourceRecords, statedOutcome, type SourceRecord } from '../../support/source-records.ts';

/** Sources of CloudTrail records with labels on resources, and of reads. */
const MUTATING = [
  'stratus-red-team.cloudtrail',
  'panther-analysis.cloudtrail',
  'streamalert.cloudtrail',
  'plaso.cloudtrail',
];
const READS = ['opensearch-catalog.cloudtrail', 'stratus-red-team.cloudtrail'];

export interface SpeedCorpus {
  /** Raw records, one text each, reads and mutating ones mixed. */
  readonly records: readonly string[];
  /** Terraform states of the resources that the mutating records name. */
  readonly states: readonly string[];
}

export interface SpeedMix {
  readonly records: number;
  readonly resources: number;
  /** Of the records. */
  readonly mutating: number;
  /** Of the mutating records: on resources that code owns. The others name unknown ones. */
  readonly owned: number;
}

/** A real record whose ids can be varied, with the state of the resources that its label names. */
interface Template {
  readonly record: SourceRecord;
  readonly label: EventLabel;
  /** Texts that name the resources. */
  readonly names: readonly string[];
}

const MARK = /[A-Za-z0-9]{4,}$/;

/** The names that the record itself has: those are varied, in record and state alike. */
const namesIn = (label: EventLabel, text: string): readonly string[] => {
  const names = (label.resources ?? []).flatMap(({ state }) =>
    Object.entries(state).flatMap(([key, value]) =>
      /^(id|name|bucket|.*_name|.*identifier|user|role|group|arn)$/.test(key) &&
      typeof value === 'string' &&
      MARK.test(value) &&
      text.includes(`"${value}"`)
        ? [value]
        : [],
    ),
  );
  return [...new Set(names)].toSorted((one, other) => other.length - one.length);
};

const templatesOf = (source: string): readonly Template[] => {
  const labels = labelsOf(source);
  return sourceRecords(source).flatMap((record) => {
    const label = labels.get(record.line);
    if (label?.resources === undefined) return [];
    const text = JSON.stringify(record.act);
    const names = namesIn(label, text);
    return names.length === 0 ? [] : [{ record: { ...record, text }, label, names }];
  });
};

/** Another id of the same length and shape: its last characters tell the copy. */
const variant = (name: string, copy: number): string => {
  const digits = copy.toString(16).padStart(4, '0').slice(-4);
  return name.slice(0, -4) + digits;
};

const varied = (text: string, names: readonly string[], copy: number): string =>
  names.reduce((so, name) => so.replaceAll(name, variant(name, copy)), text);

const withEventId = (text: string, id: string, number: number): string =>
  text.replace(id, `${id.slice(0, 24)}${number.toString(16).padStart(12, '0')}`);

const eventIdOf = (act: JsonValue): string =>
  isJsonObject(act) && typeof act['eventID'] === 'string' ? act['eventID'] : '';

interface StateText {
  readonly resources: readonly JsonObject[];
}

const addressOf = (resource: JsonObject): string =>
  `${ownString(resource, 'type') ?? ''}.${ownString(resource, 'name') ?? ''}`;

/** Real records multiplied with varied ids, and the desired resources that belong to them. */
export const speedCorpus = (mix: SpeedMix): SpeedCorpus => {
  const templates = MUTATING.flatMap(templatesOf);
  const reads = READS.flatMap(sourceRecords).filter(({ act }) => statedOutcome(act) === 'read');
  const copies = Math.ceil(mix.resources / templates.length);
  const { next, pick } = seededRandom();
  const records = Array.from({ length: mix.records }, (_, number) => {
    if (next() >= mix.mutating) {
      const { text, act } = pick(reads);
      return withEventId(text, eventIdOf(act), number);
    }
    const { record, names } = pick(templates);
    const copy = Math.floor(next() * copies) + (next() < mix.owned ? 0 : copies);
    return withEventId(varied(record.text, names, copy), eventIdOf(record.act), number);
  });
  const states = templates.flatMap(({ record, label, names }) => {
    // Which third of two resources is left out is no matter here: all three are taken.
    const own = [0, 1].map((third) =>
      desiredForEvents([record], new Map([[record.line, label]]), third),
    );
    const resources = new Map<string, JsonObject>();
    for (const { files } of own) {
      for (const { content } of files) {
        for (const resource of (JSON.parse(content) as StateText).resources) {
          resources.set(addressOf(resource), resource);
        }
      }
    }
    const labelled = new Set((label.resources ?? []).map(({ address }) => address));
    const text = JSON.stringify(
      [...resources].flatMap(([address, resource]) => (labelled.has(address) ? [resource] : [])),
    );
    return Array.from({ length: copies }, (_, copy) =>
      JSON.stringify({
        version: 4,
        serial: 1,
        lineage: `${record.line}-${label.event}-${copy}`,
        resources: JSON.parse(varied(text, names, copy)) as JsonValue,
      }),
    );
  });
  return { records, states };
};
