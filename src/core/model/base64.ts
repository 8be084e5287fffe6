/** The base64 of a text's UTF-8 bytes, as Kubernetes keeps a Secret's values. */
export const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
