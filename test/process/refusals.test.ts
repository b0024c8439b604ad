import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { allocators, jemalloc } from 'allomorph';
import { binariesFolder } from '../support/binaries.js';
import { cli, root, run } from '../support/child.js';

// What cannot work ends with a sentence of its own and status 125, before the command is started;
// the dynamic linker would print a warning at most, and go on without the allocator.

const anyLibrary = path.join(binariesFolder, 'liballomorph-guard.so');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-refusals-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const start = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [cli, 'run', ...args], env);

function expectRefusal(child: ReturnType<typeof run>, message: RegExp): void {
  expect(child.stderr).toMatch(message);
  expect(child.stderr.trim().split('\n')).toHaveLength(1);
  expect(child.stderr).toMatch(/^allomorph: /);
  expect(child).toMatchObject({ status: 125, stdout: '' });
}

/** A file in the test's folder. */
const at = (name: string) => path.join(folder, name);

describe('a library that is', () => {
  const attempt = (library: string) => start(['--allocator', library, '--', 'echo', 'ran']);

  test('missing', () => {
    expectRefusal(attempt('/no/such/libx.so'), /\/no\/such\/libx\.so does not exist/);
  });

  test('a folder', () => {
    expectRefusal(attempt(folder), /is not a file/);
  });

  test('a text file', () => {
    writeFileSync(at('text.so'), 'hello');
    expectRefusal(attempt(at('text.so')), /text\.so is not a shared library/);
  });

  test('empty', () => {
    writeFileSync(at('empty.so'), '');
    expectRefusal(attempt(at('empty.so')), /is not a shared library/);
  });

  test('truncated', () => {
    copyFileSync(anyLibrary, at('truncated.so'));
    truncateSync(at('truncated.so'), 5000);
    expectRefusal(attempt(at('truncated.so')), /truncated\.so is truncated/);
    truncateSync(at('truncated.so'), 40);
    expectRefusal(attempt(at('truncated.so')), /truncated\.so is truncated/);
  });

  test('of 32 bits, or of another machine', () => {
    const bytes = readFileSync(anyLibrary);
    bytes[4] = 1; // EI_CLASS: ELFCLASS32
    bytes.writeUInt16LE(3, 18); // e_machine: EM_386
    writeFileSync(at('lib32.so'), bytes);
    expectRefusal(attempt(at('lib32.so')), /another architecture \(32 bits, ELF machine 3\)/);
    bytes[4] = 2;
    bytes.writeUInt16LE(8, 18); // EM_MIPS
    writeFileSync(at('mips.so'), bytes);
    expectRefusal(attempt(at('mips.so')), /another architecture \(64 bits, ELF machine 8\)/);
  });

  test('at a path with a space or a colon', () => {
    for (const name of ['a b', 'a:b']) {
      mkdirSync(at(name), { recursive: true });
      const file = path.join(at(name), 'lib.so');
      copyFileSync(anyLibrary, file);
      expectRefusal(attempt(file), /contains a space or a colon/);
    }
  });

  test('relative, or of an unknown name', () => {
    expectRefusal(attempt('./lib.so'), /lib\.so does not exist/);
    expectRefusal(attempt('jemaloc'), /Valid: jemalloc, system, mimalloc/);
    expectRefusal(
      attempt('counted'),
      /stands in front of an allocator\. Example: counted:jemalloc\./,
    );
  });

  test('named without a folder', () => {
    copyFileSync(anyLibrary, at('libmine.so'));
    const source = `process.chdir(${JSON.stringify(folder)});
      process.argv.splice(1, 1, 'cli', 'run', '--allocator', process.argv[1], '--', 'echo', 'ran');
      require(${JSON.stringify(cli)});`;
    const named = (name: string) => run(process.execPath, ['-e', source, name]);
    expectRefusal(
      named('libmine.so'),
      /--allocator is "libmine\.so".* Did you mean \.\/libmine\.so\?/,
    );
    expectRefusal(named('libother.so'), /"libother\.so".* A path begins with \/ or \.\/ or/);
    expectRefusal(
      named('./libother.so'),
      /does not exist\. Give the path of an allocator's \.so file/,
    );
  });

  test('the built-in jemalloc, in a build without it: what else there is', () => {
    const copy = at('without');
    const binaries = path.join(copy, path.relative(root, binariesFolder));
    for (const part of ['dist', 'package.json']) {
      cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
    }
    cpSync(binariesFolder, binaries, { recursive: true });
    rmSync(path.join(binaries, 'liballomorph-jemalloc.so'), { force: true });
    const child = run(process.execPath, [path.join(copy, 'dist/cli/main.js'), 'run', '--', 'true']);
    expectRefusal(child, /ALLOMORPH_JEMALLOC unset.* --allocator takes system(?:, .*)? here\.\n$/);
    for (const { name, path: file, builtIn } of allocators()) {
      if (!builtIn) expect(child.stderr).toContain(name === 'jemalloc' ? file : name);
    }
  });

  test('loadable, but no malloc: found out inside the new process', () => {
    expectRefusal(attempt('/lib/x86_64-linux-gnu/libm.so.6'), /it exports no malloc/);
  });

  test('not loadable for want of another library', () => {
    const source = at('needs.c');
    writeFileSync(
      source,
      'extern void absent(void); void *malloc(unsigned long n) { absent(); return (void *)n; }',
    );
    writeFileSync(at('absent.c'), 'void absent(void) {}');
    expect(run('cc', ['-shared', '-fPIC', '-o', at('libabsent.so'), at('absent.c')]).status).toBe(
      0,
    );
    expect(
      run('cc', ['-shared', '-fPIC', '-o', at('needs.so'), source, at('libabsent.so')]).status,
    ).toBe(0);
    rmSync(at('libabsent.so'));
    const child = attempt(at('needs.so'));
    // The dynamic linker itself ends the program, with its own sentence and status.
    expect(child).toMatchObject({ status: 127, stdout: '' });
    expect(child.stderr).toMatch(/libabsent\.so: cannot open shared object file/);
  });
});

describe('a command that is', () => {
  const attempt = (file: string) => start(['--allocator', 'system', '--', file]);

  function compile(name: string, ...flags: string[]): string {
    writeFileSync(at('main.c'), '#include <stdio.h>\nint main(void) { return puts("ran") < 0; }');
    expect(run('cc', [...flags, '-o', at(name), at('main.c')]).status).toBe(0);
    return at(name);
  }

  test('an ordinary program runs', () => {
    expect(attempt(compile('ordinary'))).toMatchObject({ status: 0, stdout: 'ran\n', stderr: '' });
  });

  test('statically linked', () => {
    expectRefusal(attempt(compile('static', '-static')), /static is statically linked/);
  });

  test('setuid to another user', () => {
    if (process.getuid?.() === 0) {
      const file = compile('setuid');
      chownSync(file, 65_534, 65_534);
      chmodSync(file, 0o4755);
      expectRefusal(attempt(file), /setuid is setuid, setgid or has file capabilities/);
      chmodSync(file, 0o2755);
      expectRefusal(attempt(file), /is setuid, setgid/);
    } else {
      expectRefusal(attempt('passwd'), /is setuid, setgid or has file capabilities/);
    }
  });

  test('a script for such an interpreter', () => {
    writeFileSync(at('script'), `#! ${compile('static', '-static')} x\n`, { mode: 0o755 });
    expectRefusal(attempt(at('script')), /static is statically linked/);
  });

  test('for another machine', () => {
    const bytes = readFileSync(compile('other'));
    bytes.writeUInt16LE(8, 18);
    writeFileSync(at('other'), bytes, { mode: 0o755 });
    expectRefusal(attempt(at('other')), /another architecture \(ELF machine 8\)/);
  });
});

describe('other flags', () => {
  test.each<[string[], RegExp]>([
    [['--preset', 'fast'], /--preset is "fast"\. Valid: balanced, memory, throughput/],
    [['--inherit', 'some'], /--inherit is "some"\. Valid: node, all, none/],
    [
      ['--allocator', 'system', '--conf', 'narenas:1'],
      /--conf has "narenas"; glibc takes tunables/,
    ],
    [
      ['--allocator', '/lib/x86_64-linux-gnu/libm.so.6', '--conf', 'a:1'],
      /--conf cannot be translated for libm\.so\.6.* Set what it reads itself in the environment/,
    ],
    [
      ['--allocator', '/lib/x86_64-linux-gnu/libm.so.6', '--preset', 'memory'],
      /the preset memory cannot be translated.* Leave the preset out/,
    ],
  ])('%p', (flags, message) => {
    expectRefusal(start([...flags, '--', 'echo', 'ran']), message);
  });
});

(jemalloc.available ? test : test.skip)('a configuration that is none of jemalloc', () => {
  const child = start(['--conf', 'dirty_decay_ms', '--', 'echo', 'ran']);
  expectRefusal(child, /--conf has "dirty_decay_ms"; jemalloc takes key:value/);
});

describe('LD_PRELOAD that holds another malloc already', () => {
  const other = () => {
    writeFileSync(at('malloc.c'), 'int libjemalloc_like;');
    const file = at('libjemalloc.so.9');
    run('cc', ['-shared', '-fPIC', '-o', file, at('malloc.c')]);
    return file;
  };

  test('gives a warning; the user’s entry stays first', () => {
    const child = start(['--allocator', 'system', '--', 'sh', '-c', 'echo "$LD_PRELOAD"'], {
      LD_PRELOAD: other(),
    });
    expect(child.stdout).toBe(`${at('libjemalloc.so.9')}\n`);
    expect(child.stderr).toMatch(
      /^allomorph: warning: LD_PRELOAD already holds .*libjemalloc\.so\.9/,
    );
    expect(child.status).toBe(0);
  });
});

test.each(['darwin', 'win32'])(
  'on %s a whole-process request is refused for what it is',
  (platform) => {
    const source = `
    const { findWanted } = require(${JSON.stringify(path.join(root, 'dist/process/wanted.js'))});
    Object.defineProperty(process, 'platform', { value: '${platform}' });
    for (const name of ['jemalloc', 'system', 'mimalloc', '/any.so']) {
      try { findWanted(name, '--allocator'); console.log('found'); }
      catch ({ status, message }) { console.log(status, message); }
    }`;
    const lines = run(process.execPath, ['-e', source]).stdout.trim().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines)
      expect(line).toMatch(new RegExp(`^125 .*on Linux only, not on ${platform}`));
  },
);

test('so is the import there, and not for want of /proc', () => {
  const source = `
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    require(${JSON.stringify(path.join(root, 'dist/process/import/default.js'))});`;
  expectRefusal(run(process.execPath, ['-e', source]), /on Linux only, not on darwin/);
});

// Mount namespaces need privileges; where they are missing, that itself is what the test asserts.
const canUnshare = run('unshare', ['-m', 'true']).status === 0;
const without = (change: string, ...command: string[]) =>
  run('unshare', ['-m', 'sh', '-c', `${change} && exec "$@"`, 'sh', ...command]);

describe('/proc', () => {
  const runEcho = [process.execPath, cli, 'run', '--allocator', 'system', '--', 'echo', 'ran'];
  if (!canUnshare) {
    test('cannot be changed here', () => {
      expect(process.getuid?.()).not.toBe(0);
    });
    return;
  }

  test('absent: run works, proves the allocator, and says what it cannot do', () => {
    const child = without('umount -l /proc', ...runEcho);
    expect(child).toMatchObject({ status: 0, stdout: 'ran\n' });
    expect(child.stderr).toBe(
      'allomorph: warning: /proc is not mounted: descriptors beyond the standard three are not passed on to the command.\n',
    );
  });

  test('absent: allomorph/process refuses', () => {
    const child = without(
      'umount -l /proc',
      process.execPath,
      '-r',
      'allomorph/process',
      '-e',
      'console.log("ran")',
    );
    expectRefusal(child, /allomorph\/process needs \/proc to be mounted/);
  });

  test('read-only: nothing is written there', () => {
    const child = without('mount -o remount,ro /proc', ...runEcho);
    expect(child).toMatchObject({ status: 0, stdout: 'ran\n', stderr: '' });
  });
});
