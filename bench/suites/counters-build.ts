import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compile as runCompiler } from '../harness/compile.js';
import { BenchFailure } from '../harness/failure.js';
import { root } from '../harness/layout.js';

export interface CountersBuild {
  /** Loads the library and calls it. */
  readonly program: string;
  readonly library: string;
  readonly jemalloc: boolean;
}

/** The flags of native/gyp/settings.gypi that bear on speed. */
const common = ['-O3', '-fPIC', '-fvisibility=hidden', '-pthread', '-Inative'];
const cFlags = [...common, '-std=gnu11'];
const cxxFlags = [...common, '-std=c++20', '-fno-exceptions', '-fno-rtti'];

const outFolder = path.join('out', 'bench-native');
const jemallocFolder = path.join('out', 'jemalloc', 'static');

/**
 * Compiles the native sources below binding/ together with the loop. As a shared library that the
 * program loads, like the addon: in an executable the linker would make the counters' thread-local
 * access cheaper than it is in Node.
 */
export async function buildCounters(): Promise<CountersBuild> {
  if (process.platform !== 'linux') {
    throw new BenchFailure(`The suite "counters" runs on Linux only, not on ${process.platform}.`);
  }
  mkdirSync(path.join(root, outFolder), { recursive: true });
  const jemalloc = existsSync(path.join(root, jemallocFolder, 'lib', 'libjemalloc_pic.a'));
  const defines = [
    `-DALLOMORPH_PACKAGE_VERSION="${(readJson('package.json') as { version: string }).version}"`,
    ...(jemalloc ? ['-DALLOMORPH_WITH_JEMALLOC', `-I${path.join(jemallocFolder, 'include')}`] : []),
  ];
  const sources = [...nativeSources(), path.join('bench', 'native', 'counters.cc')];
  const objects = await Promise.all(sources.map((source) => compile(source, defines)));
  const library = path.join(outFolder, 'counters.so');
  const program = path.join(outFolder, 'counters');
  await run(cxx(), [
    '-shared',
    '-Wl,-Bsymbolic',
    '-Wl,--exclude-libs,ALL',
    '-pthread',
    ...objects,
    ...(jemalloc ? [path.join(jemallocFolder, 'lib', 'libjemalloc_pic.a')] : []),
    '-ldl',
    '-o',
    library,
  ]);
  const loader = path.join('bench', 'native', 'load_and_run.cc');
  await run(cxx(), [...cxxFlags, loader, '-ldl', '-o', program]);
  return { program: path.join(root, program), library: path.join(root, library), jemalloc };
}

interface SourceLists {
  readonly platform: { readonly linux: readonly string[] };
  readonly core: readonly string[];
  readonly allocators: readonly string[];
}

function nativeSources(): string[] {
  const lists = readJson(path.join('native', 'sources.json')) as SourceLists;
  return [...lists.platform.linux, ...lists.core, ...lists.allocators];
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

async function compile(source: string, defines: readonly string[]): Promise<string> {
  const object = path.join(outFolder, `${source.replace(/[\\/]/g, '-')}.o`);
  const [compiler, flags] = source.endsWith('.c') ? [cc(), cFlags] : [cxx(), cxxFlags];
  await run(compiler, [...flags, ...defines, '-c', source, '-o', object]);
  return object;
}

const cc = () => process.env['CC'] ?? 'cc';
const cxx = () => process.env['CXX'] ?? 'c++';

const run = (command: string, args: readonly string[]) => runCompiler('counters', command, args);
