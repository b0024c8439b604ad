/**
 * A headless Chromium as a child. The page it is given waits for a script, and the script is not
 * answered before the processes of the browser have been looked at.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { report } from './report.mjs';
import { familyOf, look } from './processes.mjs';

const page = '<!doctype html><title>t</title><p id="sum"></p><script src="/script.js"></script>';
const script =
  'document.getElementById("sum").textContent = Array(7).fill(6).reduce((a, b) => a + b);';
const variable = 'TEST_BROWSER_OF';
const marker = `${variable}=${process.pid}`;
let processes = [];

const command = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync('which', [name]).status === 0,
);
if (command === undefined) {
  throw new Error('Chromium is not installed: run test/packages/install.mjs as root.');
}

const server = createServer((request, response) => {
  if (request.url === '/script.js') processes = familyOf(browser.pid, marker);
  response.end(request.url === '/script.js' ? script : page);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const profile = mkdtempSync(path.join(os.tmpdir(), 'allomorph-chromium-'));
const flags = `--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
  --disable-background-networking --disable-component-update --disable-sync`.split(/\s+/);
const browser = spawn(
  command,
  [
    ...flags,
    `--user-data-dir=${profile}`,
    '--dump-dom',
    `http://127.0.0.1:${server.address().port}/`,
  ],
  { env: { ...process.env, [variable]: String(process.pid) }, timeout: 30_000 },
);
const dom = [];
const messages = [];
browser.stdout.on('data', (data) => dom.push(data));
browser.stderr.on('data', (data) => messages.push(data));
const [status, signal] = await once(browser, 'close');
server.close();
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });

const text = Buffer.concat(dom).toString();
// Chromium's messages are many and harmless, as a rule.
if (!text.includes('</html>')) process.stderr.write(Buffer.concat(messages));
report(
  { status, signal, text },
  {
    types: processes.map(({ words }) => typeOf(words)).sort(),
    ours: processes.filter(isOurs).map(({ words }) => typeOf(words)),
    // Shows that the look would have found something.
    starterIsOurs: isOurs(look(process.pid)),
  },
);

function typeOf(words) {
  const type = words.find((word) => word.startsWith('--type='));
  return type?.slice('--type='.length) ?? path.basename(words[0]);
}

/** Whether something of the launcher has reached the process. */
function isOurs({ environment, maps }) {
  return (
    /liballomorph|libmimalloc|libtcmalloc/.test(maps) ||
    /(?:^|\0)(?:LD_PRELOAD|MALLOC_CONF|ALLOMORPH_GUARD)=/.test(environment)
  );
}
