import { styleText } from 'node:util';
import type {
  ActorClass,
  Change,
  DriftCandidate,
  Severity,
} from '../../core/model/drift-candidate.ts';
import { isJsonObject, ownValue, type JsonValue } from '../../core/model/json.ts';
import { isRedacted } from '../../core/model/redacted-value.ts';
import { column, fit, terminalText } from './terminal-text.ts';

export interface TableStyle {
  /** Columns of the terminal; text is cut to fit. At least 80. */
  readonly width: number;
  readonly color: boolean;
}

const SEVERITY_WIDTH = 13;
const KIND_WIDTH = 10;
const TIME_WIDTH = 20;
const INDENT = '  ';
/** More changes than this are counted, not shown. */
const CHANGES_SHOWN = 6;

const COLORS: Readonly<Record<Severity, Parameters<typeof styleText>[0]>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  informational: 'gray',
};

const CLIENTS: Readonly<Record<ActorClass, string>> = {
  iac_pipeline: 'an IaC tool',
  iac_service: 'an IaC service',
  console: 'console',
  cli_sdk: 'command line or SDK',
  cloud_service: 'a cloud service',
  k8s_controller: 'a controller',
  unknown: 'client unknown',
};

const MARKS: Readonly<Record<Change['action'], string>> = { set: '~', add: '+', remove: '-' };

const painted = (
  style: TableStyle,
  format: Parameters<typeof styleText>[0],
  text: string,
): string => (style.color ? styleText(format, text, { validateStream: false }) : text);

const portText = (port: JsonValue | undefined): string =>
  typeof port === 'number' || typeof port === 'string' ? String(port) : '';

/** `tcp 22 0.0.0.0/0` for a security group rule, JSON for anything else. */
const valueText = (value: JsonValue): string => {
  if (typeof value === 'string') return terminalText(value);
  if (isRedacted(value)) return '(secret)';
  const protocol = ownValue(value, 'protocol');
  const source = ownValue(value, 'source');
  if (isJsonObject(value) && typeof protocol === 'string' && typeof source === 'string') {
    const from = portText(ownValue(value, 'from_port'));
    const to = portText(ownValue(value, 'to_port'));
    const ports = from === to ? from : `${from}-${to}`;
    return terminalText(
      protocol === '-1'
        ? `all traffic ${source}`
        : `${protocol} ${ports} ${source}`.replaceAll('  ', ' '),
    );
  }
  return terminalText(JSON.stringify(value));
};

/** One line that says how the attribute stands to code. */
export const changeText = (change: Change): string => {
  const observed =
    change.observed === undefined ? 'value not recorded' : valueText(change.observed);
  const path = terminalText(change.path);
  switch (change.verdict) {
    case 'equals_desired':
      return `= ${path}: ${observed}  (as in code)`;
    case 'not_in_desired':
      return `${MARKS[change.action]} ${path}: ${observed}  (not in code)`;
    case 'unknown':
      return `? ${path}: ${observed}`;
    case 'differs':
      return change.action === 'set' && change.desired !== undefined
        ? `~ ${path}: ${valueText(change.desired)} → ${observed}`
        : `${MARKS[change.action]} ${path}: ${observed}`;
  }
};

/** What code says of the attribute in other environments, on one line. */
const peersText = ({ peers = [] }: Change): readonly string[] =>
  peers.length === 0
    ? []
    : [
        `  elsewhere: ${peers
          .map(
            ({ environment, value }) =>
              `${terminalText(environment)} ${value === undefined ? '(not in code)' : valueText(value)}`,
          )
          .join(', ')}`,
      ];

/** Why the severity is what it is: the score, the reasons with most points first, the techniques. */
const whyText = ({ severity, attacks = [] }: DriftCandidate): readonly string[] => {
  if (severity.reasons.length === 0) return [];
  const points = (reason: string): number => Number(/\(([+-]\d+)\)$/.exec(reason)?.[1] ?? 0);
  const reasons = severity.reasons.toSorted((one, other) => points(other) - points(one));
  const techniques = attacks.map(({ technique, sub_technique: sub }) => (sub ?? technique).uid);
  const known = techniques.length === 0 ? '' : `, ATT&CK ${techniques.join(' ')}`;
  return [terminalText(`score ${String(severity.score)}${known}: ${reasons.join(', ')}`)];
};

export const candidateTableHeader = (style: TableStyle): string =>
  painted(
    style,
    'bold',
    `${column('SEVERITY', SEVERITY_WIDTH)} ${column('KIND', KIND_WIDTH)} ${column('TIME (UTC)', TIME_WIDTH)} WHO`,
  );

/** The lines of one candidate: who and what, which code owns the resource, what it should be and is. */
export const candidateTableRow = (candidate: DriftCandidate, style: TableStyle): string => {
  const { resource, actor, severity } = candidate;
  const time = new Date(candidate.time).toISOString().slice(0, 19).replace('T', ' ');
  const who = terminalText(actor.name ?? actor.principal ?? 'unknown actor');
  const head = `${column(candidate.kind, KIND_WIDTH)} ${column(time, TIME_WIDTH)} `;
  const rest = style.width - SEVERITY_WIDTH - 1 - head.length;
  const place = [resource.environment, resource.repository]
    .filter((part) => part !== undefined)
    .join(', ');
  const owner = resource.address ?? `${resource.identity} (no code owns it)`;
  const client = CLIENTS[actor.class];
  const from = candidate.source_ip === undefined ? '' : ` from ${candidate.source_ip}`;
  const lines = [
    terminalText(`${owner}${place === '' ? '' : ` [${place}]`}`),
    terminalText(
      `${candidate.service} ${candidate.operation}, ${client}${from}${actor.trusted ? ', trusted principal' : ''}`,
    ),
    ...whyText(candidate),
    ...candidate.changes
      .slice(0, CHANGES_SHOWN)
      .flatMap((change) => [changeText(change), ...peersText(change)]),
    ...(candidate.changes.length > CHANGES_SHOWN
      ? [`… ${String(candidate.changes.length - CHANGES_SHOWN)} more changes`]
      : []),
    ...(candidate.ambiguous.length > 0
      ? [terminalText(`ambiguous: ${candidate.ambiguous.join(', ')}`)]
      : []),
  ];
  const level = painted(style, COLORS[severity.level], column(severity.level, SEVERITY_WIDTH));
  return [
    `${level} ${head}${fit(who, rest)}`,
    ...lines.map((line) => `${INDENT}${fit(line, style.width - INDENT.length)}`),
  ].join('\n');
};
