import { ACTOR_CLASSES, CANDIDATE_KINDS, SEVERITIES } from '../core/model/drift-candidate.ts';
import type { AttackRow, AttackTable } from '../core/model/attack-table.ts';
import type { CloudFormationTypeRow, KubernetesKindRow } from '../core/model/format-tables.ts';
import type { ObjectTable } from '../core/model/object-table.ts';
import { compilePaths } from '../core/model/path-template.ts';
import {
  ATTRIBUTE_CATEGORIES,
  SIGNAL_FIELDS,
  type ChangeRow,
  type Comparison,
  type Conversion,
  type ResourceTypeRow,
  type TargetRow,
} from '../core/model/provider-tables.ts';
import {
  anyText,
  anyValue,
  flag,
  join,
  listOf,
  mapOf,
  matching,
  oneOf,
  score,
  shape,
  text,
  textOrFlag,
  type Check,
} from './table-shape.ts';

/** Says by its type that no key of the model is forgotten here. */
type AllOf<Keys extends string, Value> = Readonly<Record<Keys, Value>>;

const CONVERSIONS = Object.keys({
  value: true,
  json: true,
  list: true,
  name: true,
  milliseconds: true,
  csv: true,
  blocks: true,
  tags: true,
  tag_set: true,
  tag_keys: true,
  hidden_keys: true,
  security_group_rules: true,
  not: true,
  present: true,
  withheld: true,
} satisfies AllOf<Conversion, true>);

const COMPARISONS = Object.keys({
  auto: true,
  text: true,
  number: true,
  set: true,
  list: true,
  json: true,
  google_members: true,
  google_policy: true,
  security_group_rules: true,
  ignore_case: true,
  arn_or_name: true,
  ip_protocol: true,
  path_end: true,
  tags: true,
  dns_name: true,
  dns_records: true,
  named_values: true,
  none: true,
} satisfies AllOf<Comparison, true>);

const UNIQUENESS = ['region', 'account', 'global'];
const EFFECTS = ['create', 'update', 'delete'];
/** Classes whose acts need no trust: they may not rest on words that the caller chooses. */
const EXEMPT_CLASSES: readonly unknown[] = ['cloud_service', 'k8s_controller'];
const SIGNAL_TESTS = ['matches', 'contains', 'startsWith', 'endsWith', 'equals'];

const runtimeKey = matching(
  /^[^:*\s]*\*?:[^:\s]*$/,
  '`service:Operation`, with `*` at the end of the service and anywhere in the operation',
);
const operationKey = matching(/^[^:*\s]+:[^:*\s]+$/, '`service:Operation`');

/** Every key of `events.json` is optional in a folder that extends the shipped one. */
const eventsKeys = {
  serviceSuffix: anyText,
  readPrefixes: listOf(text),
  createPrefixes: listOf(text),
  deletePrefixes: listOf(text),
  runtime: listOf(runtimeKey),
};

/** May be left out of the shipped tables too. */
const optionalEventsKeys = {
  runtimeRecordTypes: listOf(text),
  readSuffixes: listOf(text),
  createSuffixes: listOf(text),
  deleteSuffixes: listOf(text),
  runtimeSuffixes: listOf(text),
  inlineChildren: listOf(text),
  unique: oneOf(UNIQUENESS),
  statesResource: flag,
};

const changeRow = shape(
  { path: text },
  {
    from: text,
    value: anyValue,
    absent: anyValue,
    when: mapOf(anyText),
    as: oneOf(CONVERSIONS),
    action: oneOf(['set', 'add', 'remove']),
    map: mapOf(anyValue),
    mapOf: text,
    members: mapOf(text),
    rename: mapOf(text),
    presets: mapOf(anyValue),
  } satisfies AllOf<Exclude<keyof ChangeRow, 'path'>, Check>,
  (row, path, report) => {
    if (Object.hasOwn(row, 'from') === Object.hasOwn(row, 'value')) {
      report(path, 'must have exactly one of from, value');
    }
  },
);

const targetRow = shape({ type: text, id: text }, {
  except: text,
  items: shape({ as: oneOf(['security_group_rules', 'list']), from: text }),
  besides: flag,
  when: mapOf(anyText),
  effect: oneOf(EFFECTS),
  effectBy: shape({ path: text, map: mapOf(oneOf(EFFECTS)) }),
  parent: flag,
  changes: listOf(changeRow),
  fields: mapOf(text),
} satisfies AllOf<Exclude<keyof TargetRow, 'type' | 'id'>, Check>);

const operationRow = shape({ effect: oneOf(EFFECTS), targets: listOf(targetRow) }, { note: text });

/** A text that is compiled when it is read. */
const compiled =
  (compile: (text: string) => unknown, expected: string): Check =>
  (value, path, report) => {
    text(value, path, report);
    try {
      compile(String(value));
    } catch {
      report(path, `must be ${expected}`);
    }
  };

const pattern = compiled((source) => new RegExp(source), 'a regular expression');
const paths = compiled(
  compilePaths,
  'paths with | between, such as `forward[0].target_group[].arn`',
);

const resourceTypeRow = shape({}, {
  sameAs: text,
  unique: oneOf(UNIQUENESS),
  identities: listOf(text),
  lowerCase: flag,
  forms: listOf(shape({ match: pattern, as: text })),
  defaults: mapOf(anyValue),
  elsewhere: mapOf(paths),
  attributes: mapOf(oneOf(COMPARISONS)),
  keys: mapOf(text),
  secrets: listOf(text),
} satisfies AllOf<keyof ResourceTypeRow, Check>);

const cloudFormationRow = shape({ type: text }, {
  id: listOf(text),
  identities: mapOf(text),
  properties: mapOf(text),
} satisfies AllOf<Exclude<keyof CloudFormationTypeRow, 'type'>, Check>);

const kindRow = shape({}, {
  plural: text,
  cluster: flag,
  formerly: listOf(text),
} satisfies AllOf<keyof KubernetesKindRow, Check>);

const objectKeys = {
  metadata: listOf(text),
  toolMarks: listOf(text),
  listKeys: mapOf(listOf(text)),
  defaults: mapOf(listOf(anyValue)),
  blocks: mapOf(text),
} satisfies AllOf<Exclude<keyof ObjectTable, 'kinds'>, Check>;

const always = (check: Check): { readonly complete: Check; readonly extension: Check } => ({
  complete: check,
  extension: check,
});

const signal = shape(
  { name: text, class: oneOf(ACTOR_CLASSES), field: oneOf(SIGNAL_FIELDS) },
  {
    matches: pattern,
    contains: text,
    startsWith: text,
    endsWith: text,
    equals: textOrFlag,
    trusted: flag,
  },
  (row, path, report) => {
    if (SIGNAL_TESTS.filter((test) => Object.hasOwn(row, test)).length !== 1) {
      report(path, `must have exactly one of ${SIGNAL_TESTS.join(', ')}`);
    }
    const isFlag = row['field'] === 'fromConsole';
    if ((typeof row['equals'] === 'boolean') !== isFlag) {
      report(join(path, 'equals'), isFlag ? 'must be true or false' : 'must be a text');
    }
    if (row['field'] === 'userAgent' && EXEMPT_CLASSES.includes(row['class'])) {
      report(
        join(path, 'field'),
        `must name who acted: anybody can send a user agent, and ${EXEMPT_CLASSES.join(' and ')} need no trust`,
      );
    }
  },
);

const scoredRow = shape({ match: text, score, reason: text });
const attributeRow = shape(
  { match: text, score, reason: text },
  { category: oneOf(ATTRIBUTE_CATEGORIES) },
);

const severityKeys = {
  kinds: mapOf(score, oneOf(CANDIDATE_KINDS)),
  attributes: listOf(attributeRow),
  types: listOf(scoredRow),
  actors: mapOf(score, oneOf(ACTOR_CLASSES)),
  untrustedIac: score,
  environments: mapOf(score),
  publicValues: listOf(text),
  publicScore: score,
  levels: shape(
    Object.fromEntries(SEVERITIES.map((level) => [level, score])),
    {},
    (levels, path, report) => {
      const least = SEVERITIES.map((level) => levels[level]);
      if (least.some((each, index) => index > 0 && Number(each) <= Number(least[index - 1]))) {
        report(path, `must rise in the order ${SEVERITIES.join(', ')}`);
      }
    },
  ),
};

const wildcardRow = shape(
  { key: text, match: oneOf(['all', 'service', 'listed']), score, reason: text },
  { values: listOf(textOrFlag) },
  (row, path, report) => {
    if ((row['match'] === 'listed') !== Object.hasOwn(row, 'values')) {
      report(path, 'must have values where match is listed, and only there');
    }
  },
);

const severityOptions = {
  deletions: listOf(scoredRow),
  principals: listOf(scoredRow),
  wildcards: listOf(wildcardRow),
  closing: mapOf(listOf(text)),
};

const attackId = matching(/^T\d{4}(\.\d{3})?$/, 'the id of a technique, such as T1562.008');
const tacticId = matching(/^TA\d{4}$/, 'the id of a tactic, such as TA0005');
const ATTACK_TESTS = ['operations', 'attributes', 'deleted', 'created'];

const attackRow = shape(
  { technique: attackId },
  {
    operations: listOf(text),
    attributes: listOf(text),
    values: listOf(anyValue),
    removes: flag,
    deleted: listOf(text),
    created: listOf(text),
    unless: mapOf(listOf(text)),
    opens: flag,
  } satisfies AllOf<Exclude<keyof AttackRow, 'technique'>, Check>,
  (row, path, report) => {
    if (!ATTACK_TESTS.some((test) => Object.hasOwn(row, test))) {
      report(path, `must have one of ${ATTACK_TESTS.join(', ')}`);
    }
  },
);

const attackKeys = {
  version: text,
  tactics: mapOf(text, tacticId),
  techniques: mapOf(shape({ name: text, tactic: tacticId }), attackId),
  rows: listOf(attackRow),
};

/** Ids that rows and sub-techniques name, which a table as a whole must have. */
export const unknownAttackIds = (table: AttackTable): readonly string[] => {
  const named = [
    ...table.rows.map(({ technique }) => technique),
    ...Object.keys(table.techniques).map((uid) => uid.slice(0, 5)),
  ];
  const tactics = Object.values(table.techniques).map(({ tactic }) => tactic);
  return [
    ...new Set([
      ...named.filter((uid) => !Object.hasOwn(table.techniques, uid)),
      ...tactics.filter((uid) => !Object.hasOwn(table.tactics, uid)),
    ]),
  ];
};

export const ATTACK_FILE = {
  complete: shape(attackKeys),
  extension: shape({}, attackKeys),
};

/** The tables of a provider's folder by file name; `complete` for the shipped ones, the other for an extension. */
export const PROVIDER_FILES: Readonly<
  Record<string, { readonly complete: Check; readonly extension: Check }>
> = {
  'events.json': {
    complete: shape(eventsKeys, optionalEventsKeys),
    extension: shape({}, { ...eventsKeys, ...optionalEventsKeys }),
  },
  'operations.json': {
    complete: mapOf(operationRow, operationKey),
    extension: mapOf(operationRow, operationKey),
  },
  'resource-types.json': {
    complete: mapOf(resourceTypeRow),
    extension: mapOf(resourceTypeRow),
  },
  'cloudformation-types.json': always(mapOf(cloudFormationRow)),
  'pulumi-types.json': always(mapOf(text)),
  'kinds.json': always(mapOf(kindRow)),
  'objects.json': { complete: shape(objectKeys), extension: shape({}, objectKeys) },
  'actors.json': {
    complete: shape({ signals: listOf(signal) }, { ssoRolePrefix: text }),
    extension: shape({}, { signals: listOf(signal), ssoRolePrefix: text }),
  },
};

export const SEVERITY_FILE = {
  complete: shape(severityKeys, severityOptions),
  extension: shape({}, { ...severityKeys, ...severityOptions }),
};
