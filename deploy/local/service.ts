import type { ServiceName, StackOptions } from './options.ts';

export type ServicePort = { readonly port: number; readonly flag: string };

export type JavaClassPath = {
  readonly javaHome: string;
  /** Of the first set of artifacts. */
  readonly jars: readonly string[];
  /** Of each further set. */
  readonly further: readonly (readonly string[])[];
};

export type Launch = { readonly program: string; readonly args: readonly string[] };

/** What the stack needs to know of a service to run it as a process. */
export type Service = {
  readonly name: ServiceName;
  /** Sets of artifacts that Maven resolves each by itself; an archive is alone in its set. */
  readonly artifacts: (
    options: StackOptions,
  ) => readonly [readonly string[], ...(readonly (readonly string[])[])];
  /** The first is the one that clients use. */
  readonly ports: (options: StackOptions) => readonly [ServicePort, ...ServicePort[]];
  readonly address: (port: number, options: StackOptions) => string;
  /** Writes the configuration and whatever must exist before the start. */
  readonly prepare: (
    options: StackOptions,
    java: JavaClassPath,
    signal: AbortSignal,
  ) => Promise<Launch>;
  /** Undefined when the service answers and is ready for work, else what it lacks. Ends within 5 s. */
  readonly probe: (port: number, options: StackOptions) => Promise<string | undefined>;
};
