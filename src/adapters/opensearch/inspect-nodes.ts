import type { Finding } from '../../pipeline/ports/finding.ts';
import { askOpenSearch } from './node-probe.ts';
import type { OpenSearchAnswer, OpenSearchTransport } from './transport.ts';

export interface NodesInspection {
  readonly transport: OpenSearchTransport;
  /** As a command line takes it. */
  readonly node: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const LEAST_MAJOR = 2;
/** What the plugins are good for that the product has files for. */
const PLUGINS = [
  [
    'opensearch-index-management',
    'old indexes are not deleted by themselves: delete them by a job',
  ],
  ['opensearch-security', 'anybody who reaches the address may read and write'],
] as const;
const SKEW_WARNING_S = 5;
const SKEW_FAULT_S = 60;

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const rowsOf = ({ body }: OpenSearchAnswer): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(body) ? body.map(objectOf) : [];

const notAllowed = (subject: string): Finding => ({
  state: 'skipped',
  subject,
  what: 'this user may not ask for it',
});

const versionFinding = ({ status, body }: OpenSearchAnswer): Finding => {
  const subject = 'OpenSearch version';
  if (status === 403) return notAllowed(subject);
  const { number, distribution } = objectOf(objectOf(body)['version']);
  const version = typeof number === 'string' ? number : 'unknown';
  if (distribution !== 'opensearch') {
    return {
      state: 'fault',
      subject,
      what: 'what answers there is no OpenSearch',
      mend: 'set opensearch.nodes to the addresses of OpenSearch',
    };
  }
  return Number.parseInt(version, 10) < LEAST_MAJOR
    ? {
        state: 'fault',
        subject,
        what: `${version} is older than ${LEAST_MAJOR}.0`,
        mend: `upgrade OpenSearch to ${LEAST_MAJOR}.0 or later`,
      }
    : { state: 'ok', subject, what: version };
};

const healthFindings = (
  { node, clock }: NodesInspection,
  answer: OpenSearchAnswer,
  asked: number,
): readonly Finding[] => {
  const subject = 'cluster health';
  if (answer.status === 403) return [notAllowed(subject), notAllowed('clock')];
  const { status, epoch, unassign } = rowsOf(answer)[0] ?? {};
  const explain = `curl '${node}/_cluster/allocation/explain?pretty'`;
  const health: Finding =
    status === 'red'
      ? {
          state: 'fault',
          subject,
          what: `red: ${String(unassign)} shards have no node`,
          mend: explain,
        }
      : { state: 'ok', subject, what: String(status) };
  // The answer tells whole seconds, of a time between question and answer.
  const theirs = Number(epoch) + 0.5;
  const ours = (asked + clock()) / 2_000;
  const skew = Math.abs(ours - theirs);
  if (!Number.isFinite(skew)) return [health];
  const clockSubject = 'clock';
  const what = `is ${Math.round(skew)} s ${ours > theirs ? 'ahead of' : 'behind'} that of OpenSearch`;
  if (skew < SKEW_WARNING_S) {
    return [health, { state: 'ok', subject: clockSubject, what: 'agrees with that of OpenSearch' }];
  }
  return [
    health,
    {
      state: skew < SKEW_FAULT_S ? 'warning' : 'fault',
      subject: clockSubject,
      what: `${what}: latencies, the quarantine and the last days of ignore rules are told wrongly`,
      mend: 'chronyc makestep, on the machine whose clock is wrong',
    },
  ];
};

const pluginFindings = (
  { node }: NodesInspection,
  answer: OpenSearchAnswer,
): readonly Finding[] => {
  if (answer.status === 403) return [notAllowed('plugins')];
  const there = new Set(rowsOf(answer).map(({ component }) => component));
  return PLUGINS.map(([name, without]): Finding =>
    there.has(name)
      ? { state: 'ok', subject: `plugin ${name}`, what: 'is installed' }
      : {
          state: 'warning',
          subject: `plugin ${name}`,
          what: `is not installed: ${without}`,
          mend: `opensearch-plugin install ${name}, on each node behind ${node}`,
        },
  );
};

/** What answers as OpenSearch: version, health, clock, plugins. Rejects where nothing does, or the credentials are refused. */
export const inspectNodes = async (
  inspection: NodesInspection,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  const { transport, clock } = inspection;
  await askOpenSearch(transport, signal);
  const get = (path: string): Promise<OpenSearchAnswer> =>
    transport.request({ method: 'GET', path }, signal);
  const root = await get('/');
  const version = versionFinding(root);
  if (version.state === 'fault') return [version];
  const asked = clock();
  const health = await get('/_cat/health?format=json');
  const healths = healthFindings(inspection, health, asked);
  const plugins = await get('/_cat/plugins?format=json&h=component');
  return [version, ...healths, ...pluginFindings(inspection, plugins)];
};
