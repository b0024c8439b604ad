import { bytes } from '../bytes.js';
import type { Rule } from './finding.js';

export const pageSize: Rule = ({ machine: { pageSize: size, preloadLibrary } }) =>
  size === null || preloadLibrary === null || size <= preloadLibrary.pageSize
    ? []
    : [
        {
          id: 'page-size',
          severity: 'error',
          title: 'The pages of this kernel are larger than the jemalloc of this package allows',
          reason: 'It would say "Unsupported system page size", and every allocation would fail.',
          fix: 'Build it on this machine (npm run build), or start a kernel with 4 KiB pages.',
          evidence: `pages of ${bytes(size)}; ${preloadLibrary.path} is built for ${bytes(preloadLibrary.pageSize)}`,
        },
      ];

export const musl: Rule = ({ process: { libc }, malloc }) =>
  libc.name !== 'musl' || malloc.source !== 'default'
    ? []
    : [
        {
          id: 'musl',
          severity: 'info',
          title: "The process runs on musl's malloc",
          reason:
            'It has one lock for all threads, which makes native work in several threads slow, and it ' +
            'keeps little memory. Another allocator is faster there and can need more memory.',
          fix: 'Measure your own program on both (allomorph compare -- COMMAND). Libraries built for glibc do not load here.',
          evidence: `libc is musl ${libc.version ?? ''}`.trim(),
        },
      ];

export const platform: Rule = ({ machine }) =>
  machine.platform === 'linux'
    ? []
    : [
        {
          id: 'platform-without-preload',
          severity: 'info',
          title: 'A whole process cannot be put on another allocator here',
          reason:
            machine.platform === 'darwin'
              ? 'macOS removes DYLD_INSERT_LIBRARIES from protected programs (System Integrity Protection).'
              : 'There is no preload on this platform.',
          fix: "Inside the process: import 'allomorph/global/jemalloc'. For the whole process: Linux.",
          evidence: `platform is ${machine.platform}`,
        },
      ];
