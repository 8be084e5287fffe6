import type { Deployment } from '../../../support/deployment.ts';
import type { Format } from '../work/work.ts';

/** What every process of the bench is told. */
export interface RoleRun {
  readonly broker: string;
  /** Base URL of the OpenSearch, real or null. */
  readonly opensearch: string;
  readonly format: Format;
  readonly events: number;
  readonly resources: number;
  /** Time of the first act. */
  readonly from: number;
  readonly topics: Deployment['topics'];
  readonly indexes: Deployment['indexes'];
  readonly partitions: number;
  readonly groupId: string;
  /** Folder for what the role keeps on disk. */
  readonly folder: string;
}

/** As a key and its text, for `loadConfig` and `--set`. */
export type Settings = Readonly<Record<string, string>>;
