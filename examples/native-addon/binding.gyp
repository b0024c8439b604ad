{
  'targets': [
    {
      'target_name': 'follower',
      'sources': ['follower.c', 'table.c'],
      # allomorph.h, wherever npm has put the package. A header only: nothing of it is linked.
      'include_dirs': ['<!(node -p "require(\'allomorph\').include")'],
      'defines': ['NAPI_VERSION=8'],
      'cflags': ['-std=c11', '-Wall', '-Wextra', '-Wundef', '-Wshadow', '-Wconversion'],
    },
  ],
}
