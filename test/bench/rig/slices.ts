/** In runs of so many, one after the other; the last may be shorter. */
export const slicesOf = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, slice) =>
    all.slice(slice * size, (slice + 1) * size),
  );
