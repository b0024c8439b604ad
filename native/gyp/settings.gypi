# Compiler settings of every target of ours.
{
  'target_defaults': {
    'cflags': [
      '-Wall', '-Wextra', '-Wundef', '-Wshadow', '-Wconversion', '-Werror',
      # node-addon-api's headers are not ours to mend; gyp passes include_dirs as
      # -I, so the folder is named again as a system folder, which wins.
      '-isystem', '<!(node -p "require(\'path\').resolve(require(\'node-addon-api\').include_dir)")',
      '-fvisibility=hidden',
      '-O3',
    ],
    'cflags!': ['-O2', '-Wno-unused-parameter'],
    # gyp adds the C++ standard of the Node release; ours is newer.
    'cflags_cc!': ['-std=gnu++17', '-std=gnu++14'],
    'cflags_cc': ['-std=c++20', '-fno-exceptions', '-fno-rtti'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
      'WARNING_CFLAGS': ['-Wall', '-Wextra'],
    },
    'msvs_settings': {
      'VCCLCompilerTool': {'AdditionalOptions': ['/std:c++20', '/W4']},
    },
  },
}
