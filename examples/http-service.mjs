// A service under load, then quiet: JSON documents built, compressed and parsed,
// Buffers of all sizes, and a cache whose entries outlive the requests that made
// them. Blocks that live long between blocks that live short are what keeps an
// allocator from giving memory back.
//
//   node examples/http-service.mjs
//   npx autocannon -d 10 -c 50 http://127.0.0.1:8080/report
//
// Or on every allocator, one after the other:
//
//   npx allomorph compare --ready 8080 --idle 5 \
//     --load 'npx autocannon -d 10 -c 50 --json http://127.0.0.1:8080/report' \
//     -- node examples/http-service.mjs
//
// PORT is another port; 0 or nothing is 8080. What request number n does depends on
// n alone, so that runs are comparable.

import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const host = '127.0.0.1';
const port = portFromEnvironment();
const [compress, expand] = [promisify(gzip), promisify(gunzip)];

/** Answers by path. Each gives the value that is sent as JSON, or the gzip of one. */
const routes = { 'GET /report': report, 'POST /ingest': ingest };

/** The newest documents, compressed: the oldest gives its place to the next. */
const cache = { places: 2_000, documents: [], stored: 0 };
const largestBody = 8 * 1024 * 1024;
let requests = 0;

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    if (response.headersSent || !response.writable) response.destroy();
    else send(response, error.status ?? 500, Buffer.from(JSON.stringify({ error: error.message })));
  });
});
server.on('error', ({ code, message }) => {
  const reason = code === 'EADDRINUSE' ? 'another program listens there' : message;
  console.error(`http-service cannot listen on ${host}:${port}: ${reason}. PORT chooses another.`);
  process.exit(1);
});
server.listen(port, host, () => console.log(`listening on ${host}:${port}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);

async function answer(request, response) {
  const { pathname } = new URL(request.url, `http://${host}`);
  const route = routes[`${request.method} ${pathname}`];
  if (route === undefined) throw problem(404, `only ${Object.keys(routes).join(', ')}`);
  requests += 1;
  const made = await route(requests, request);
  // Compressed for everybody: what a load generator accepts shall not decide what is measured.
  const body = Buffer.isBuffer(made) ? made : await compress(JSON.stringify(made));
  send(response, 200, body, { 'content-encoding': 'gzip' });
}

function send(response, status, body, headers = {}) {
  // A client that keeps its connection would keep a server from stopping; and what is left of a
  // body that was refused is not the next request.
  if (!server.listening || !response.req.complete) headers.connection = 'close';
  const length = { 'content-type': 'application/json', 'content-length': body.length };
  response.writeHead(status, { ...length, ...headers }).end(body);
}

/** Three of four build a new document; the fourth reads one of the cache again. */
async function report(number) {
  if (number % 4 === 0 && cache.documents.length > 0) {
    const place = Math.floor(fraction(number) * cache.documents.length);
    const { title, rows } = JSON.parse(await expand(cache.documents[place]));
    const total = rows.reduce((sum, { amount }) => sum + amount, 0);
    return { title: `summary of ${title}`, rows: rows.length, total };
  }
  const made = await compress(JSON.stringify(documentOf(number)));
  return keep(made);
}

/** Parses `{"rows": […]}` and stores it again, each row in a Buffer of its own on the way. */
async function ingest(number, request) {
  const body = await bodyOf(request);
  const { rows } = parse(body);
  if (!Array.isArray(rows)) throw problem(400, 'the body must be {"rows": […]}');
  const records = rows.map((row) => Buffer.from(`${JSON.stringify(row)}\n`));
  const document = { title: `ingest ${number}`, rows: rows.map(amountOf) };
  const [binary, stored] = [Buffer.concat(records), keep(await compress(JSON.stringify(document)))];
  return {
    rows: rows.length,
    received: body.length,
    records: binary.length,
    stored: stored.length,
  };
}

/** 20 to 4,000 rows, the small ones more often, and an attachment of up to 256 KiB. */
function documentOf(number) {
  const rows = Array.from({ length: Math.round(20 * 200 ** fraction(number)) }, (_, index) => ({
    id: `${number}-${index}`,
    name: `item ${(number * 31 + index * 7) % 1009}`,
    amount: ((number + index) * 7919) % 10_007,
    tags: ['stock', 'priced', 'reviewed', 'archived'].slice(index % 4),
  }));
  const attachment = Buffer.alloc(Math.round(256 * 1024 ** fraction(number ** 2)), `${number} `);
  return { title: `report ${number}`, rows, attachment: attachment.toString('base64') };
}

const amountOf = (row) => ({ amount: Number.isFinite(row?.amount) ? row.amount : 0 });

function keep(document) {
  cache.documents[cache.stored % cache.places] = document;
  cache.stored += 1;
  return document;
}

async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  // Not destroyed when it is too long: the answer goes over the same socket.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > largestBody) throw problem(413, `the body is larger than ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body) {
  try {
    return JSON.parse(body) ?? {};
  } catch (error) {
    throw problem(400, error.message);
  }
}

/** From 0 to below 1, spread evenly over the numbers: the multiples of the golden ratio. */
function fraction(number) {
  return (number * 0.618_033_988_749_895) % 1;
}

function problem(status, message) {
  return Object.assign(new Error(message), { status });
}

/** Lets the requests that are under way end; a second signal ends the process at once. */
function stop() {
  server.close(() => console.log(`stopped after ${requests} requests`));
  setTimeout(() => server.closeAllConnections(), 2_000).unref();
}

function portFromEnvironment() {
  const text = process.env.PORT ?? '';
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value || 8080;
  console.error(`PORT is "${text}"; it must be a port from 1 to 65535, or 0 for 8080.`);
  return process.exit(2);
}
