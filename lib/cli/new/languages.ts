/** What a project in one language consists of. */
export interface Language {
  /** As people write it. */
  readonly title: string;
  /** Its folder in templates/. */
  readonly folder: string;
  /** The scripts of its package.json beside `check` and `start`; `{{name}}` is the project's name. */
  readonly build: string;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const sharedLibrary = '-fPIC -shared -fvisibility=hidden -Wl,-z,nodelete';

/** By the word of `--language`. */
export const languages = {
  c: {
    title: 'C',
    folder: 'c',
    build: `cc -O2 -std=c11 -D_GNU_SOURCE -Wall -Wextra ${sharedLibrary} -o lib{{name}}.so allocator.c`,
  },
  // As needed: an allocator that does not use libstdc++ does not load it either.
  'c++': {
    title: 'C++',
    folder: 'cpp',
    build: `c++ -O2 -std=c++20 -fno-exceptions -fno-rtti -Wall -Wextra -Wl,--as-needed ${sharedLibrary} -o lib{{name}}.so allocator.cc`,
  },
  // lto: what is left of the core library would otherwise refer to an unwinder that panic=abort does not have.
  rust: {
    title: 'Rust',
    folder: 'rust',
    build:
      'rustc --edition 2021 --crate-type cdylib -C opt-level=3 -C panic=abort -C lto -C link-arg=-Wl,-z,nodelete -o lib{{name}}.so allocator.rs',
  },
  typescript: {
    title: 'TypeScript',
    folder: 'typescript',
    build: 'tsc -p .',
    devDependencies: { '@types/node': '^20.19.0', typescript: '^6.0.0' },
  },
} as const satisfies Record<string, Language>;

export type LanguageName = keyof typeof languages;
