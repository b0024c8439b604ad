/** Releases this package can be built with; the first one is built. A newer release is one row more. */
export const RELEASES = [
  {
    version: '5.3.0',
    // One checksum for both places: Debian's orig tarball is bit-identical to the upstream release.
    sha256: '2db82d1e7119df3e71b7640219b6dfe84789bc0537983c3b7ac4f7189aecfeaa',
    debianFile: 'jemalloc_5.3.0.orig.tar.bz2',
    url: 'https://github.com/jemalloc/jemalloc/releases/download/5.3.0/jemalloc-5.3.0.tar.bz2',
  },
];

export const RELEASE = RELEASES[0];
