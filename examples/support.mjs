// What the examples share: sizes from the environment, a progress line, and the
// report at the end, for people or (ALLOMORPH_EXAMPLE_JSON=1) for programs.

import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { processAllocator } from 'allomorph';

const json = process.env.ALLOMORPH_EXAMPLE_JSON === '1';
const { rss } = process.memoryUsage;
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

/** A number that the environment may change. */
export function setting(name, byDefault) {
  const text = process.env[name];
  if (text === undefined || text === '') return byDefault;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`${name} is "${text}"; it must be a number from 0 up, such as ${byDefault}.`);
  return process.exit(2);
}

/** One line that rewrites itself on a terminal, one line a step elsewhere. */
export function progress(text) {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
}

/**
 * Runs `work`, collects garbage, waits, and prints what the process held meanwhile.
 * @param {string} name of the work, for the report
 * @param {number} idleSeconds how long nothing happens afterwards
 * @param {() => Promise<string>} work returns what it has done, for the report
 */
export async function measure(name, idleSeconds, work) {
  const allocator = processAllocator();
  const known = allocator.version === null ? '' : ` ${allocator.version}`;
  if (!json) {
    console.log(`allocator   ${allocator.name}${known}, verified: ${allocator.evidence}`);
  }
  const start = rss();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const done = await work();
  const seconds = (performance.now() - started) / 1000;

  collectGarbage();
  await idle(idleSeconds);
  const end = rss();
  // The kernel's own high-water mark: a timer would miss what comes and goes between two ticks.
  const peak = Math.max(process.resourceUsage().maxRSS * 1024, end);
  const { user, system } = process.cpuUsage(cpu);

  if (json) {
    const resident = { start, peak, idle: end };
    const cpuSeconds = (user + system) / 1e6;
    console.log(JSON.stringify({ name, allocator, done, seconds, cpuSeconds, resident }));
    return;
  }
  console.log(`${name.padEnd(12)}${done} in ${seconds.toFixed(1)} s`);
  console.log(
    `resident    start ${megabytes(start)}, peak ${megabytes(peak)}, idle ${megabytes(end)}`,
  );
  console.log(`given back  idle is ${((end / peak) * 100).toFixed(1)}% of peak`);
}

async function idle(seconds) {
  for (let left = seconds; left > 0; left--) {
    if (left % 4 === 0 || process.stderr.isTTY) {
      progress(`idle, ${left} s left, ${megabytes(rss())}`);
    }
    await sleep(Math.min(left, 1) * 1000);
  }
  if (process.stderr.isTTY) progress('');
}

// Without --expose-gc on the command line, so that every example is one plain command.
function collectGarbage() {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc');
  collect();
  collect();
}
