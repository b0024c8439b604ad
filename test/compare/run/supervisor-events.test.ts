import { PassThrough } from 'node:stream';
import { readEvents } from 'allomorph/compare/run/supervisor-events';

test('a supervisor that was killed before it told anything', async () => {
  const stream = new PassThrough();
  const { started, ended, orphans } = readEvents(stream);
  stream.end();
  expect(await started).toBeUndefined();
  expect(await ended).toBeUndefined();
  expect(await orphans).toEqual({ userSeconds: 0, systemSeconds: 0 });
});

test('a program that could not be started, and one that was', async () => {
  const stream = new PassThrough();
  const failed = readEvents(stream).started;
  stream.end('failed 2\n');
  await expect(failed).rejects.toThrow('no such file or directory (ENOENT)');
  const other = new PassThrough();
  const { started, ended } = readEvents(other);
  other.end('started 77\nended 9 1000000000 1000000 0 1 2 4\n');
  expect(await started).toBe(77);
  expect(await ended).toEqual({
    exitCode: null,
    signal: 'SIGKILL',
    wallSeconds: 1,
    userSeconds: 1,
    systemSeconds: 0,
    minorFaults: 1,
    majorFaults: 2,
    peakRssBytes: 4096,
  });
});
