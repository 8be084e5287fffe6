import { terraformTypeOf, type ImportFormat } from '../import-formats.ts';
import type { TerraformType } from '../terraform-types.ts';

/** A path with its names left out, each as a star. */
export const pathShape = (path: string): string =>
  path
    .replace(/^\/+/, '')
    .replace(/:[a-zA-Z]+$/, '')
    .replaceAll(/\{\{?[^{}]+\}?\}/g, '*');

/** Finds the type of a resource by the shape of its path and the API that has it. */
export type GoogleTypes = (api: string, path: string) => TerraformType | undefined;

/** Parts of a resource, or who may use it: imported by the path of the whole. */
const PART = /_(iam_member|iam_binding|iam_policy|iam_audit_config)$/;

const compact = (name: string): string => name.replaceAll(/[_-]/g, '').toLowerCase();

/** What a type's words may begin with, for APIs that Terraform calls otherwise. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  aiplatform: ['vertexai'],
  bigqueryconnection: ['bigqueryconnection'],
  cloudresourcemanager: ['project', 'folder', 'organization', 'tags'],
  cloudkms: ['kms'],
  cloudbuild: ['cloudbuild', 'cloudbuildv2'],
  file: ['filestore'],
  run: ['cloudrun', 'cloudrunv2'],
  sqladmin: ['sql'],
  bigtableadmin: ['bigtable'],
  servicedirectory: ['servicedirectory'],
  securitycenter: ['scc'],
  appengine: ['appengine'],
  gameservices: ['gameservices'],
  gkebackup: ['gkebackup'],
  networkconnectivity: ['networkconnectivity'],
  connectors: ['integrationconnectors'],
  datamigration: ['databasemigrationservice'],
  cloudidentity: ['cloudidentity'],
  datalineage: ['datalineage'],
  logging: ['logging'],
  metastore: ['dataprocmetastore'],
  networkmanagement: ['networkmanagement'],
  accesscontextmanager: ['accesscontextmanager'],
  beyondcorp: ['beyondcorp'],
  lifesciences: ['lifesciences'],
  orgpolicy: ['orgpolicy'],
  iam: ['serviceaccount', 'iam', 'projectiam', 'organizationiam'],
  cloudscheduler: ['cloudscheduler'],
  cloudtasks: ['cloudtasks'],
  vpcaccess: ['vpcaccess'],
  monitoring: ['monitoring'],
  contactcenterinsights: ['contactcenterinsights'],
  containeranalysis: ['containeranalysis'],
  dlp: ['datalossprevention'],
  managedidentities: ['activedirectory'],
  privateca: ['privateca'],
};

/** The types of Google's Terraform provider, by the paths that they are imported by. */
export const googleTypes = (
  types: ReadonlyMap<string, TerraformType>,
  formats: readonly ImportFormat[],
): GoogleTypes => {
  const byShape = new Map<string, Set<string>>();
  const whole = [...types.keys()].filter((type) => !PART.test(type));
  const known = new Map<string, string | undefined>();
  for (const { token, id } of formats) {
    if (!/^\/?(projects|organizations|folders|billingAccounts|locations)\//.test(id)) continue;
    if (!known.has(token)) known.set(token, terraformTypeOf(token, 'google_', whole));
    const type = known.get(token);
    if (type === undefined) continue;
    const shape = pathShape(id);
    // A setting of a project is imported by the project's path: that is no path of its own.
    if (shape.split('/').length < 3) continue;
    byShape.set(shape, (byShape.get(shape) ?? new Set()).add(type));
  }
  return (api, path) => {
    const words = [compact(api), ...(CALLED[api] ?? [])];
    const found = [...(byShape.get(pathShape(path)) ?? [])].filter((type) =>
      words.some((word) => compact(type.slice('google_'.length)).startsWith(word)),
    );
    const [only] = found;
    return found.length === 1 && only !== undefined ? types.get(only) : undefined;
  };
};
