import { runBareConsumer } from './bare-consumer.ts';
import { roleAsked } from './member.ts';
import { runNullOpenSearch } from './null-opensearch.ts';

const asked = roleAsked();
switch (asked?.role) {
  case 'null-opensearch':
    runNullOpenSearch();
    break;
  case 'bare':
    await runBareConsumer(asked.run as Parameters<typeof runBareConsumer>[0]);
    break;
  default:
    throw new Error('This file is started by the benches, for null-opensearch or bare.');
}
