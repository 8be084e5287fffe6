import type { ServiceName, StackOptions } from './options.ts';

export type ServicePort = { readonly port: number; readonly flag: string };

export type JavaClassPath = { readonly javaHome: string; readonly jars: readonly string[] };

export type Launch = { readonly program: string; readonly args: readonly string[] };

/** What the stack needs to know of a service to run it as a process. */
export type Service = {
  readonly name: ServiceName;
  readonly artifacts: readonly string[];
  /** The first is the one that clients use. */
  readonly ports: (options: StackOptions) => readonly [ServicePort, ...ServicePort[]];
  readonly address: (port: number) => string;
  /** Writes the configuration and whatever must exist before the start. */
  readonly prepare: (
    options: StackOptions,
    java: JavaClassPath,
    signal: AbortSignal,
  ) => Promise<Launch>;
  /** Undefined when the service answers and is ready for work, else what it lacks. Ends within 5 s. */
  readonly probe: (port: number) => Promise<string | undefined>;
};
