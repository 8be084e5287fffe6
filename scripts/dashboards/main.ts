import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allSavedObjects } from './all-saved-objects.ts';
import { ndjson } from './saved-objects.ts';

/** Writes the file that OpenSearch Dashboards imports, anew from the questions: `npm run dashboards:generate`. */
const FILE = fileURLToPath(
  new URL('../../deploy/opensearch/dashboards/driftline.ndjson', import.meta.url),
);

writeFileSync(FILE, ndjson(allSavedObjects));
process.stdout.write(`${allSavedObjects.length} saved objects written to ${FILE}\n`);
