import type { AuditEvent, EventActor } from '../model/audit-event.ts';
import { keepBounded, ownText } from '../model/bounded-cache.ts';
import type { ActorClass, ActorVerdict } from '../model/drift-candidate.ts';
import { compileGlobs } from '../model/glob.ts';
import type { TrustedPrincipals } from '../model/processed-event.ts';
import type { ActorSignal, ActorTable, SignalField } from '../model/provider-tables.ts';

export type ActorStep = (event: AuditEvent) => ActorVerdict;

type FieldValue = string | boolean | undefined;

const FIELDS: Readonly<Record<SignalField, (event: AuditEvent) => FieldValue>> = {
  userAgent: (event) => event.userAgent,
  sourceIp: (event) => event.sourceIp,
  fromConsole: (event) => event.fromConsole,
  recordType: (event) => event.recordType,
  service: (event) => event.service,
  'actor.userType': (event) => event.actor.userType,
  'actor.userUid': (event) => event.actor.userUid,
  'actor.userName': (event) => event.actor.userName,
  'actor.sessionIssuer': (event) => event.actor.sessionIssuer,
  'actor.invokedBy': (event) => event.actor.invokedBy,
  'actor.sourceIdentity': (event) => event.actor.sourceIdentity,
  'actor.federatedProvider': (event) => event.actor.federatedProvider,
  'actor.appUid': (event) => event.actor.appUid,
};

/** Tests a field's value, which is in lower case where it is a text. */
const compileTest = (signal: ActorSignal): ((value: FieldValue) => boolean) => {
  const { equals } = signal;
  if (typeof equals === 'boolean') return (value) => value === equals;
  const contains = signal.contains?.toLowerCase();
  const startsWith = signal.startsWith?.toLowerCase();
  const endsWith = signal.endsWith?.toLowerCase();
  const whole = equals?.toLowerCase();
  const pattern = signal.matches === undefined ? undefined : new RegExp(signal.matches, 'i');
  return (value) => {
    if (typeof value !== 'string') return false;
    if (pattern !== undefined) return pattern.test(value);
    if (contains !== undefined) return value.includes(contains);
    if (startsWith !== undefined) return value.startsWith(startsWith);
    if (endsWith !== undefined) return value.endsWith(endsWith);
    return whole !== undefined && value === whole;
  };
};

/** The type of a user who acts as another one, whose name is the user's. */
const IMPERSONATOR = 'Impersonator';

const LONGEST_NAME = 128;
/** Values of a field whose signals are kept. */
const MAX_SEEN = 2_048;
/** User agents of SDKs reach some 500 characters; a caller may send as long a one as it likes. */
const LONGEST_SEEN = 1_000;

/** What ends a line or is not shown. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const CONTROLS = new RegExp(`${CONTROL.source}+`, 'g');

/** Text from a record as it may stand in a sentence: on one line, of bounded length. */
const plainText = (text: string): string => {
  const line = CONTROL.test(text) ? text.replace(CONTROLS, ' ') : text;
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line;
};

const roleName = (issuer: string, ssoRolePrefix: string | undefined): string => {
  const role = issuer.slice(issuer.lastIndexOf('/') + 1);
  if (!ssoRolePrefix || !role.startsWith(ssoRolePrefix)) return role;
  const set = role.slice(ssoRolePrefix.length);
  const mark = set.lastIndexOf('_');
  return mark > 0 ? set.slice(0, mark) : set;
};

/** Who stands behind the act where that is somebody else than whose rights were used: a human before a robot. */
const humanOf = ({ sourceIdentity, userType, userUid }: EventActor): string | undefined =>
  sourceIdentity ?? (userType === IMPERSONATOR ? userUid : undefined);

/**
 * The one name that is shown: `alice@example.com (AdministratorAccess)` for a session of a role,
 * `alice@example.com as deployer@project` for an impersonation, the user's name else.
 */
const actorName = (actor: EventActor, ssoRolePrefix: string | undefined): string | undefined => {
  const human = humanOf(actor);
  const who = human ?? actor.userName ?? actor.userUid ?? actor.invokedBy;
  if (who === undefined) return undefined;
  const role = actor.sessionIssuer?.includes('/')
    ? roleName(actor.sessionIssuer, ssoRolePrefix)
    : undefined;
  if (role !== undefined) return plainText(role === who ? who : `${who} (${role})`);
  const as = human === undefined || human === actor.userName ? undefined : actor.userName;
  return as === undefined ? plainText(who) : `${plainText(who)} as ${plainText(as)}`;
};

/** Whether the configuration trusts a principal of the event to apply code, in the account of the act. */
const compileTrust = (
  everywhere: readonly string[],
  byAccount: readonly TrustedPrincipals[],
): ((event: AuditEvent, principal: string | undefined) => boolean) => {
  const scopes = [
    { isAccount: undefined, isTrusted: compileGlobs(everywhere) },
    ...byAccount.map(({ principals, accounts }) => ({
      isAccount: accounts === undefined ? undefined : compileGlobs(accounts),
      isTrusted: compileGlobs(principals),
    })),
  ];
  if (everywhere.length === 0 && byAccount.length === 0) return () => false;
  return ({ account, actor: { userUid } }, principal) =>
    scopes.some(
      ({ isAccount, isTrusted }) =>
        (isAccount === undefined || (account !== undefined && isAccount(account))) &&
        ((principal !== undefined && isTrusted(principal)) ||
          (userUid !== undefined && isTrusted(userUid))),
    );
};

const NONE: readonly number[] = [];

interface NamedSignal {
  readonly name: string;
  readonly class: ActorClass;
  /** It counts for trusted principals alone. */
  readonly trusted: boolean;
}

/** What the signals at some positions say together: the class of the first that counts, the names of all. */
interface Told {
  readonly class: ActorClass;
  readonly names: readonly string[];
}

/** The same few signals fire together again and again: what they say is told once. */
const compileTold = (
  signals: readonly NamedSignal[],
): ((positions: readonly number[], trusted: boolean) => Told) => {
  const known = new Map<string, Told>();
  // What one field fires is kept, and comes as the same list.
  const ofField = [true, false].map(() => new WeakMap<readonly number[], Told>());
  const tell = (positions: readonly number[], trusted: boolean): Told => {
    const key = `${trusted ? '+' : ''}${positions.join()}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const fired = positions
      .toSorted((one, other) => one - other)
      .flatMap((position) => signals[position] ?? [])
      .filter((signal) => trusted || !signal.trusted);
    const told = { class: fired[0]?.class ?? 'unknown', names: fired.map(({ name }) => name) };
    return keepBounded(known, key, told, MAX_SEEN);
  };
  return (positions, trusted) => {
    const kept = ofField[trusted ? 0 : 1];
    const found = kept?.get(positions);
    if (found !== undefined) return found;
    const told = tell(positions, trusted);
    kept?.set(positions, told);
    return told;
  };
};

/**
 * Who acted: all signals of the table that match, in its order; the first tells the class. The principal is who
 * issued the session (a role's ARN), else the user. It is trusted where a glob matches it or the session's own ARN, in
 * all accounts or in that of the act. A user agent proves nothing by itself: see `actorOutcome` in process-event.ts.
 */
export const compileActor = (
  table: ActorTable,
  trusted: readonly string[],
  byAccount: readonly TrustedPrincipals[] = [],
): ActorStep => {
  const fields = [...new Set(table.signals.map((signal) => signal.field))];
  const signals = table.signals.map((signal) => ({
    name: signal.name,
    class: signal.class,
    field: fields.indexOf(signal.field),
    trusted: signal.trusted === true,
    test: compileTest(signal),
  }));
  const isTrusted = compileTrust(trusted, byAccount);
  const readers = fields.map((field) => FIELDS[field]);
  // User agents and principals come again and again: which signals each fires is told once.
  const seen = fields.map(() => new Map<FieldValue, readonly number[]>());
  const told = compileTold(signals);
  const firedBy = (field: number, value: FieldValue): readonly number[] => {
    const known = seen[field]?.get(value);
    if (known !== undefined) return known;
    const tested = typeof value === 'string' ? value.toLowerCase() : value;
    const positions = signals.flatMap((signal, position) =>
      signal.field === field && signal.test(tested) ? position : [],
    );
    if (typeof value === 'string' && value.length > LONGEST_SEEN) return positions;
    if ((seen[field]?.size ?? 0) >= MAX_SEEN) seen[field]?.clear();
    seen[field]?.set(typeof value === 'string' ? ownText(value) : value, positions);
    return positions;
  };
  return (event) => {
    const { actor } = event;
    const principal = actor.sessionIssuer ?? actor.userUid;
    const trusted = isTrusted(event, principal);
    let positions: readonly number[] = NONE;
    for (let at = 0; at < readers.length; at++) {
      const value = readers[at]?.(event);
      const more = value === undefined ? NONE : firedBy(at, value);
      if (more.length > 0) positions = positions.length === 0 ? more : [...positions, ...more];
    }
    const { class: actorClass, names } = told(positions, trusted);
    const name = actorName(actor, table.ssoRolePrefix);
    return {
      class: actorClass,
      trusted,
      signals: names,
      principal,
      name,
    };
  };
};
