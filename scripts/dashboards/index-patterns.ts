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

/** The value that is shown. Dashboards encodes it for an address; within a quoted text of rison that is enough, but for ' and !. */
const VALUE = "'{{value}}'";

const phrase = (field: string): string => `(match_phrase:(${field}:${VALUE}))`;

/**
 * A filter of the state in an address, in rison: a value stands in it as it is, not within a query's language, where a
 * quotation mark of its own would end it. Several fields: one of them has the value.
 */
const filter = (pattern: string, ...fields: readonly [string, ...string[]]): string => {
  const [field, ...more] = fields;
  const meta = `alias:!n,disabled:!f,index:${pattern},negate:!f`;
  return more.length === 0
    ? `('$state':(store:appState),meta:(${meta},key:${field},params:(query:${VALUE}),type:phrase),query:${phrase(field)})`
    : `('$state':(store:appState),meta:(${meta},key:bool,type:custom,value:${VALUE}),query:(bool:(minimum_should_match:1,should:!(${fields.map(phrase).join(',')}))))`;
};

const NO_QUERY = "query:(language:kuery,query:'')";

/** A link to Discover on a pattern, where a field has the value of the one that is shown. */
const discoverLink = (pattern: string, field: string): string =>
  `/app/data-explorer/discover#?_a=(discover:(columns:!(_source),sort:!()),metadata:(indexPattern:${pattern},view:discover))` +
  `&_q=(filters:!(${filter(pattern, field)}),${NO_QUERY})&_g=(${LINKED_TIME})`;

/** A link to a dashboard, where one of the fields has the value of the one that is shown. */
const dashboardLink = (dashboard: string, ...fields: readonly [string, ...string[]]): string =>
  `/app/dashboards#/view/${dashboard}?_g=(${LINKED_TIME})&_a=(filters:!(${filter(PATTERNS.auditEvents, ...fields)}),${NO_QUERY})`;

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
  // Reads, failures and runtime acts have no principal of their own; all have `entities`.
  'actor.principal': link(dashboardLink('driftline-actor', 'entities'), label),
  'resource.key': link(
    dashboardLink('driftline-resource', 'resource.key', 'driftline.owners.key'),
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
