import { expect, it } from 'vitest';
import { watchFile } from '../../../src/pipeline/watch-file.ts';

const watched = async (versions: readonly (string | Error)[], faults: readonly string[] = []) => {
  const told: string[] = [];
  const end = new AbortController();
  let look = 0;
  await watchFile(
    {
      version: async () => {
        const version = versions[look] ?? '';
        if (version instanceof Error) throw version;
        return version;
      },
      onChange: () => {
        const version = String(versions[look]);
        if (faults.includes(version)) throw new Error(`${version} has faults`);
        told.push(`took ${version}`);
      },
      onRefused: (message) => told.push(message),
      sleep: async () => {
        look += 1;
        if (look === versions.length) end.abort();
      },
      intervalMs: 1_000,
    },
    end.signal,
  );
  return told;
};

it('takes nothing while the file stays as it is', async () => {
  expect(await watched(['a', 'a', 'a'])).toEqual([]);
});

it('takes each change once', async () => {
  expect(await watched(['a', 'b', 'b', 'c'])).toEqual(['took b', 'took c']);
});

it('tells a change with faults once, and takes the next one', async () => {
  expect(await watched(['a', 'b', 'b', 'c'], ['b'])).toEqual(['b has faults', 'took c']);
});

it('tells once that the file is gone, and takes it when it is back with other content', async () => {
  const gone = new Error('ENOENT');
  expect(await watched(['a', gone, gone, 'a', 'b'])).toEqual(['ENOENT', 'took b']);
});
