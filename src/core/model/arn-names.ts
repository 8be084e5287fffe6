import { isArn } from './identity.ts';

const PARTIAL = /^\d{12}:[a-z-]+:\S+$/;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/**
 * The names within an ARN that a state may hold instead of it, most exact first: for
 * `arn:aws:lambda:eu-west-1:1:function:web:2` these are `web:2` and `web`; for `…:role/path/web` they are
 * `path/web`, `web` and `/path/web`; for an SNS topic the topic's name. Takes `account:function:name` as well.
 * Empty for a value that is none of these.
 */
export const namesOfArn = (value: string): readonly string[] => {
  const arn = isArn(value);
  if (!arn && !(isDigit(value.charCodeAt(0)) && PARTIAL.test(value))) return [];
  const tail = value
    .split(':')
    .slice(arn ? 5 : 1)
    .join(':');
  const separator = /[:/]/.exec(tail);
  if (separator === null) return [tail];
  const rest = tail.slice(separator.index + 1);
  const names = new Set([rest]);
  if (separator[0] === ':') {
    names.add(rest.slice(0, Math.max(rest.indexOf(':'), 0)));
    names.add(rest.replace(/:\*$/, ''));
  } else {
    names.add(rest.slice(rest.lastIndexOf('/') + 1));
    names.add(`/${rest}`);
  }
  names.delete('');
  return [...names];
};

/** The third field of an ARN, such as `ec2`. */
export const serviceOfArn = (arn: string): string | undefined => arn.split(':', 3)[2];
