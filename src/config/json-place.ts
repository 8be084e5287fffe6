const POSITION = /at position (\d+)/;

/** Where the parser stops; undefined where the text is JSON, or may become it with more behind it. */
const faultIn = (text: string): number | 'somewhere' | undefined => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = POSITION.exec(message)?.[1];
    if (position !== undefined)
      return Number(position) < text.length ? Number(position) : undefined;
    return message.startsWith('Unexpected end of JSON') ? undefined : 'somewhere';
  }
};

/** Not all messages of the parser have the place: the shortest beginning that cannot become JSON ends there. */
const positionOf = (text: string): number => {
  let [whole, broken] = [0, text.length];
  while (broken - whole > 1) {
    const middle = (whole + broken) >>> 1;
    const fault = faultIn(text.slice(0, middle));
    if (typeof fault === 'number') return fault;
    if (fault === undefined) whole = middle;
    else broken = middle;
  }
  return whole;
};

/** Where a text that is no JSON is faulty, as `line 3, column 5`; for the parser's own message would quote the text. */
export const jsonFaultPlace = (text: string): string => {
  const fault = faultIn(text);
  const position =
    fault === undefined ? text.length : fault === 'somewhere' ? positionOf(text) : fault;
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  return `line ${line}, column ${position - before.lastIndexOf('\n')}`;
};
