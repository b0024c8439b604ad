import { BuildFailure } from '../support/failure.mjs';

/** No route to the tarball has answered with the right bytes. */
export class NoSource extends BuildFailure {
  constructor(release, reasons) {
    super(
      `no source of jemalloc ${release.version} has answered\n${reasons.map((each) => `  ${each}`).join('\n')}`,
      {
        fix:
          `download ${release.url} on any machine, set ALLOMORPH_JEMALLOC_SOURCE to the file and build again; ` +
          'ALLOMORPH_JEMALLOC=off builds without jemalloc',
      },
    );
    this.name = 'NoSource';
    this.reasons = reasons;
  }
}
