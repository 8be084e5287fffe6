import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memoryMb } from '../rig/process-usage.ts';

/** Memory of this process in MB; Linux only. */
export const anonymousMb = (): number => memoryMb(['RssAnon']).RssAnon;
export const peakRssMb = (): number => memoryMb(['VmHWM']).VmHWM;

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
