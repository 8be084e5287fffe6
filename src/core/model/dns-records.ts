import { addressBlock } from './address-block.ts';
import type { JsonValue } from './json.ts';

/** Case and a last dot do not count in a name of DNS. */
const hostName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** The name that an alias leads to: the name with `dualstack.` before it has the same load balancer's addresses. */
export const dnsName = (value: JsonValue): JsonValue =>
  typeof value === 'string' ? hostName(value).replace(/^dualstack\./, '') : value;

/**
 * One value of a record set, such that two that say the same have the same key: `10 Mail.example.com.` and
 * `10 mail.example.com`, `"v=spf1" " -all"` and the `v=spf1" " -all` that states have of it.
 * @param isText of a record set whose values are texts, in which case and dots count.
 */
export const dnsRecordKey = (value: string, isText: boolean): string => {
  if (isText) return value.replace(/^"/, '').replace(/"$/, '').replaceAll(/"\s*"/g, '');
  if (value.includes('"')) return value;
  return addressBlock(value) ?? hostName(value);
};
