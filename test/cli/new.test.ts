import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { root, type Ended } from '../support/child.js';
import { hasRustc, requireReason } from '../support/compilers.js';
import { Scratch, shell } from '../support/scratch.js';

let scratch: Scratch;
let work: string;
beforeAll(() => {
  scratch = new Scratch();
  work = path.join(scratch.folder, 'work');
  mkdirSync(work);
});
afterAll(() => scratch[Symbol.dispose]());

const create = (...args: string[]): Ended =>
  shell(`allomorph new ${args.map((arg) => `'${arg}'`).join(' ')}`, work);

const native = ['c', 'c++', 'rust'] as const;
const projectOf = (language: string) => `my-${language.replace('++', 'pp')}`;

function expectRefusal(ended: Ended, message: RegExp): void {
  expect(ended).toMatchObject({ status: 125, stdout: '' });
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr).toMatch(/^allomorph: .*\.\n$/);
}

/** Where there is no rustc, the reason is asserted and false returned. */
function canBuild(language: string): boolean {
  if (language !== 'rust' || hasRustc) return true;
  requireReason('rustc');
  return false;
}

describe.each([...native, 'typescript'])('new --language %s', (language) => {
  const name = projectOf(language);
  const folder = () => path.join(work, name);

  test('writes a project and says what to do next', () => {
    const ended = create(name, '--language', language);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).toContain(`  cd ${name}\n  npm install\n  npm run build\n`);
    const files = readdirSync(folder());
    expect(files).toEqual(expect.arrayContaining(['.gitignore', 'README.md', 'package.json']));
    for (const file of files) {
      expect(readFileSync(path.join(folder(), file), 'utf8')).not.toMatch(/\{\{/);
    }
    expect(readFileSync(path.join(folder(), 'README.md'), 'utf8')).toContain(`# ${name}\n`);
    // As the umask has it, like every other folder here.
    expect(statSync(folder()).mode).toBe(statSync(work).mode);
    expect(readdirSync(work).filter((file) => file.startsWith(`${name}.`))).toEqual([]);
  });

  test('its package depends on this package and has the promised scripts', () => {
    const manifest = JSON.parse(readFileSync(path.join(folder(), 'package.json'), 'utf8')) as {
      name: string;
      scripts: Record<string, string>;
      dependencies: Record<string, string>;
    };
    expect(manifest.name).toBe(name);
    // These tests run from a checkout, whose version no registry has to have.
    expect(manifest.dependencies).toEqual({ allomorph: `file:${realpathSync(root)}` });
    const start = language === 'typescript' ? [] : ['start'];
    expect(Object.keys(manifest.scripts).sort()).toEqual(
      ['build', 'check', ...start, 'test'].sort(),
    );
  });

  test('npm installs it without a registry', () => {
    if (language === 'typescript') useOwnTools(folder());
    const install = 'npm install --offline --ignore-scripts --no-audit --no-fund --loglevel=error';
    expect(shell(install, folder())).toMatchObject({ status: 0, stderr: '' });
    const installed = path.join(folder(), 'node_modules', 'allomorph');
    expect(realpathSync(installed)).toBe(realpathSync(root));
    expect(existsSync(path.join(folder(), 'node_modules', '.bin', 'allomorph'))).toBe(true);
  });

  test('builds without a warning, keeps the contract and passes its own tests', () => {
    if (!canBuild(language)) return;
    expect(shell('npm run --silent build', folder())).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
    const check = shell('npm run --silent check', folder());
    expect(check).toMatchObject({ status: 0 });
    // In the same words, whoever prints it.
    expect(check.stdout).toMatch(/^pass {2}over-alignment /m);
    expect(check.stdout).not.toMatch(/^(?:passed|not-applicable)/m);
    const test = shell('npm run --silent test', folder());
    expect(test.stdout + test.stderr).toMatch(/fail 0\b/);
    expect(test.status).toBe(0);
  });
});

/** The compiler comes from a registry otherwise. */
function useOwnTools(folder: string): void {
  const file = path.join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  for (const name of Object.keys(manifest.devDependencies)) {
    manifest.devDependencies[name] = `file:${realpathSync(path.join(root, 'node_modules', name))}`;
  }
  writeFileSync(file, JSON.stringify(manifest));
}

test('an installed copy of this package is depended on by its version, or the tarball it came from', () => {
  const installed = path.join(scratch.folder, 'elsewhere', 'node_modules', 'allomorph');
  for (const part of ['dist', 'templates', 'package.json']) {
    cpSync(path.join(root, part), path.join(installed, part), { recursive: true });
  }
  const command = path.join(installed, 'dist', 'cli', 'main.js');
  const read = (file: string) =>
    JSON.parse(readFileSync(file, 'utf8')) as {
      version: string;
      dependencies: Record<string, string>;
    };
  const dependencyOf = (name: string) => {
    const ended = shell(`node '${command}' new ${name} --language c`, work);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    return read(path.join(work, name, 'package.json')).dependencies;
  };
  const { version } = read(path.join(root, 'package.json'));
  expect(dependencyOf('installed')).toEqual({ allomorph: `^${version}` });

  const around = path.join(realpathSync(scratch.folder), 'elsewhere');
  const manifest = { devDependencies: { allomorph: 'file:../allomorph.tgz' } };
  writeFileSync(path.join(around, 'package.json'), JSON.stringify(manifest));
  expect(dependencyOf('gone')).toEqual({ allomorph: `^${version}` });
  const tarball = path.join(path.dirname(around), 'allomorph.tgz');
  writeFileSync(tarball, '');
  expect(dependencyOf('from-tarball')).toEqual({ allomorph: `file:${tarball}` });
});

describe.each(native)('what %s builds', (language) => {
  const folder = () => path.join(work, projectOf(language));
  const library = () => `lib${projectOf(language)}.so`;

  test('exports the five functions and nothing else', () => {
    if (!canBuild(language)) return;
    const { stdout } = shell(`nm -D --defined-only ${library()}`, folder());
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1));
    expect(names.sort()).toEqual([
      '__rust_allocate',
      '__rust_deallocate',
      '__rust_reallocate',
      '__rust_reallocate_inplace',
      '__rust_usable_size',
    ]);
  });

  test('needs the C library and nothing else, and is never unloaded', () => {
    if (!canBuild(language)) return;
    const { stdout } = shell(`readelf -d ${library()}`, folder());
    expect(stdout.match(/\(NEEDED\)/g)).toHaveLength(1);
    expect(stdout).toMatch(/\(NEEDED\).*\[libc\.so/);
    expect(stdout).toMatch(/NODELETE/);
  });

  test('runs all of Node', () => {
    if (!canBuild(language)) return;
    const ended = shell('npm run --silent start', folder());
    expect(ended).toMatchObject({ status: 0, signal: null });
    expect(ended.stdout).toMatch(/\n8 threads ended with 0\n$/);
  });
});

describe('refuses', () => {
  test.each([
    [[], /There is no name for the project\. Example: allomorph new my-allocator --language c\./],
    [['mine'], /--language is missing\. Valid: c, c\+\+, rust, typescript\./],
    [['mine', '--language', 'go'], /--language is "go"\. Valid: c, c\+\+, rust, typescript\./],
    [['mine', '--language', 'toString'], /--language is "toString"/],
    [['mine', 'two', '--language', 'c'], /Unexpected "two" after allomorph new/],
    [['mine', '--lang', 'c'], /Unknown option --lang of new\. Valid: --language\./],
    [['../mine', '--language', 'c'], /"\.\.\/mine" is no name for a project/],
    [['Mine', '--language', 'c'], /"Mine" is no name/],
    [['.', '--language', 'c'], /"\." is no name/],
    [['', '--language', 'c'], /"" is no name/],
    [['a b', '--language', 'c'], /"a b" is no name/],
    [['a'.repeat(65), '--language', 'c'], /at most 64/],
    [['node_modules', '--language', 'c'], /neither "allomorph" nor "node_modules"/],
    [['allomorph', '--language', 'c'], /neither "allomorph" nor "node_modules"/],
  ])('%j', (args, message) => {
    const before = readdirSync(work);
    expectRefusal(create(...args), message);
    expect(readdirSync(work)).toEqual(before);
  });

  test('a folder with something in it, which stays as it is', () => {
    mkdirSync(path.join(work, 'taken'));
    writeFileSync(path.join(work, 'taken', 'notes'), 'mine');
    expectRefusal(create('taken', '--language', 'c'), /taken has 1 file or folder in it\. Choose/);
    expect(readdirSync(path.join(work, 'taken'))).toEqual(['notes']);
  });

  test('a file, or a link that leads nowhere', () => {
    writeFileSync(path.join(work, 'file'), 'mine');
    expectRefusal(create('file', '--language', 'c'), /file is not a folder\. Choose another name/);
    expect(readFileSync(path.join(work, 'file'), 'utf8')).toBe('mine');
    symlinkSync('nowhere', path.join(work, 'link'));
    expectRefusal(create('link', '--language', 'c'), /link cannot be written/);
    const left = readdirSync(work).filter((file) => /^(nowhere|(file|link)\.)/.test(file));
    expect(left).toEqual([]);
  });
});

test('the lines of README lead from nothing to a Node on an allocator of one’s own', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const lines = /### Write your own\n\n```sh\n([^]*?)```/.exec(readme)?.[1] ?? 'false';
  const ended = shell(`set -e\n${lines}`, work, {
    npm_config_offline: 'true',
    npm_config_ignore_scripts: 'true',
    npm_config_audit: 'false',
  });
  expect(ended).toMatchObject({ status: 0 });
  expect(ended.stdout).toMatch(/\n8 threads ended with 0\n$/);
});

test('an empty folder is filled', () => {
  mkdirSync(path.join(work, 'empty'));
  expect(create('empty', '--language', 'c')).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(path.join(work, 'empty'))).toContain('allocator.c');
});

test('--help and -h describe it', () => {
  for (const flag of ['--help', '-h']) {
    const { status, stdout } = create(flag);
    expect(status).toBe(0);
    expect(stdout).toMatch(/new NAME --language c\|c\+\+\|rust\|typescript/);
  }
});
