import type { DriftlineProcess } from './driftline-process.ts';

/** What a probe of the service answers. */
export interface Probe {
  readonly status: number;
  readonly reasons: readonly string[];
}

/** Asks a probe of a running service, such as `/readyz`. */
export const askProbe = async (service: DriftlineProcess, path: string): Promise<Probe> => {
  const { host, port } = await service.event('http.listening');
  const answer = await fetch(`http://${String(host)}:${Number(port)}${path}`);
  const { reasons } = (await answer.json()) as { readonly reasons: readonly string[] };
  return { status: answer.status, reasons };
};

/** Status 0 where nothing answers: a kept connection may have been closed at this moment. */
const askOnce = (service: DriftlineProcess, path: string): Promise<Probe> =>
  askProbe(service, path).catch((error: unknown) => ({ status: 0, reasons: [String(error)] }));

/**
 * Asks again and again until the status is `wanted`. Throws after `limitMs`.
 * @param service the process of that moment: a supervisor may have started another one
 */
export const untilStatus = async (
  service: () => DriftlineProcess,
  path: string,
  wanted: number,
  limitMs = 40_000,
): Promise<Probe> => {
  for (const until = Date.now() + limitMs; ;) {
    const answer = await askOnce(service(), path);
    if (answer.status === wanted) return answer;
    if (Date.now() > until) throw new Error(`no ${wanted}: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};
