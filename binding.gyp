{
  'variables': {
    # on | off, set by scripts/build.mjs.
    'allomorph_jemalloc%': 'off',
    'version': '<!(node -p "require(\'./package.json\').version")',
  },
  'includes': ['native/gyp/settings.gypi'],
  'targets': [
    {
      'target_name': 'allomorph',
      'dependencies': ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api"],
      'includes': ['native/gyp/jemalloc.gypi'],
      'include_dirs': ['native'],
      'sources': ['<!@(node native/gyp/sources.js compose core allocators binding platform.<(OS))'],
      # The last: a worker that is terminated while it loads the addon cannot
      # throw any more; without it the whole process would be aborted.
      'defines': [
        'NAPI_VERSION=8',
        'ALLOMORPH_PACKAGE_VERSION="<(version)"',
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      ],
      'conditions': [
        ['OS=="linux"', {
          'ldflags': [
            # Our own calls reach our own symbols, whoever else exports the names.
            '-Wl,-Bsymbolic',
            '-Wl,--exclude-libs,ALL',
            '-Wl,--version-script=<(module_root_dir)/native/gyp/exports.map',
            # Never unloaded: blocks, threads and other copies outlive any one
            # environment that loaded the addon.
            '-Wl,-z,nodelete',
          ],
        }],
      ],
    },
  ],
  'conditions': [
    ['OS=="linux"', {
      'targets': [
        {
          'target_name': 'allomorph-guard',
          # Not a loadable_module: those are named .node.
          'type': 'shared_library',
          'product_name': 'liballomorph-guard',
          'sources': ['<!@(node native/gyp/sources.js preload_guard)'],
          'include_dirs': ['native'],
          'cflags_c': ['-std=gnu11'],
        },
        {
          'target_name': 'allomorph-malloc',
          'type': 'shared_library',
          'product_name': 'liballomorph-malloc',
          'sources': ['<!@(node native/gyp/sources.js preload_malloc compose)'],
          'include_dirs': ['native'],
          'cflags_c': ['-std=gnu11'],
          'ldflags': [
            # Called before anything could be resolved, from everywhere but here.
            '-Wl,-z,now',
            '-Wl,-Bsymbolic',
            '-Wl,--version-script=<(module_root_dir)/native/preload/malloc/exports.map',
          ],
        },
        {
          'target_name': 'allomorph-supervisor',
          'type': 'executable',
          'sources': ['<!@(node native/gyp/sources.js supervisor)'],
          'include_dirs': ['native'],
          'cflags_c': ['-std=gnu11'],
        },
      ],
    }],
  ],
}
