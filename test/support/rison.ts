const PLAIN: Readonly<Record<string, unknown>> = { t: true, f: false, n: null };

/** What a text of rison means: the notation of the state in an address of Dashboards. Throws where it is none. */
export const parseRison = (text: string): unknown => {
  let at = 0;
  const fail = (): never => {
    throw new Error(`No rison at ${at}: ${text}`);
  };
  const take = (char: string): boolean => {
    if (text[at] !== char) return false;
    at += 1;
    return true;
  };
  const quoted = (): string => {
    let out = '';
    while (!take("'")) {
      if (take('!') && text[at] !== '!' && text[at] !== "'") fail();
      out += text[at++] ?? fail();
    }
    return out;
  };
  const word = (): string => {
    const [found] = /^[^ '!:(),*@$]+/.exec(text.slice(at)) ?? [];
    at += found?.length ?? 0;
    return found ?? fail();
  };
  const members = (): Record<string, unknown> => {
    const found: Record<string, unknown> = {};
    if (take(')')) return found;
    do {
      const key = take("'") ? quoted() : word();
      if (!take(':')) fail();
      found[key] = value();
    } while (take(','));
    return take(')') ? found : fail();
  };
  const elements = (): unknown[] => {
    const found: unknown[] = [];
    if (take(')')) return found;
    do found.push(value());
    while (take(','));
    return take(')') ? found : fail();
  };
  const value = (): unknown => {
    if (take('(')) return members();
    if (take("'")) return quoted();
    if (!take('!')) return word();
    if (take('(')) return elements();
    const char = text[at++] ?? '';
    return char in PLAIN ? PLAIN[char] : fail();
  };
  const found = value();
  return at === text.length ? found : fail();
};
