/**
 * The two builds of jemalloc. Both leave the CFLAGS variable alone (see build-flavour.mjs) so that
 * jemalloc's own -O3 -funroll-loops -std -fvisibility stay. `background_thread` works in both: it
 * needs pthreads, not libdl.
 */
const SHARED_FLAGS = [
  '--disable-cxx', // operator new and delete reach malloc anyway; without: a dependency on libstdc++
  '--disable-libdl', // only lazy locking needs dlsym; without: DT_NEEDED libdl on glibc before 2.34
  '--enable-prof', // without: opt.prof is refused and no heap profile can ever be taken
  '--disable-doc', // without: configure looks for xsltproc and make fails where docbook is missing
];

const STATIC = {
  name: 'static',
  flags: [
    '--with-jemalloc-prefix=allomorph_je_', // without: two mallocs in the process, blocks freed by the other
    '--with-private-namespace=allomorph_je_private_', // without: internals clash with another linked jemalloc
    '--without-export', // without: the addon exports the API and other libraries bind to it
    '--disable-initial-exec-tls', // without: dlopen says "cannot allocate memory in static TLS block"
    ...SHARED_FLAGS,
  ],
  // The PIC archive by name: `build_lib_static` would also compile everything a third time, without PIC.
  target: 'lib/libjemalloc_pic.a',
  variables: [],
  artefacts: ['include/jemalloc/jemalloc.h', 'lib/libjemalloc_pic.a'],
};

const PRELOAD = {
  name: 'preload',
  // Initial-exec TLS (the default) is right here: a preloaded library is never dlopen'ed, and with
  // general-dynamic TLS each malloc/free pair is 21% slower.
  flags: [...SHARED_FLAGS],
  target: 'lib/libjemalloc.so.2',
  variables: [
    // -soname: with upstream's name the loader would take an installed libjemalloc.so.2 for this one
    // (or the reverse) and load only the first. -s: nothing reads the symbol table of a preload.
    'DSO_LDFLAGS=-shared -s -Wl,-soname,liballomorph-jemalloc.so',
  ],
  artefacts: ['lib/libjemalloc.so.2'],
};

/** Flavours of this platform: preloading exists on Linux only (macOS drops DYLD_* for most programs). */
export function flavours(platform = process.platform, arch = process.arch) {
  const wanted = platform === 'linux' ? [STATIC, PRELOAD] : [STATIC];
  return wanted.map((flavour) => ({
    ...flavour,
    flags: [...flavour.flags, ...architectureFlags(arch)],
  }));
}

function architectureFlags(arch) {
  // Kernels with 64 KiB pages exist; built for 4 KiB pages: "Unsupported system page size" and abort.
  return arch === 'arm64' ? ['--with-lg-page=16'] : [];
}
