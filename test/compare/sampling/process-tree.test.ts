import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { descendants } from 'allomorph/compare/sampling/process-tree';
import { residentBytes, walkPageTables } from 'allomorph/compare/sampling/process-memory';
import { startSampler } from 'allomorph/compare/sampling/sampler';

/** A process with a child and a grandchild, the grandchild holding 64 MiB. */
const source = `
  const { spawn } = require('node:child_process');
  const depth = Number(process.argv[1]);
  const held = depth === 0 ? Buffer.alloc(64 * 2 ** 20, 1) : null;
  if (depth === 0) process.stdout.write(String(process.pid));
  else spawn(process.execPath, ['-e', process.env.SOURCE, String(depth - 1)], { stdio: 'inherit' });
  setInterval(() => held, 1000);
`;

async function family() {
  const env = { ...process.env, SOURCE: source };
  const child = spawn(process.execPath, ['-e', source, '2'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    root: child,
    grandchild: Number(text.toString()),
    end: () => process.kill(-(child.pid ?? 0), 'SIGKILL'),
  };
}

test('descendants are found, and what they hold is counted', async () => {
  const { root, grandchild, end } = await family();
  try {
    const found = descendants(root.pid!);
    expect(found).toHaveLength(2);
    expect(found).toContain(grandchild);
    expect(descendants(process.pid)).toEqual(expect.arrayContaining([root.pid, ...found]));

    const resident = residentBytes(grandchild)!;
    const walked = walkPageTables(grandchild)!;
    expect(resident).toBeGreaterThan(64 * 2 ** 20);
    expect(Math.abs(walked.rss - resident) / resident).toBeLessThan(0.05);
    expect(walked.pss).toBeLessThan(walked.rss);

    const sampler = startSampler(process.pid, 0.02);
    sampler.finish();
    const samples = sampler.stop();
    const last = samples.at(-1)!;
    expect(last.processes).toBeGreaterThanOrEqual(3);
    expect(last.rss).toBeGreaterThan(resident + 2 * 20 * 2 ** 20);
    expect(last.pss).toBeLessThan(last.rss);
  } finally {
    end();
    await once(root, 'exit');
  }
});

test('what is gone has neither memory nor descendants', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  expect(residentBytes(child.pid!)).toBeUndefined();
  expect(walkPageTables(child.pid!)).toBeUndefined();
  expect(descendants(child.pid!)).toEqual([]);
});
