import type { Change, DriftCandidate } from '../../../src/core/model/drift-candidate.ts';
import type { JsonValue } from '../../../src/core/model/json.ts';
import { isRedacted } from '../../../src/core/model/redacted-value.ts';
import { resolved } from '../../support/desired-for-events.ts';
import type {
  EventLabel,
  LabelledChange,
  LabelledResource,
} from '../../support/detection-labels.ts';
import { isSamePath, isSameValue } from './compare-values.ts';
import type { DetectedLine } from './detect-source.ts';

/** One statement of a label, and whether detection said the same. */
export interface Finding {
  /** `line address`, or with the attribute's path behind it: the same in all three runs. */
  readonly of: string;
  readonly right: boolean;
  /** What was found instead, where it is not right. */
  readonly instead?: string;
}

export interface EventJudgement {
  readonly resources: readonly Finding[];
  readonly kinds: readonly Finding[];
  readonly attributes: readonly Finding[];
  /** Creations that code does not own: unmanaged, or the whole that code owns. */
  readonly unmanaged: readonly Finding[];
  /** Candidates on a resource of code that the act did not touch. */
  readonly wrong: readonly string[];
  /** Changes beyond those of the label. */
  readonly unlabelled: readonly string[];
  readonly candidates: number;
}

const changeText = ({ path, action, verdict, observed }: Change): string =>
  `${path} ${action} ${verdict} ${JSON.stringify(observed ?? null).slice(0, 120)}`;

const isSaid = (label: LabelledChange, change: Change, act: JsonValue): boolean =>
  isSamePath(label.path, change.path) &&
  label.action === change.action &&
  label.verdict === change.verdict &&
  (label.secret !== true || change.observed === undefined || isRedacted(change.observed)) &&
  (label.observed === undefined || isSameValue(resolved(label.observed, act), change.observed)) &&
  (label.desired === undefined ||
    change.desired === undefined ||
    label.action === 'add' ||
    isSameValue(resolved(label.desired, act), change.desired));

const changesOf = (
  label: EventLabel,
  resource: LabelledResource,
  candidate: DriftCandidate | undefined,
  act: JsonValue,
): Pick<EventJudgement, 'attributes' | 'unlabelled'> => {
  const labelled = resource.changes ?? [];
  const said = candidate?.changes ?? [];
  const at = `${label.line} ${resource.address}`;
  return {
    attributes: labelled.map((change) => {
      const right = said.some((one) => isSaid(change, one, act));
      const near = said.filter(({ path }) => isSamePath(path, change.path));
      return {
        of: `${at} ${change.path}`,
        right,
        ...(right
          ? {}
          : {
              instead:
                candidate === undefined
                  ? 'no candidate'
                  : near.map(changeText).join('; ') || 'absent',
            }),
      };
    }),
    unlabelled:
      resource.level === 'resource'
        ? []
        : said
            .filter(({ path }) => !labelled.some((change) => isSamePath(change.path, path)))
            .map((change) => `${at} ${changeText(change)}`),
  };
};

/**
 * What detection made of a labelled event on resources, against the label.
 * @param kept addresses that code owns in this run
 * @param wholes addresses by `type:name`, of what code owns in this run
 */
export const judgeEvent = (
  label: EventLabel,
  { events }: DetectedLine,
  act: JsonValue,
  kept: ReadonlySet<string>,
  wholes: ReadonlyMap<string, string>,
): EventJudgement => {
  const candidates = events.flatMap((event) => event.candidates);
  const outcome = events.map((event) => `${event.outcome} (${event.reason})`).join();
  const touched = label.resources ?? [];
  const owned = touched.filter(({ address }) => kept.has(address));
  const notOwned = touched.filter(({ address }) => !kept.has(address));
  const right = new Set(owned.map(({ address }) => address));
  // A whole instead of an owned part is a miss of the part, and no other resource.
  for (const { within } of touched) {
    for (const whole of within ?? []) {
      const address = wholes.get(whole);
      if (address !== undefined) right.add(address);
    }
  }
  const named = candidates.flatMap(({ resource }) => resource.address ?? []);
  const byAddress = (address: string): DriftCandidate | undefined =>
    candidates.find(({ resource }) => resource.address === address);
  const seen = named.length === 0 ? outcome : named.join();
  const judged = owned.map((resource) => {
    const candidate = byAddress(resource.address);
    const of = `${label.line} ${resource.address}`;
    const isKind = candidate?.kind === resource.kind;
    return {
      resource: { of, right: candidate !== undefined, ...(candidate ? {} : { instead: seen }) },
      kind: {
        of,
        right: isKind,
        ...(isKind ? {} : { instead: `${candidate?.kind ?? 'none'}, not ${resource.kind}` }),
      },
      ...changesOf(label, resource, candidate, act),
    };
  });
  return {
    resources: judged.map((each) => each.resource),
    kinds: judged.map((each) => each.kind),
    attributes: judged.flatMap((each) => each.attributes),
    unlabelled: judged.flatMap((each) => each.unlabelled),
    unmanaged: notOwned
      .filter(({ creates }) => creates === true)
      .map(({ address }) => {
        const found =
          candidates.some(({ kind }) => kind === 'unmanaged') ||
          named.some((one) => right.has(one));
        return {
          of: `${label.line} ${address}`,
          right: found,
          ...(found ? {} : { instead: seen }),
        };
      }),
    wrong: named
      .filter((address) => !right.has(address))
      .map((address) => `${label.line} ${label.call}: ${address}`),
    candidates: candidates.length,
  };
};
