/** Whether the same bytes stand at two places: for short ones a call to Buffer.compare takes longer than the look. */
export const sameBytes = (
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  size: number,
): boolean => {
  for (let index = size - 1; index >= 0; index--)
    if (a[aStart + index] !== b[bStart + index]) return false;
  return true;
};
