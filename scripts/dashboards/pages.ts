import { claimedTerraform } from '../../src/questions/claimed-terraform.ts';
import { consoleActs } from '../../src/questions/console-acts.ts';
import { driftInProduction } from '../../src/questions/drift-in-production.ts';
import { unmanagedByAccount } from '../../src/questions/unmanaged-by-account.ts';
import { unresolvedOperations } from '../../src/questions/unresolved-operations.ts';
import {
  count,
  distinct,
  latest,
  overTime,
  panelId,
  percentiles,
  top,
  topPresent,
  visualization,
  type Panel,
} from './panels.ts';
import { savedObject, type Reference, type SavedObject } from './saved-objects.ts';
import { searchId } from './saved-searches.ts';

const CANDIDATES = 'driftCandidates';
const EVENTS = 'auditEvents';

const panels: readonly Panel[] = [
  {
    name: 'candidates-over-time',
    title: 'Drift candidates by severity',
    shape: 'histogram',
    index: CANDIDATES,
    aggregations: [count, overTime, top('severity.level', 'severity', 'group')],
  },
  {
    name: 'candidate-count',
    title: 'Drift candidates, resources and actors',
    shape: 'metric',
    index: CANDIDATES,
    aggregations: [
      count,
      distinct('resource.key', 'resources'),
      distinct('actor.principal', 'actors'),
    ],
  },
  {
    name: 'production',
    title: 'What drifted in production, and who did it',
    shape: 'table',
    index: CANDIDATES,
    where: driftInProduction.where,
    aggregations: [
      count,
      top('actor.principal', 'principal'),
      top('actor.name', 'who'),
      top('resource.key', 'resource'),
      top('severity.level', 'severity'),
    ],
  },
  {
    name: 'by-environment',
    title: 'Drift candidates by environment and kind',
    shape: 'pie',
    index: CANDIDATES,
    aggregations: [
      count,
      top('resource.environment', 'environment', 'segment'),
      top('kind', 'kind', 'segment'),
    ],
  },
  {
    name: 'unmanaged-by-account',
    title: 'Unmanaged resources by account',
    shape: 'table',
    index: CANDIDATES,
    where: unmanagedByAccount.where,
    aggregations: [
      distinct('resource.key', 'resources'),
      top('resource.account', 'account'),
      top('resource.type', 'type'),
    ],
  },
  {
    name: 'change-sets',
    title: 'Sessions that changed most at a time',
    shape: 'table',
    index: CANDIDATES,
    aggregations: [
      count,
      top('change_set_id', 'change set'),
      top('actor.name', 'who', 'bucket', 3),
      distinct('resource.key', 'resources'),
      latest('time', 'last'),
    ],
  },
  {
    name: 'techniques',
    title: 'ATT&CK techniques',
    shape: 'table',
    index: CANDIDATES,
    aggregations: [
      count,
      top('attacks.technique.name', 'technique'),
      top('attacks.tactic.name', 'tactic'),
    ],
  },
  {
    name: 'changed-attributes',
    title: 'Changed attributes',
    shape: 'table',
    index: CANDIDATES,
    aggregations: [count, top('resource.type', 'type'), top('changes.path', 'attribute')],
  },
  {
    name: 'actors',
    title: 'Who makes drift',
    shape: 'table',
    index: CANDIDATES,
    aggregations: [
      count,
      top('actor.principal', 'principal'),
      top('actor.name', 'who'),
      top('actor.class', 'client', 'bucket', 3),
      latest('severity.score', 'highest score'),
    ],
  },
  {
    name: 'console-acts',
    title: 'Acts from consoles on managed resources',
    shape: 'table',
    index: EVENTS,
    where: consoleActs.where,
    aggregations: [
      count,
      top('driftline.principal', 'principal'),
      top('api.operation', 'operation'),
      top('driftline.owners.address', 'resource'),
    ],
  },
  {
    name: 'claimed-terraform',
    title: 'Untrusted actors that claim to be a tool of code',
    shape: 'table',
    index: EVENTS,
    where: claimedTerraform.where,
    aggregations: [
      count,
      top('driftline.principal', 'principal'),
      top('api.operation', 'operation'),
    ],
  },
  {
    name: 'actor-keys',
    title: 'Sessions and keys',
    shape: 'table',
    index: EVENTS,
    aggregations: [
      count,
      top('actor.session.uid', 'session'),
      top('actor.user.credential_uid', 'key'),
      top('driftline.outcome', 'outcome', 'bucket', 3),
    ],
  },
  {
    name: 'actor-addresses',
    title: 'Addresses',
    shape: 'table',
    index: EVENTS,
    aggregations: [count, topPresent('src_endpoint.ip', 'address')],
  },
  {
    name: 'resource-acts',
    title: 'Acts on managed resources over time',
    shape: 'histogram',
    index: EVENTS,
    where: [{ exists: { field: 'driftline.owners.key' } }],
    aggregations: [count, overTime, top('driftline.outcome', 'outcome', 'group')],
  },
  {
    name: 'resources',
    title: 'Resources with most drift',
    shape: 'table',
    index: CANDIDATES,
    aggregations: [
      count,
      top('resource.key', 'resource'),
      top('resource.owner', 'owner', 'bucket', 3),
      latest('time', 'last'),
    ],
  },
  {
    name: 'outcomes',
    title: 'Audit events by outcome',
    shape: 'histogram',
    index: EVENTS,
    aggregations: [count, overTime, top('driftline.outcome', 'outcome', 'group')],
  },
  {
    name: 'unresolved',
    title: 'Operations that meet no desired resource',
    shape: 'table',
    index: EVENTS,
    where: unresolvedOperations.where,
    aggregations: [
      count,
      top('api.service.name', 'service'),
      top('api.operation', 'operation'),
      top('driftline.reason', 'reason'),
    ],
  },
  {
    name: 'delay',
    title: 'From act to candidate (median and 95 %)',
    shape: 'line',
    index: CANDIDATES,
    aggregations: [percentiles('delay.total_ms', 'ms'), overTime],
  },
  {
    name: 'newest',
    title: 'Newest event by provider',
    shape: 'table',
    index: EVENTS,
    aggregations: [latest('time', 'newest'), top('cloud.provider', 'provider')],
  },
];

/** Rows of a page: panels side by side, by name; `search:` for a saved search. A row is 48 wide. */
interface Page {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly (readonly string[])[];
}

const pages: readonly Page[] = [
  {
    id: 'driftline-overview',
    title: 'Overview',
    description: 'How much drift there is, where, and what is new.',
    rows: [
      ['candidates-over-time', 'candidate-count'],
      ['production', 'by-environment'],
      ['unmanaged-by-account', 'outcomes'],
    ],
  },
  {
    id: 'driftline-drift-board',
    title: 'Drift board',
    description: 'What to look at now: production first, sessions, attributes, techniques.',
    rows: [
      ['candidates-over-time', 'change-sets'],
      ['changed-attributes', 'techniques'],
      ['search:drift-in-production'],
      ['search:all-candidates'],
    ],
  },
  {
    id: 'driftline-actor',
    title: 'Actor',
    description:
      'Filter entities by a principal, session, key or address: all that it did, and what was done to it.',
    rows: [
      ['actors', 'console-acts'],
      ['claimed-terraform', 'actor-keys', 'actor-addresses'],
      ['search:all-candidates'],
      ['search:all-events'],
    ],
  },
  {
    id: 'driftline-resource',
    title: 'Resource',
    description:
      "Filter by a resource's key, address or identity: all that touched it, and code's own applies.",
    rows: [
      ['resources', 'resource-acts'],
      ['search:all-candidates'],
      ['search:changes-of-managed-resources'],
      ['search:applies'],
    ],
  },
  {
    id: 'driftline-pipeline',
    title: 'Pipeline',
    description: 'Whether the stream flows: outcomes, delay, gaps, and what is not resolved.',
    rows: [['outcomes', 'newest'], ['delay', 'unresolved'], ['search:unresolved-operations']],
  },
];

const ROW_WIDTH = 48;
const PANEL_HEIGHT = 15;

const dashboard = ({ id, title, description, rows }: Page): SavedObject => {
  const placed = rows.flatMap((row, y) =>
    row.map((name, x) => ({
      name,
      gridData: {
        w: ROW_WIDTH / row.length,
        h: PANEL_HEIGHT,
        x: (ROW_WIDTH / row.length) * x,
        y: PANEL_HEIGHT * y,
      },
    })),
  );
  const references = placed.map(({ name }, position): Reference => {
    const [, search] = /^search:(.+)$/.exec(name) ?? [];
    return search === undefined
      ? { id: panelId(name), name: `panel_${position}`, type: 'visualization' }
      : { id: searchId(search), name: `panel_${position}`, type: 'search' };
  });
  return savedObject(
    'dashboard',
    id,
    {
      title: `[Driftline] ${title}`,
      description,
      hits: 0,
      version: 1,
      timeRestore: true,
      timeFrom: 'now-24h',
      timeTo: 'now',
      optionsJSON: JSON.stringify({ hidePanelTitles: false, useMargins: true }),
      panelsJSON: JSON.stringify(
        placed.map(({ gridData }, position) => ({
          version: '3.0.0',
          gridData: { ...gridData, i: String(position + 1) },
          panelIndex: String(position + 1),
          embeddableConfig: {},
          panelRefName: `panel_${position}`,
        })),
      ),
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { language: 'kuery', query: '' }, filter: [] }),
      },
    },
    references,
  );
};

export const visualizations: readonly SavedObject[] = panels.map(visualization);
export const dashboards: readonly SavedObject[] = pages.map(dashboard);
