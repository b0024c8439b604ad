# Links the vendored jemalloc, which scripts/build.mjs has put into out/.
{
  'conditions': [
    ['allomorph_jemalloc=="on"', {
      'defines': ['ALLOMORPH_WITH_JEMALLOC'],
      'include_dirs': ['<(module_root_dir)/out/jemalloc/static/include'],
      'libraries': ['<(module_root_dir)/out/jemalloc/static/lib/libjemalloc_pic.a'],
    }],
  ],
}
