import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { BufferPool } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const sent = randomFillSync(Buffer.alloc(1_000_000));

/** The recipe of docs/buffers.md for reading: every read into a buffer of the pool. */
async function readPooled(pool: BufferPool, port: number): Promise<Buffer> {
  const copies: Buffer[] = [];
  let reading: Buffer | undefined;
  const socket = net.connect({
    port,
    onread: {
      // Asked for more than once before the first byte when the socket tries several addresses.
      buffer: () => (reading ??= pool.allocUnsafe(65_536)),
      callback(count) {
        const message = pool.resize(reading!, count);
        reading = undefined;
        copies.push(Buffer.from(message)); // whatever the program does with it, now or later
        pool.free(message);
        return true;
      },
    },
  });
  await once(socket, 'close');
  if (reading !== undefined) pool.free(reading);
  return Buffer.concat(copies);
}

async function readPlain(port: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of net.connect({ port }) as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The recipe for writing: free when the socket says that it has written. */
function writePooled(pool: BufferPool, socket: net.Socket): void {
  for (let start = 0; start < sent.length; start += 50_000) {
    const buffer = pool.allocUnsafe(50_000);
    sent.copy(buffer, 0, start);
    socket.write(buffer, () => pool.free(buffer));
  }
  socket.end();
}

test.each(['plain', 'pooled'])(
  'sockets, %s writer: both readers get the same bytes',
  async (way) => {
    using pool = new BufferPool();
    const server = net.createServer((socket) => {
      if (way === 'pooled') writePooled(pool, socket);
      else socket.end(sent);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const [pooled, plain] = await Promise.all([readPooled(pool, port), readPlain(port)]);
    server.close();
    await once(server, 'close');
    expect(pooled.equals(sent)).toBe(true);
    expect(plain.equals(sent)).toBe(true);
    expect(pool.stats().live.buffers).toBe(0);
  },
);
