/** 200 messages of 100 KB to and fro over a compressed WebSocket: zlib, and Buffers of all sizes. */
import { once } from 'node:events';
import { bytes, digest, load, report } from './report.mjs';

const { WebSocket, WebSocketServer } = load('ws');
const [count, length] = [200, 100_000];
const perMessageDeflate = { threshold: 0 };

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
server.on('connection', (socket) => {
  socket.on('message', (data) => socket.send(data));
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
for (const message of sent) client.send(message);
await done;

report({
  extensions: client.extensions,
  echoed: digest(...echoed),
  unchanged: sent.every((message, index) => digest(message) === echoed[index]),
});
client.close();
await once(client, 'close');
server.close();
