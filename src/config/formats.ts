/** The values that a key of the configuration may take, by the name of its format. */
export interface FormatValues {
  readonly text: string;
  readonly secret: string;
  readonly flag: boolean;
  readonly count: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly port: number;
  readonly path: string;
  readonly url: string;
  readonly urls: readonly string[];
  readonly list: readonly string[];
  readonly 'actor-classes': readonly ('cloud_service' | 'k8s_controller')[];
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly 'index-name': string;
  readonly 'node-attribute': string;
  readonly age: number | 'never';
  readonly 'sasl-mechanism':
    'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer' | 'aws-msk-iam';
  readonly 'aws-search-service': 'es' | 'aoss';
  readonly 'log-level': 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
}

export type FormatName = keyof FormatValues;

interface Format {
  /** What the reference calls the type. */
  readonly label: string;
  /** What is wrong with the value; undefined where it is right. Never repeats the value. */
  readonly fault: (value: unknown) => string | undefined;
  /** Reads the text of a variable or flag; gives the text back where it is not of the type, for `fault` to refuse. */
  readonly fromText: (text: string) => unknown;
}

const asIs = (text: string): unknown => text;

const toNumber = (text: string): unknown =>
  /^-?\d{1,16}$/.test(text.trim()) ? Number(text) : text;

const toFlag = (text: string): unknown => {
  const word = text.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : text;
};

const toList = (text: string): unknown =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const nonEmptyText = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'must be a text that is not empty';

const wholeNumber =
  (least: number, most: number, unit: string) =>
  (value: unknown): string | undefined =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `must be a whole number${unit} from ${least} to ${most}`;

const matching =
  (pattern: RegExp, message: string) =>
  (value: unknown): string | undefined =>
    typeof value === 'string' && pattern.test(value) ? undefined : message;

const oneOf =
  (words: readonly string[]) =>
  (value: unknown): string | undefined =>
    typeof value === 'string' && words.includes(value)
      ? undefined
      : `must be one of ${words.join(', ')}`;

const listOf =
  (fault: (value: unknown) => string | undefined, least: number) =>
  (value: unknown): string | undefined => {
    if (!Array.isArray(value) || value.length < least) {
      return `must be a list${least > 0 ? ' that is not empty' : ''} (in a variable: separated by commas)`;
    }
    const position = value.findIndex((item) => fault(item) !== undefined);
    return position === -1 ? undefined : `item ${position + 1} ${fault(value[position])}`;
  };

const urlFault = (value: unknown): string | undefined => {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return 'must be a URL that starts with http:// or https://';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not hold credentials: give user name and password by their own keys';
  }
  return url.search === '' && url.hash === '' ? undefined : 'must have no query and no fragment';
};

const brokerFault = (value: unknown): string | undefined => {
  const [, port] = /^(?:[^\s:/@[\]]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(String(value)) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535
    ? undefined
    : 'must be host:port';
};

const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer', 'aws-msk-iam'];
const awsSearchServices = ['es', 'aoss'];
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
/** Those whose acts are no candidates unless it is said. */
const ACTOR_CLASSES = ['cloud_service', 'k8s_controller'];
const day = 86_400_000;
const gibibyte = 1_073_741_824;

const ageFault = wholeNumber(1, 100_000, ' of days, or never');

/** Every format by name. convict's own are not used: they read `0` as true and `12abc` as 12. */
export const FORMATS: { readonly [Name in FormatName]: Format } = {
  text: { label: 'text', fault: nonEmptyText, fromText: asIs },
  secret: { label: 'secret', fault: nonEmptyText, fromText: asIs },
  flag: {
    label: 'true or false',
    fault: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
    fromText: toFlag,
  },
  count: { label: 'number', fault: wholeNumber(1, 1_000_000, ''), fromText: toNumber },
  bytes: { label: 'number', fault: wholeNumber(1, gibibyte, ' of bytes'), fromText: toNumber },
  milliseconds: {
    label: 'number',
    fault: wholeNumber(1, day, ' of milliseconds'),
    fromText: toNumber,
  },
  port: { label: 'port', fault: wholeNumber(0, 65_535, ''), fromText: toNumber },
  path: { label: 'path', fault: nonEmptyText, fromText: asIs },
  url: { label: 'URL', fault: urlFault, fromText: asIs },
  urls: { label: 'list of URLs', fault: listOf(urlFault, 1), fromText: toList },
  list: { label: 'list of texts', fault: listOf(nonEmptyText, 0), fromText: toList },
  'actor-classes': {
    label: `list of ${ACTOR_CLASSES.join(', ')}`,
    fault: listOf(oneOf(ACTOR_CLASSES), 0),
    fromText: toList,
  },
  brokers: { label: 'list of host:port', fault: listOf(brokerFault, 1), fromText: toList },
  topic: {
    label: 'topic name',
    fault: matching(
      /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/,
      'must be 1 to 249 letters, digits, dots, underscores or hyphens',
    ),
    fromText: asIs,
  },
  'index-name': {
    label: 'index name',
    fault: matching(
      /^[a-z0-9][a-z0-9._-]{0,199}$/,
      'must be 1 to 200 small letters, digits, dots, underscores or hyphens, and start with a letter or digit',
    ),
    fromText: asIs,
  },
  age: {
    label: 'number or never',
    fault: (value) => (value === 'never' ? undefined : ageFault(value)),
    fromText: toNumber,
  },
  'node-attribute': {
    label: 'attribute:value',
    fault: matching(/^[\w.-]{1,100}:[\w.-]{1,100}$/, 'must be attribute:value, such as temp:warm'),
    fromText: asIs,
  },
  'sasl-mechanism': {
    label: saslMechanisms.join(', '),
    fault: oneOf(saslMechanisms),
    fromText: asIs,
  },
  'aws-search-service': {
    label: awsSearchServices.join(', '),
    fault: oneOf(awsSearchServices),
    fromText: asIs,
  },
  'log-level': { label: logLevels.join(', '), fault: oneOf(logLevels), fromText: asIs },
};
