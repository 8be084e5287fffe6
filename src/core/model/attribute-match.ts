import { compileGlob } from './glob.ts';

/** A row of a table about attributes, for one type of resource. */
export interface AttributeRow<Row> {
  readonly row: Row;
  /** Whether the row means the attribute at the path. */
  readonly covers: (path: string) => boolean;
}

/** Types come from tables and published states; more than this are looked up each time. */
const MAX_TYPES = 5_000;

const endsAtSegment = (path: string, prefix: string): boolean =>
  path.startsWith(prefix) &&
  (path.length === prefix.length || path[prefix.length] === '.' || path[prefix.length] === '[');

/**
 * The rows that are about a type, in their order. A row's `match` is `<type glob>.<path>`, or a type glob alone for all
 * its attributes: `aws_security_group.ingress`, `*.tags`. The path also covers those below it.
 */
export const compileAttributeRows = <Row>(
  rows: readonly (readonly [match: string, row: Row])[],
): ((type: string) => readonly AttributeRow<Row>[]) => {
  const compiled = rows.map(([match, row]) => {
    const dot = match.indexOf('.');
    const prefix = dot < 0 ? undefined : match.slice(dot + 1);
    return {
      row,
      isType: compileGlob(dot < 0 ? match : match.slice(0, dot)),
      covers: (path: string): boolean =>
        prefix === undefined || prefix === '*' || endsAtSegment(path, prefix),
    };
  });
  const byType = new Map<string, readonly AttributeRow<Row>[]>();
  return (type) => {
    const known = byType.get(type);
    if (known !== undefined) return known;
    const found = compiled.filter(({ isType }) => isType(type));
    if (byType.size < MAX_TYPES) byType.set(type, found);
    return found;
  };
};
