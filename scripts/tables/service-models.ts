import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The parts of an AWS service model (botocore's `service-2.json`) that the tables need. */
export interface ServiceModel {
  /** Botocore's folder, such as `cognito-idp`. */
  readonly id: string;
  /** The event source without `.amazonaws.com`, as CloudTrail writes it. */
  readonly source: string;
  readonly protocol: string;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface Operation {
  readonly name: string;
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
}

export interface Member {
  readonly shape: string;
  readonly locationName?: string;
  readonly idempotencyToken?: boolean;
}

export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: Member;
  readonly key?: Member;
  readonly value?: Member;
  readonly sensitive?: boolean;
}

interface ModelFile extends Omit<ServiceModel, 'id' | 'source' | 'protocol'> {
  readonly metadata: {
    readonly endpointPrefix: string;
    readonly signingName?: string;
    readonly protocol: string;
  };
}

/**
 * Services that CloudTrail calls otherwise than their signing name: `application-autoscaling` signs with its own name
 * and records under `autoscaling.amazonaws.com`.
 */
export type EventSources = Readonly<Record<string, string>>;

/** The newest version of each service, in the order of their names. */
export const readServiceModels = (
  folder: string,
  sources: EventSources,
): readonly ServiceModel[] => {
  const data = join(folder, 'botocore', 'data');
  const found: ServiceModel[] = [];
  for (const id of readdirSync(data).sort()) {
    if (id.includes('.')) continue;
    const version = readdirSync(join(data, id)).sort().at(-1);
    if (version === undefined) continue;
    const file = join(data, id, version, 'service-2.json.gz');
    const model = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as ModelFile;
    const { endpointPrefix, signingName = endpointPrefix, protocol } = model.metadata;
    const { shapes } = model;
    // CloudFront's model appends its date to each name, which records do not.
    const operations = Object.fromEntries(
      Object.values(model.operations)
        .map((operation) => ({
          ...operation,
          name: operation.name.replace(/\d{4}_\d\d_\d\d$/, ''),
        }))
        .map((operation) => [operation.name, operation]),
    );
    found.push({
      id,
      source: (sources[id] ?? signingName).toLowerCase(),
      protocol,
      operations,
      shapes,
    });
  }
  return found;
};

/** The members of an operation's input or output; none where it has neither. */
export const membersOf = (
  model: ServiceModel,
  reference: { readonly shape: string } | undefined,
): Readonly<Record<string, Member>> =>
  reference === undefined ? {} : (model.shapes[reference.shape]?.members ?? {});

export const requiredOf = (
  model: ServiceModel,
  reference: { readonly shape: string } | undefined,
): readonly string[] =>
  reference === undefined ? [] : (model.shapes[reference.shape]?.required ?? []);
