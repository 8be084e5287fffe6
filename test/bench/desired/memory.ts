import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const field = (name: string): number => {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(
    readFileSync('/proc/self/status', 'utf8'),
  );
  return Number(line?.[1] ?? Number.NaN) / 1024;
};

/** Memory of this process in MB; Linux only. */
export const anonymousMb = (): number => field('RssAnon');
export const peakRssMb = (): number => field('VmHWM');

/** Looks every 50 ms, from the call until `stop`. */
export const watchAnonymous = (): {
  readonly stop: () => { readonly before: number; readonly peak: number };
} => {
  const before = anonymousMb();
  let peak = before;
  const look = (): void => {
    peak = Math.max(peak, anonymousMb());
  };
  const timer = setInterval(look, 50);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return { before, peak };
    },
  };
};

/** Ends what garbage there is: what is then left of memory is what is kept. */
export const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
};
