import type { Environment } from 'allomorph/compare/document/environment';

/** A machine that a comparison could have been made on. */
export const sampleEnvironment: Environment = {
  allomorph: '0.1.0',
  node: 'v20.20.2',
  platform: 'linux',
  kernel: '6.1.0-18-amd64',
  arch: 'x64',
  cpu: 'AMD EPYC 7763 64-Core Processor',
  cores: 2,
  memoryBytes: 16_723_456_000,
  libc: 'glibc 2.36',
  transparentHugePages: 'madvise',
  memoryLimitBytes: 8_589_934_592,
  loadAverage: { before: 0.42, after: 1.31 },
};
