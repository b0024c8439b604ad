/** One line that rewrites itself on a terminal; elsewhere one line for every tenth of the work. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr) {
  let announced = -1;
  return (done: number, total: number, name: string): void => {
    if (stream.isTTY) {
      stream.write(`\r\x1b[K${done < total ? `${done} of ${total}  ${name}` : ''}`);
      return;
    }
    const tenth = Math.floor((done / total) * 10);
    if (tenth === announced) return;
    announced = tenth;
    stream.write(`${done} of ${total}\n`);
  };
}
