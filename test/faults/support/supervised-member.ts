import type { DriftlineProcess } from '../../support/driftline-process.ts';

/** A member as an operator runs it: one that ends unasked is started again. */
export interface SupervisedMember {
  /** The process of the moment. */
  current(): DriftlineProcess;
  /** How the processes ended that ended by themselves; one that was killed did not. */
  readonly ends: readonly string[];
  /** SIGTERM, without another start; resolves with the exit code. */
  retire(): Promise<number | null>;
}

const restartDelayMs = 1_000;

export const superviseMember = (start: () => DriftlineProcess): SupervisedMember => {
  const ends: string[] = [];
  let retired = false;
  let current = start();
  const watch = (member: DriftlineProcess): void => {
    void member.exited.then((code) => {
      if (retired) return;
      if (code !== null) ends.push(`exit ${code}: ${member.stderr().trim()}`);
      setTimeout(() => {
        if (retired) return;
        current = start();
        watch(current);
      }, restartDelayMs);
    });
  };
  watch(current);
  return {
    current: () => current,
    ends,
    retire: () => {
      retired = true;
      current.kill('SIGTERM');
      return current.exited;
    },
  };
};
