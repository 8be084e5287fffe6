import type { JsonObject } from '../core/model/json.ts';

type HeaderValue = Buffer | string | readonly (Buffer | string)[] | undefined;

/** How the cluster of a record is known: by a header, and where it has none, by the configuration. */
export interface ClusterNaming {
  readonly cluster: string | null | undefined;
  readonly clusterHeader: string;
}

const textOf = (value: HeaderValue): string | undefined => {
  const [first] = Array.isArray(value) ? (value as readonly (Buffer | string)[]) : [value];
  return first === undefined ? undefined : first.toString();
};

/** What is known of where a record came from beside its value; undefined where nothing is. */
export const recordOrigin = (
  headers: Readonly<Record<string, HeaderValue>>,
  { cluster, clusterHeader }: ClusterNaming,
): JsonObject | undefined => {
  const stated = Object.hasOwn(headers, clusterHeader) ? textOf(headers[clusterHeader]) : undefined;
  const name = stated === undefined || stated === '' ? cluster : stated;
  return name === undefined || name === null ? undefined : { cluster: name };
};
