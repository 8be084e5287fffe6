import type { Column } from './question.ts';

export const EVENT_COLUMNS: readonly Column[] = [
  { title: 'TIME', path: 'time' },
  { title: 'OUTCOME', path: 'driftline.outcome' },
  { title: 'SERVICE', path: 'api.service.name' },
  { title: 'OPERATION', path: 'api.operation' },
  { title: 'WHO', path: 'actor.user.name' },
  { title: 'FROM', path: 'src_endpoint' },
  { title: 'ACCOUNT', path: 'cloud.account.uid' },
  { title: 'OWNED BY', path: 'driftline.owners.address' },
  { title: 'EVENT', path: 'metadata.uid' },
];

export const CANDIDATE_COLUMNS: readonly Column[] = [
  { title: 'TIME', path: 'time' },
  { title: 'SEVERITY', path: 'severity.level' },
  { title: 'KIND', path: 'kind' },
  { title: 'ENV', path: 'resource.environment' },
  { title: 'WHO', path: 'actor.name' },
  { title: 'OPERATION', path: 'operation' },
  { title: 'CANDIDATE', path: 'candidate_id' },
  { title: 'WHAT', path: 'summary' },
];
