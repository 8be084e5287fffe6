import { readEnvironmentRules } from './config/environment-rules-file.ts';
import { isConfigurationFault } from './config/config-error.ts';
import { readIgnoreRules } from './config/ignore-rules-file.ts';
import { readProviderTables } from './config/provider-tables.ts';
import type { Config } from './config/schema.ts';
import { readTrustedPrincipals } from './config/trusted-principals-file.ts';
import { tlsFiles, type TlsFileNames } from './connection/tls-files.ts';
import { SHIPPED_TABLES } from './compose-parts.ts';

/** A file or folder that the configuration names, read as a start of the service reads it. */
export interface NamedFile {
  /** Several where they belong together. */
  readonly key: string;
  readonly path: string;
  /** What a start would end with. */
  readonly error: Error | undefined;
}

const readBy = (
  key: string,
  path: string | undefined,
  read: (path: string) => unknown,
): readonly NamedFile[] => {
  if (path === undefined) return [];
  try {
    read(path);
    return [{ key, path, error: undefined }];
  } catch (error) {
    if (isConfigurationFault(error)) return [{ key, path, error: error as Error }];
    throw error;
  }
};

export const detectionFiles = ({ detection }: Config): readonly NamedFile[] => [
  ...readBy('detection.ignoreRulesFile', detection.ignoreRulesFile, readIgnoreRules),
  ...readBy(
    'detection.trustedPrincipalsFile',
    detection.trustedPrincipalsFile,
    readTrustedPrincipals,
  ),
  ...readBy('detection.tablesFolder', detection.tablesFolder, (folder) => {
    readProviderTables(SHIPPED_TABLES, folder);
    readEnvironmentRules(SHIPPED_TABLES, folder);
  }),
];

const PEM_FILES = ['caFile', 'certFile', 'keyFile'] as const;

const certificates = (section: string, names: TlsFileNames): readonly NamedFile[] => {
  const given = PEM_FILES.filter((name) => names[name] !== undefined);
  return given.length === 0
    ? []
    : readBy(
        given.map((name) => `${section}.${name}`).join(', '),
        given.map((name) => names[name]).join(', '),
        () => tlsFiles(names, Date.now, () => undefined)(),
      );
};

export const certificateFiles = ({ kafka, opensearch, registry }: Config): readonly NamedFile[] => [
  ...(kafka.ssl.enabled ? certificates('kafka.ssl', kafka.ssl) : []),
  ...certificates('kafka.sasl.oauth', { caFile: kafka.sasl.oauth.caFile }),
  ...certificates('opensearch', opensearch),
  ...(registry.url === undefined ? [] : certificates('registry', registry)),
];
