import type { Facts } from '../facts/facts.js';

/** Every finding there is; docs/troubleshooting.md has a row for each. */
export const findingIds = [
  'addon-unavailable',
  'addon-scan-capped',
  'allocator-bypassed',
  'arena-max-set',
  'conf-invalid',
  'deepbind-library',
  'embedded-allocator',
  'jemalloc-huge-pages',
  'jemalloc-never-purges',
  'jemalloc-no-background-thread',
  'jemalloc-zero-decay',
  'limited-view',
  'memory-near-limit',
  'memory-swapped',
  'musl',
  'oom-killed',
  'page-size',
  'platform-without-preload',
  'preload-missing',
  'preload-newer-glibc',
  'preload-not-a-library',
  'preload-not-mapped',
  'preload-reaches-children',
  'preload-secure',
  'preload-shadowed',
  'preload-static',
  'preload-system-wide',
  'preload-wrong-architecture',
  'preload-wrong-libc',
  'process-manager',
  'second-malloc',
  'variable-unread',
] as const;

export type FindingId = (typeof findingIds)[number];

export interface Finding {
  readonly id: FindingId;
  /** Error: does not do what it was set up for. Warning: costs memory or may crash. Info: good to know. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly title: string;
  /** Why it matters. */
  readonly reason: string;
  /** What to do. */
  readonly fix: string;
  /** What was seen. */
  readonly evidence: string;
}

/** Looks at facts only, so that every situation can be simulated. */
export type Rule = (facts: Facts) => Finding[];
