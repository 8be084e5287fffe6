import { describe, expect, it } from 'vitest';
import { columns, createScreen, wrapped } from '../../../../deploy/demo/screen.ts';

const screenOf = (stream: { readonly isTTY?: boolean; readonly columns?: number }) => {
  const written: string[] = [];
  let time = 0;
  const screen = createScreen(
    { ...stream, write: (text: string) => written.push(text) },
    { noColor: false, now: () => (time += 1500) },
  );
  return { screen, text: () => written.join('') };
};

describe('the screen of the demo', () => {
  it('writes a finished step as one line with its time, and no escape, where there is no terminal', async () => {
    const { screen, text } = screenOf({});
    await screen.step('Start', (report) => {
      report('kafka is up');
      return Promise.resolve();
    });
    expect(text()).toBe(`${'1. Start'.padEnd(91)}    1.5 s\n   kafka is up\n`);
    expect(screen.color).toBe(false);
  });

  it('names the step that failed', async () => {
    const { screen, text } = screenOf({});
    const failing = screen.step('Start', () => Promise.reject(new Error('no port')));
    await expect(failing).rejects.toThrow('no port');
    expect(text()).toContain('1. Start failed');
  });

  it('is never narrower than 80 columns, nor wider than 100', () => {
    expect(screenOf({ columns: 40 }).screen.width).toBe(80);
    expect(screenOf({ columns: 300 }).screen.width).toBe(100);
  });

  it('aligns numbers to the right and words to the left', () => {
    expect(
      columns([
        [1200, 'read', 'x'],
        [7, 'candidate', 'y'],
      ]),
    ).toEqual(['1,200  read       x', '    7  candidate  y']);
  });

  it('breaks long text at spaces, and loses nothing', () => {
    const text = 'alice changed ingress of aws_security_group.web through the console';
    const lines = wrapped(text, 30);
    expect(lines.every((line) => line.length <= 30)).toBe(true);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(text);
  });
});
