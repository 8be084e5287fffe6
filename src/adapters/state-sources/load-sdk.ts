import { SourceError } from './source-error.ts';

/** Loads an optional package. @throws SourceError `sdk_missing` */
export const loadSdk = async <T>(load: () => Promise<T>, packageName: string): Promise<T> => {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) {
      throw error;
    }
    throw new SourceError(
      'sdk_missing',
      `Reading it takes a package that is not installed: npm install ${packageName}`,
      error,
    );
  }
};
