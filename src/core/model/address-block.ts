/** `192.0.2.0/24`, `2001:db8::/32` and IPv6 addresses; longer text is none. */
const LONGEST = 49;
const SHORTEST = 2;
const IPV4_BLOCK = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;
const IPV6 = /^([0-9a-f:]{2,39})(?:\/(\d{1,3}))?$/i;

/** The groups with all bits behind the first `bits` cleared. */
const masked = (groups: readonly number[], bits: number, width: 8 | 16): readonly number[] =>
  groups.map((group, index) => {
    const kept = Math.min(Math.max(bits - index * width, 0), width);
    return group & (2 ** width - 2 ** (width - kept));
  });

const ipv4Block = (text: string): string | undefined => {
  const match = IPV4_BLOCK.exec(text);
  if (match === null) return undefined;
  const bits = Number(match[5]);
  const octets = match.slice(1, 5).map(Number);
  if (bits > 32 || octets.some((octet) => octet > 255)) return undefined;
  return `${masked(octets, bits, 8).join('.')}/${bits}`;
};

const groupsOf = (text: string): readonly number[] | undefined => {
  if (text === '') return [];
  const groups = text.split(':');
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
};

/** The eight groups of an address, with `::` at most once. */
const ipv6Groups = (text: string): readonly number[] | undefined => {
  const [left = '', right, ...more] = text.split('::');
  const [head, tail] = [groupsOf(left), right === undefined ? [] : groupsOf(right)];
  if (head === undefined || tail === undefined || more.length > 0) return undefined;
  const missing = 8 - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
};

/** The longest run of zeros as `::`, the first of several; a single zero stays (RFC 5952). */
const ipv6Text = (groups: readonly number[]): string => {
  let [start, length] = [-1, 1];
  for (let at = 0; at < groups.length; at += 1) {
    let end = at;
    while (groups[end] === 0) end += 1;
    if (end - at > length) [start, length] = [at, end - at];
  }
  const hex = groups.map((group) => group.toString(16));
  return start === -1
    ? hex.join(':')
    : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
};

const ipv6Block = (text: string): string | undefined => {
  const [, address, prefix] = IPV6.exec(text) ?? [];
  const groups = address === undefined ? undefined : ipv6Groups(address);
  const bits = prefix === undefined ? 128 : Number(prefix);
  if (groups === undefined || bits > 128) return undefined;
  const canonical = ipv6Text(masked(groups, bits, 16));
  return prefix === undefined ? canonical : `${canonical}/${bits}`;
};

/**
 * The one spelling of a block of addresses: host bits cleared, as providers store it, IPv6 as RFC 5952 has it
 * (`2001:DB8:0::/32` is `2001:db8::/32`, `8.8.8.8/0` is `0.0.0.0/0`). Undefined for any other text.
 */
export const addressBlock = (text: string): string | undefined => {
  if (text.length > LONGEST || text.length < SHORTEST) return undefined;
  if (text.includes('.')) return text.includes('/') ? ipv4Block(text) : undefined;
  return text.includes(':') ? ipv6Block(text) : undefined;
};
