import { savedObject, type SavedObject } from './saved-objects.ts';

export const PATTERNS = {
  auditEvents: 'driftline-audit-events',
  driftCandidates: 'driftline-drift-candidates',
  desiredState: 'driftline-desired-state',
} as const;

/** Titles are the aliases of the default configuration, which find the quarantine, too. */
const TITLES: Readonly<Record<keyof typeof PATTERNS, string>> = {
  auditEvents: 'audit-events',
  driftCandidates: 'drift-candidates',
  desiredState: 'desired-state',
};

const LINKED_TIME = 'time:(from:now-30d,to:now)';

/** A link to Discover on a pattern, where a field has the value of the one that is shown. */
const discoverLink = (pattern: string, field: string): string =>
  `/app/data-explorer/discover#?_a=(discover:(columns:!(_source),sort:!()),metadata:(indexPattern:${pattern},view:discover))` +
  `&_q=(filters:!(),query:(language:kuery,query:'${field}:%22{{value}}%22'))&_g=(${LINKED_TIME})`;

/** A link to a dashboard, where a field has the value of the one that is shown. */
const dashboardLink = (dashboard: string, query: string): string =>
  `/app/dashboards#/view/${dashboard}?_g=(${LINKED_TIME})&_a=(query:(language:kuery,query:'${query}'))`;

const link = (urlTemplate: string, labelTemplate: string): object => ({
  id: 'url',
  params: { type: 'a', urlTemplate, labelTemplate, openLinkInCurrentTab: false },
});

const duration = (inputFormat: string): object => ({
  id: 'duration',
  params: { inputFormat, outputFormat: 'humanizePrecise', outputPrecision: 1 },
});

const label = '{{value}}';

const CANDIDATE_FORMATS: Readonly<Record<string, object>> = {
  event_id: link(discoverLink(PATTERNS.auditEvents, 'metadata.uid'), 'event {{value}}'),
  session_uid: link(discoverLink(PATTERNS.auditEvents, 'entities'), label),
  source_ip: link(discoverLink(PATTERNS.auditEvents, 'entities'), label),
  change_set_id: link(discoverLink(PATTERNS.driftCandidates, 'change_set_id'), label),
  'actor.principal': link(
    dashboardLink(
      'driftline-actor',
      'actor.principal:%22{{value}}%22 or driftline.principal:%22{{value}}%22',
    ),
    label,
  ),
  'resource.key': link(
    dashboardLink(
      'driftline-resource',
      'resource.key:%22{{value}}%22 or driftline.owners.key:%22{{value}}%22',
    ),
    label,
  ),
  'resource.identity': link(discoverLink(PATTERNS.auditEvents, 'entities'), label),
  'delay.total_ms': duration('milliseconds'),
  'delay.delivery_ms': duration('milliseconds'),
  'delay.detection_ms': duration('milliseconds'),
};

const EVENT_FORMATS: Readonly<Record<string, object>> = {
  'driftline.candidate_ids': link(
    discoverLink(PATTERNS.driftCandidates, 'candidate_id'),
    'candidate {{value}}',
  ),
  'driftline.owners.key': CANDIDATE_FORMATS['resource.key'] ?? {},
  'driftline.principal': CANDIDATE_FORMATS['actor.principal'] ?? {},
  'actor.session.uid': link(discoverLink(PATTERNS.auditEvents, 'actor.session.uid'), label),
  'actor.user.credential_uid': link(
    discoverLink(PATTERNS.auditEvents, 'actor.user.credential_uid'),
    label,
  ),
};

const pattern = (
  index: keyof typeof PATTERNS,
  timeFieldName: string,
  formats: Readonly<Record<string, object>>,
): SavedObject =>
  savedObject('index-pattern', PATTERNS[index], {
    title: TITLES[index],
    timeFieldName,
    fieldFormatMap: JSON.stringify(formats),
  });

/** The fields themselves are not listed: Dashboards reads them from the mapping when a pattern is first used. */
export const indexPatterns: readonly SavedObject[] = [
  pattern('auditEvents', 'time', EVENT_FORMATS),
  pattern('driftCandidates', 'time', CANDIDATE_FORMATS),
  pattern('desiredState', 'published_time', {}),
];
