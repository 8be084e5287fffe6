import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testAuthority } from '../../support/certificates.ts';
import { runDriftlineCommand } from '../../support/driftline-process.ts';
import type { SecuredOpenSearch } from '../../support/secured-opensearch.ts';

/** A stack that is set up rightly, and the settings that reach it as the operator. */
export interface SecuredRig {
  readonly secured: SecuredOpenSearch;
  /** For files of a test's own. */
  readonly folder: string;
  readonly settings: readonly string[];
}

const set = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

/** Each thing that people get wrong has an error that tells it. */
export const describeWrongSetUps = (rig: () => SecuredRig): void => {
  describe('a wrong set-up', () => {
    const setUp = async (values: Readonly<Record<string, string>>): Promise<string> => {
      const { code, stderr } = await runDriftlineCommand([
        'setup',
        ...rig().settings,
        ...set(values),
      ]);
      expect(code).toBe(2);
      return stderr;
    };

    it('with another authority names it', async () => {
      const { caFile } = testAuthority(rig().folder, 'other-ca');
      expect(await setUp({ 'opensearch.caFile': caFile })).toContain(
        'its certificate is not signed by an authority that is trusted here',
      );
    });

    it('with an expired client certificate names the file and its end', async () => {
      const old = rig().secured.authority.issue('driftline-operator', {
        days: -1,
        file: 'expired',
      });
      const said = await setUp({
        'opensearch.certFile': old.certFile,
        'opensearch.keyFile': old.keyFile,
      });
      expect(said).toContain(`The client certificate in ${old.certFile} has expired`);
    });

    it('with a client certificate of another authority says that it is refused', async () => {
      const foreign = testAuthority(rig().folder, 'foreign-ca').issue('driftline-operator');
      const said = await setUp({
        'opensearch.certFile': foreign.certFile,
        'opensearch.keyFile': foreign.keyFile,
      });
      expect(said).toContain('it refuses the client certificate');
    });

    it('with a key of another certificate names both files', async () => {
      const one = rig().secured.authority.issue('one');
      const { keyFile } = rig().secured.authority.issue('two');
      const said = await setUp({
        'opensearch.certFile': one.certFile,
        'opensearch.keyFile': keyFile,
      });
      expect(said).toContain(`The key in ${keyFile} is not that of ${one.certFile}.`);
    });

    it('with another password says that it is not known', async () => {
      const wrong = join(rig().folder, 'wrong');
      writeFileSync(wrong, 'wrong');
      expect(await setUp({ 'opensearch.passwordFile': wrong })).toContain(
        'OpenSearch does not know us (401)',
      );
    });

    it('with a role that lacks a privilege names it', async () => {
      expect(await setUp({ 'opensearch.username': 'ana' })).toMatch(
        /OpenSearch does not let us show .+ \(403\): the role lacks (indices|cluster):admin\/\w+_template\/get/,
      );
    });

    it('ends the service at its start where OpenSearch does not know it', async () => {
      const wrong = join(rig().folder, 'wrong');
      writeFileSync(wrong, 'wrong');
      const { code, stderr } = await runDriftlineCommand([
        'run',
        ...rig().settings,
        ...set({ 'opensearch.passwordFile': wrong }),
      ]);
      expect(code).not.toBe(0);
      expect(stderr).toContain('OpenSearch does not know us (401)');
    });
  });
};
