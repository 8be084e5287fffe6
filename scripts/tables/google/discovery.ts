import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a Google API discovery document that the tables need. */
export interface DiscoveryMethod {
  /** Such as `compute.firewalls.patch`. */
  readonly id: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly flatPath?: string;
  readonly parameters?: Readonly<Record<string, { readonly location: string }>>;
  readonly request?: { readonly $ref: string };
  readonly response?: { readonly $ref: string };
}

export interface DiscoverySchema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly $ref?: string;
  readonly readOnly?: boolean;
  readonly items?: DiscoverySchema;
  readonly additionalProperties?: DiscoverySchema;
  readonly properties?: Readonly<Record<string, DiscoverySchema>>;
}

export interface DiscoveryApi {
  /** Such as `compute`. */
  readonly name: string;
  readonly version: string;
  readonly methods: readonly DiscoveryMethod[];
  readonly schemas: Readonly<Record<string, DiscoverySchema>>;
}

interface Resources {
  readonly methods?: Readonly<Record<string, DiscoveryMethod>>;
  readonly resources?: Readonly<Record<string, Resources>>;
}

interface Document extends Resources {
  readonly name: string;
  readonly version: string;
  readonly schemas?: Readonly<Record<string, DiscoverySchema>>;
  readonly auth?: { readonly oauth2?: { readonly scopes?: Readonly<Record<string, unknown>> } };
}

const CLOUD = 'https://www.googleapis.com/auth/cloud-platform';

const methodsOf = ({ methods = {}, resources = {} }: Resources): readonly DiscoveryMethod[] => [
  ...Object.values(methods),
  ...Object.values(resources).flatMap(methodsOf),
];

/** Stable before beta before alpha, the newest of each first: what they share is told by the first. */
const rank = (version: string): string => {
  const stage = version.includes('alpha') ? 2 : version.includes('beta') ? 1 : 0;
  const number = Number(/\d+/.exec(version)?.[0] ?? 0);
  return `${stage}:${String(999 - number).padStart(3, '0')}:${version}`;
};

/** The APIs of Google Cloud, whose calls Cloud Audit Logs record; those of other Google products are left out. */
export const readDiscovery = (folder: string): readonly DiscoveryApi[] => {
  const documents = join(folder, 'googleapiclient', 'discovery_cache', 'documents');
  return readdirSync(documents)
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .map((name) => JSON.parse(readFileSync(join(documents, name), 'utf8')) as Document)
    .filter(({ auth }) => auth?.oauth2?.scopes?.[CLOUD] !== undefined)
    .map((document) => ({
      name: document.name,
      version: document.version,
      methods: methodsOf(document),
      schemas: document.schemas ?? {},
    }))
    .toSorted((a, b) => {
      const [one, other] = [`${a.name}:${rank(a.version)}`, `${b.name}:${rank(b.version)}`];
      return one < other ? -1 : 1;
    });
};
