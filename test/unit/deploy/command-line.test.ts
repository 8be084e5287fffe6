import { describe, expect, it } from 'vitest';
import { parseStackCommand } from '../../../deploy/local/command-line.ts';
import { addressesOf } from '../../../deploy/local/options.ts';
import { exitCodeOf, StackError } from '../../../deploy/local/stack-error.ts';

function errorOf(argv: readonly string[], env: Readonly<Record<string, string>> = {}): StackError {
  try {
    parseStackCommand(argv, env);
  } catch (error) {
    if (error instanceof StackError) return error;
  }
  throw new Error(`no StackError for ${argv.join(' ')}`);
}

describe('parseStackCommand', () => {
  it('takes the default ports and Kafka and OpenSearch where nothing is given', () => {
    expect(parseStackCommand(['up'], {})).toMatchObject({
      action: 'up',
      wipe: false,
      format: 'text',
      options: {
        kafkaPort: 9092,
        controllerPort: 9093,
        opensearchPort: 9200,
        services: ['kafka', 'opensearch'],
      },
    });
  });

  it('prefers a flag to the environment and the environment to the default', () => {
    const env = { DRIFTLINE_STACK_KAFKA_PORT: '1111', DRIFTLINE_STACK_OPENSEARCH_PORT: '2222' };
    const { options } = parseStackCommand(['status', '--kafka-port', '3333'], env);
    expect([options.kafkaPort, options.opensearchPort, options.controllerPort]).toEqual([
      3333, 2222, 9093,
    ]);
  });

  it('keeps to the services that --only names, each once', () => {
    const { options } = parseStackCommand(['up', '--only', 'kafka', '--only=kafka'], {});
    expect(options.services).toEqual(['kafka']);
  });

  it('starts the registry only where it is asked for, and ends it with the others', () => {
    const parse = (...argv: readonly string[]) => parseStackCommand(argv, {});
    expect(parse('up', '--with-registry').options.services).toEqual([
      'kafka',
      'opensearch',
      'registry',
    ]);
    expect(parse('up', '--only', 'registry').options.services).toEqual(['registry']);
    expect(parse('down').options.services).toContain('registry');
    expect(parse('status')).toMatchObject({ optional: ['registry'] });
    expect(parse('status', '--with-registry')).toMatchObject({ optional: [] });
  });

  it('tells the address of a registry that is one of the services', () => {
    const argv = ['up', '--with-registry', '--registry-port', '1234'];
    expect(addressesOf(parseStackCommand(argv, {}).options).registry).toBe(
      'http://127.0.0.1:1234/apis/ccompat/v7',
    );
    expect(addressesOf(parseStackCommand(['up'], {}).options)).not.toHaveProperty('registry');
  });

  it('reads the start time limit in seconds', () => {
    expect(parseStackCommand(['up', '--start-timeout', '5'], {}).options.startTimeoutMs).toBe(5000);
  });

  it('shows the usage whatever else is asked', () => {
    expect(parseStackCommand(['--help'], {}).action).toBe('help');
  });

  it.each([
    [[], 'up, status or down'],
    [['restart'], '"restart"'],
    [['up', 'now'], '"now"'],
    [['up', '--wipe'], '--wipe'],
    [['up', '--only', 'redis'], '"redis"'],
    [['up', '--kafka-port', '0'], '--kafka-port'],
    [['up', '--kafka-port', '9e3'], '"9e3"'],
    [['up', '--kafka-port', '9200'], 'must differ'],
    [['up', '--with-registry', '--registry-port', '9200'], '--registry-port 9200'],
    [['status', '--format', 'xml'], '"xml"'],
    [['up', '--colour'], '--colour'],
  ])('refuses %j with a message that tells what is wrong', (argv, part) => {
    const error = errorOf(argv);
    expect(error.code).toBe('invalid-option');
    expect(error.message).toContain(part);
    expect(exitCodeOf(error)).toBe(2);
  });

  it('names the variable whose value is bad', () => {
    expect(errorOf(['up'], { DRIFTLINE_STACK_KAFKA_HEAP_MB: '1g' }).message).toContain(
      'DRIFTLINE_STACK_KAFKA_HEAP_MB',
    );
  });
});
