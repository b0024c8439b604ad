import { jemalloc } from 'allomorph';
import { run } from '../support/child.js';
import { report, useProgram } from './support/importing.js';

const withJemalloc = jemalloc.available ? describe : describe.skip;
const { folder, write, node } = useProgram();

withJemalloc('what stays', () => {
  test('pid, argv0, directory, standard streams', () => {
    const file = write('report.cjs', `${report} process.stdin.pipe(process.stderr);`);
    const child = run(
      'bash',
      [
        '-c',
        'cd "$0" && echo $$ >&2 && exec -a my-node "$@"',
        folder,
        process.execPath,
        '-r',
        'allomorph/process',
        file,
      ],
      {},
      'over stdin',
    );
    const [pid = '', rest] = child.stderr.split('\n');
    expect(rest).toBe('over stdin');
    expect(JSON.parse(child.stdout)).toMatchObject({
      pid: Number(pid),
      argv0: 'my-node',
      cwd: folder,
      name: 'jemalloc',
    });
  });

  test('the environment it was started with, whatever was done to it since', () => {
    // pm2 in cluster mode takes pm2_env out before it loads the program, and needs it again.
    const file = write(
      'environment.cjs',
      `const seen = [process.env.KEPT, process.env.ADDED];
       delete process.env.KEPT; process.env.ADDED = '1';
       require('allomorph/process');
       console.log(JSON.stringify(seen), require('allomorph').processAllocator().name);`,
    );
    expect(node([file], { KEPT: 'yes' })).toMatchObject({
      stdout: '["yes",null] jemalloc\n',
      stderr: '',
    });
  });

  test('the channel of a forked child, and a message sent at once', () => {
    const child = write(
      'child.cjs',
      `process.once('message', (message) => { process.send([message, require('allomorph').processAllocator().name]); process.disconnect(); });`,
    );
    const parent = write(
      'parent.cjs',
      `const { fork } = require('node:child_process');
       const child = fork(${JSON.stringify(child)}, { execArgv: ['--require', 'allomorph/process'] });
       child.send('hello');
       child.once('message', (message) => console.log(JSON.stringify(message)));`,
    );
    const ended = node([parent]);
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout)).toEqual(['hello', 'jemalloc']);
  });

  test('cluster: primary and workers are on it, and workers serve', () => {
    const file = write(
      'cluster.cjs',
      `const cluster = require('node:cluster'), net = require('node:net');
       const name = require('allomorph').processAllocator().name;
       if (cluster.isPrimary) {
         const names = [name];
         let left = 2;
         for (let index = 0; index < 2; index++) {
           cluster.fork().on('message', (other) => {
             names.push(other);
             if (--left === 0) { console.log(JSON.stringify(names)); for (const worker of Object.values(cluster.workers)) worker.kill(); }
           });
         }
       } else {
         net.createServer().listen(0, '127.0.0.1', () => process.send(name));
       }`,
    );
    for (const flag of ['--require', '--import']) {
      const child = node([flag, 'allomorph/process', file]);
      expect(child.stderr).toBe('');
      expect(JSON.parse(child.stdout)).toEqual(['jemalloc', 'jemalloc', 'jemalloc']);
    }
  });
});
