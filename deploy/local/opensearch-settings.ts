import { join } from 'node:path';
import { securitySettings } from './opensearch-security.ts';
import { serviceFolder } from './options.ts';
import type { StackOptions } from './options.ts';

type SettingValue = string | number | boolean | readonly string[];

export const OPENSEARCH_CLUSTER_NAME = 'driftline-local';

/** The modules of the distribution that are on Maven Central and make sense on one node, as classes of the class path. */
export const OPENSEARCH_MODULES: readonly string[] = [
  'org.opensearch.analysis.common.CommonAnalysisModulePlugin',
  'org.opensearch.geo.GeoModulePlugin',
  'org.opensearch.index.mapper.MapperExtrasModulePlugin',
  'org.opensearch.index.rankeval.RankEvalModulePlugin',
  'org.opensearch.index.reindex.ReindexModulePlugin',
  'org.opensearch.ingest.common.IngestCommonModulePlugin',
  'org.opensearch.ingest.useragent.IngestUserAgentModulePlugin',
  'org.opensearch.join.ParentJoinModulePlugin',
  'org.opensearch.painless.PainlessModulePlugin',
  'org.opensearch.percolator.PercolatorModulePlugin',
  'org.opensearch.script.expression.ExpressionModulePlugin',
  'org.opensearch.script.mustache.MustacheModulePlugin',
  'org.opensearch.search.aggregations.matrix.MatrixAggregationModulePlugin',
  'org.opensearch.transport.Netty4ModulePlugin',
];

/**
 * Names that belong to aliases are never made into indices by a write that comes too early;
 * every other index may be created by its first document. Dynamic: a test may set it otherwise.
 */
export const AUTO_CREATE_INDEX = '-audit-events,-drift-candidates,-desired-state,+*';

/** One node on loopback, its transport on any free port, without limits on disk use. */
export function opensearchSettings(
  options: Pick<StackOptions, 'dataDir' | 'opensearchPort' | 'opensearchSecurity'>,
): Readonly<Record<string, SettingValue>> {
  const folder = serviceFolder(options, 'opensearch');
  return {
    'cluster.name': OPENSEARCH_CLUSTER_NAME,
    'node.name': 'local',
    'path.data': join(folder, 'data'),
    'path.logs': join(folder, 'logs'),
    'network.host': '127.0.0.1',
    'http.port': options.opensearchPort,
    'transport.port': 0,
    'discovery.type': 'single-node',
    'action.auto_create_index': AUTO_CREATE_INDEX,
    'cluster.routing.allocation.disk.threshold_enabled': false,
    ...(options.opensearchSecurity === undefined
      ? {}
      : securitySettings(options.opensearchSecurity)),
  };
}

/** Flat YAML; JSON is YAML. */
export function renderYaml(settings: Readonly<Record<string, SettingValue>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}
