const WIDTH = 30;
const REDRAW_MS = 100;
/** Short input ends before a bar would be read. */
const QUIET_MS = 500;

export interface ProgressScreen {
  write(text: string): unknown;
}

/** A bar on one line of a terminal, redrawn at most ten times a second. */
export class ProgressBar {
  readonly #screen: ProgressScreen;
  readonly #total: number;
  readonly #now: () => number;
  readonly #started: number;
  #drawn = 0;
  #visible = false;

  /** `total` in bytes; 0 where it is not known: the bar then counts only. `now` in milliseconds. */
  constructor(screen: ProgressScreen, total: number, now: () => number) {
    this.#screen = screen;
    this.#total = total;
    this.#now = now;
    this.#started = now();
  }

  advance(done: number, events: number): void {
    const now = this.#now();
    if (now - this.#started < QUIET_MS || now - this.#drawn < REDRAW_MS) return;
    this.#drawn = now;
    this.#visible = true;
    const counted = `${events.toLocaleString('en-US')} events`;
    if (this.#total <= 0) {
      this.#screen.write(`\r\x1b[K${counted}`);
      return;
    }
    const share = Math.min(1, done / this.#total);
    const filled = Math.round(share * WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    this.#screen.write(
      `\r\x1b[K${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${counted}`,
    );
  }

  /** Takes the bar off the screen, so that a line can be printed. */
  clear(): void {
    if (!this.#visible) return;
    this.#visible = false;
    this.#screen.write('\r\x1b[K');
  }
}
