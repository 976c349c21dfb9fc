/** A bar on a terminal, in one line that is written over; nothing where there is no terminal. */
export function progressBar(stream: NodeJS.WriteStream) {
  if (!stream.isTTY) return { show() {}, end() {} };
  return {
    show(part: number, date: string): void {
      const filled = Math.round(part * WIDTH);
      const bar = '#'.repeat(filled) + '.'.repeat(WIDTH - filled);
      stream.write(`\r[${bar}] ${String(Math.round(part * 100)).padStart(3)} %  ${date}`);
    },
    end(): void {
      stream.write('\r\x1b[K');
    },
  };
}

const WIDTH = 40;
