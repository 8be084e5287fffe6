// Values come from audit logs, which attackers write into: a terminal must not obey them.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text that a terminal only shows: control characters, escapes and direction overrides become `·`. */
export const terminalText = (text: string): string => text.replace(CONTROL, '·');

/** JSON of one line that a terminal only shows: what JSON itself leaves as it is, is written as `\\u009b`; it reads the same. */
export const terminalJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    CONTROL,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Cuts to `width` characters, the last one an ellipsis where something was cut. */
export const fit = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** Cuts or pads to exactly `width` characters. */
export const column = (text: string, width: number): string => fit(text, width).padEnd(width);
