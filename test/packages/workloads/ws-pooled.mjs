/** What ws.mjs does, with messages that are sent from pooled Buffers, and freed when they are sent. */
import { once } from 'node:events';
import { BufferPool } from 'allomorph';
import { bytes, digest, load, report } from './report.mjs';

const { WebSocket, WebSocketServer } = load('ws');
const [count, length] = [200, 100_000];
const perMessageDeflate = { threshold: 0 };
const pool = new BufferPool();

function sendPooled(socket, data) {
  const buffer = pool.allocUnsafe(data.length);
  data.copy(buffer);
  return new Promise((resolve, reject) => {
    socket.send(buffer, (error) => {
      pool.free(buffer);
      if (error) reject(error);
      else resolve();
    });
  });
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
server.on('connection', (socket) => {
  socket.on('message', (data) => sendPooled(socket, data));
});
await once(server, 'listening');

const client = new WebSocket(`ws://127.0.0.1:${server.address().port}`, { perMessageDeflate });
await once(client, 'open');
const echoed = [];
const done = new Promise((resolve, reject) => {
  client.on('error', reject);
  client.on('message', (data) => {
    if (echoed.push(digest(data)) === count) resolve();
  });
});
const sent = Array.from({ length: count }, (_, index) => bytes(length, index));
await Promise.all(sent.map((message) => sendPooled(client, message)));
await done;
client.close();
await once(client, 'close');
server.close();

report(
  {
    extensions: client.extensions,
    echoed: digest(...echoed),
    unchanged: sent.every((message, index) => digest(message) === echoed[index]),
  },
  { live: pool.stats().live.buffers },
);
pool.close();
