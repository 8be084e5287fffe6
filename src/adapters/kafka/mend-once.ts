import { createRequire } from 'node:module';

/** A mend of kafkajs for the whole process, made when it is first called: `require` reads the modules that it changes. */
export const mendOnce = (mend: (require: NodeJS.Require) => void): (() => void) => {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    mend(createRequire(import.meta.url));
  };
};
