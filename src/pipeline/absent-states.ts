export interface AbsenceLook {
  /** Absent for the first time. */
  readonly missed: readonly string[];
  /** Absent long enough, and often enough, to be taken for deleted. */
  readonly gone: readonly string[];
}

export interface AbsentStates {
  /** Something of this file has been published. */
  add(source: string): void;
  isAbsent(source: string): boolean;
  /** To be told only of a look that was complete: no failure, and some file found. `now` in milliseconds. */
  look(present: ReadonlySet<string>, now: number): AbsenceLook;
  /** What was published of this file is withdrawn. Until then each look tells it again. */
  removed(source: string): void;
}

const LEAST_LOOKS = 3;

/**
 * Tells which of the files of a source are deleted, rather than out of sight: absent from every complete look for
 * `removeAfterMs`, and from three at least. Where more than half of the files are absent at once, a permission, a
 * prefix or a mount has changed more likely than that all were deleted: then none is taken for deleted.
 * @param removeAfterMs undefined: never
 */
export const createAbsentStates = (removeAfterMs: number | undefined): AbsentStates => {
  const known = new Set<string>();
  const absent = new Map<string, { readonly since: number; looks: number }>();
  return {
    add: (source) => {
      known.add(source);
      absent.delete(source);
    },
    isAbsent: (source) => absent.has(source),
    look: (present, now) => {
      const missing = [...known].filter((source) => !present.has(source));
      for (const source of present) absent.delete(source);
      const missed = missing.filter((source) => !absent.has(source));
      const gone: string[] = [];
      const tooMany = missing.length * 2 > known.size;
      for (const source of missing) {
        const entry = absent.get(source) ?? { since: now, looks: 0 };
        absent.set(source, entry);
        if (tooMany) continue;
        entry.looks += 1;
        const isGone =
          entry.looks >= LEAST_LOOKS && now - entry.since >= (removeAfterMs ?? Infinity);
        if (isGone) gone.push(source);
      }
      return { missed, gone };
    },
    removed: (source) => {
      known.delete(source);
      absent.delete(source);
    },
  };
};
