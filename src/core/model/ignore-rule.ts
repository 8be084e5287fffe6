/** One glob or several, any of which may match. */
export type Patterns = string | readonly string[];

/** The globs of a rule, by what they look at. */
export interface IgnorePatterns {
  readonly type?: Patterns;
  readonly address?: Patterns;
  /** Path of an attribute: the rule takes changes of it, never a creation or a deletion. */
  readonly attribute?: Patterns;
  /** `service:Operation` or the operation alone. */
  readonly operation?: Patterns;
  /** What trust is decided on: a role's ARN, a user's ARN, an e-mail address. */
  readonly principal?: Patterns;
  /** The principal, or the name that is shown. */
  readonly actor?: Patterns;
  readonly account?: Patterns;
  readonly environment?: Patterns;
  /** Lines over `type.id`, as in `.driftignore`; within the rule the last that matches decides. */
  readonly resource?: Patterns;
}

/** Takes candidates out, named, with a reason. All patterns that are given must match. */
export interface IgnoreRule extends IgnorePatterns {
  readonly id: string;
  readonly reason: string;
  readonly owner?: string;
  /** The last day (UTC, `2027-03-31`) whose acts the rule takes: it is the time of the act that counts. */
  readonly expires?: string;
  /**
   * A line of `.driftignore`, which is then the rule's only pattern. Of all such lines the last that matches decides;
   * one with `!` keeps what lines before it took.
   */
  readonly line?: string;
}

const DAY_MS = 86_400_000;

/** The first moment, in milliseconds since the epoch, at which the rule works no more; infinite without expiry. */
export const endOfRule = ({ expires }: Pick<IgnoreRule, 'expires'>): number =>
  expires === undefined ? Infinity : Date.parse(`${expires}T00:00:00Z`) + DAY_MS;

/** Whether a text is a day such as `2027-03-31`, which the calendar has. */
export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};
