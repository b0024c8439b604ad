import { AllomorphError } from '../errors/error.js';
import { binary } from '../native/binaries.js';
import { jemallocConf } from './presets.js';

/** What a whole process can be started on. */
export const launchable = ['jemalloc', 'system'] as const;
export type LaunchableName = (typeof launchable)[number];

/** The environment that puts a process on an allocator and has it prove so. */
export function launchEnvironment(
  allocator: LaunchableName,
  environment: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  requireLinux();
  const check = requireBinary('liballomorph-check.so');
  if (allocator === 'system') {
    return {
      ...environment,
      LD_PRELOAD: appendPreload(environment['LD_PRELOAD'], [check]),
      ALLOMORPH_EXPECT_MALLOC: 'libc',
    };
  }
  const library = requireBinary('liballomorph-jemalloc.so');
  return {
    ...environment,
    LD_PRELOAD: appendPreload(environment['LD_PRELOAD'], [library, check]),
    MALLOC_CONF: jemallocConf(environment['MALLOC_CONF']),
    ALLOMORPH_EXPECT_MALLOC: library,
  };
}

/** Whatever the user preloads stays, and stays first. */
function appendPreload(present: string | undefined, added: string[]): string {
  return [...(present === undefined || present === '' ? [] : [present]), ...added].join(':');
}

function requireLinux(): void {
  if (process.platform === 'linux') return;
  throw new AllomorphError(
    'ERR_ALLOMORPH_UNAVAILABLE',
    `A whole process can be put on another allocator on Linux only, not on ${process.platform}: ` +
      'there is no preload that works there. Inside the process, ' +
      "import 'allomorph/global/jemalloc' moves what is allocated through this package.",
    { platform: process.platform },
  );
}

function requireBinary(fileName: string): string {
  const file = binary(fileName);
  if (file === undefined) {
    throw new AllomorphError(
      'ERR_ALLOMORPH_UNAVAILABLE',
      `${fileName} was not built for ${process.platform} ${process.arch}. ` +
        'Build it with ALLOMORPH_JEMALLOC unset: npm run build.',
      { fileName },
    );
  }
  if (/[\s:]/.test(file)) {
    throw new AllomorphError(
      'ERR_ALLOMORPH_INVALID_ARGUMENT',
      `The path ${file} contains a space or a colon, which LD_PRELOAD cannot express. ` +
        'Move the project to a path without them.',
      { path: file },
    );
  }
  return file;
}
