import type { Readable } from 'node:stream';
import { until } from '../until.ts';

/** What a process has written so far. */
export class Log {
  text = '';

  constructor(private readonly owner: string) {}

  follow(stream: Readable) {
    stream.setEncoding('utf8').on('data', (text) => {
      this.text += text;
    });
  }

  /** A line may come in pieces, of which the first would match what ends in `.*`. */
  private lines = () => this.text.slice(0, this.text.lastIndexOf('\n') + 1);

  /**
   * Waits until the text matches, as far as its lines are complete, and returns the match.
   * @param after - how much of the text to leave out, as `text.length` said earlier; default 0
   */
  async waitFor(pattern: RegExp, { after = 0, timeout = 20_000 } = {}): Promise<RegExpExecArray> {
    try {
      return await until('it matches', () => pattern.exec(this.lines().slice(after)) ?? undefined, timeout);
    } catch {
      const tail = this.text.slice(-2000);
      throw new Error(
        `${this.owner}: no output matched ${pattern} within ${timeout / 1000} s. The end of it:\n${tail}`,
      );
    }
  }
}
