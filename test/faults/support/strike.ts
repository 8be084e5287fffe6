import type { FaultProxy, Verdict } from './fault-proxy.ts';

/**
 * Acts at the n-th request that matches, before the server has it: what `act` gives back becomes of the request.
 * All others pass. Resolves once `act` has been called.
 */
export const strikeAt = (
  proxy: FaultProxy,
  matches: (request: Buffer) => boolean,
  nth: number,
  act: () => Verdict | Promise<Verdict>,
): Promise<void> => {
  let seen = 0;
  const struck = Promise.withResolvers<void>();
  proxy.watch((request) => {
    if (!matches(request)) return 'pass';
    seen += 1;
    if (seen !== nth) return 'pass';
    proxy.watch(undefined);
    struck.resolve();
    return act();
  });
  return struck.promise;
};
