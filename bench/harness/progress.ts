import { createStatusLine } from '../../lib/support/status-line.js';

/** One line that rewrites itself on a terminal; elsewhere one line for every tenth of the work. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr) {
  const line = createStatusLine(stream);
  let announced = -1;
  return (done: number, total: number, name: string): void => {
    if (stream.isTTY) {
      if (done < total) line.show(`${done} of ${total}  ${name}`);
      else line.clear();
      return;
    }
    const tenth = Math.floor((done / total) * 10);
    if (tenth === announced) return;
    announced = tenth;
    stream.write(`${done} of ${total}\n`);
  };
}
