import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { root } from '../support/child';

export interface Service {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** What it has written until now. */
  readonly output: () => string;
  /** Sends it a signal and waits for its end. */
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Starts examples/http-service.mjs and waits for the line that says it is ready. */
export async function startService(): Promise<Service> {
  const port = await freePort();
  const child = spawn(process.execPath, ['examples/http-service.mjs'], {
    cwd: root,
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // 'close', not 'exit': after it all that was written has been read.
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  while (!output.includes(`listening on 127.0.0.1:${port}\n`)) {
    await Promise.race([once(child.stdout, 'data'), ended]);
    if (child.exitCode !== null) throw new Error(`the service has ended: ${output}`);
  }
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return { url: `http://127.0.0.1:${port}`, port, child, output: () => output, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
