// Lets a child process of a test run a TypeScript file: node -r this.cjs file.ts
const { readFileSync } = require('node:fs');
const { transpileModule, ModuleKind, ScriptTarget } = require('typescript');

require.extensions['.ts'] = (module, filename) => {
  const { outputText } = transpileModule(readFileSync(filename, 'utf8'), {
    fileName: filename,
    compilerOptions: {
      module: ModuleKind.CommonJS,
      target: ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  module._compile(outputText, filename);
};

// Sources name their imports by the compiled file ("./x.js"), as TypeScript asks.
const Module = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = (request, parent, ...rest) => {
  try {
    return resolve(request, parent, ...rest);
  } catch (error) {
    if (!/^\.{1,2}\/.*\.js$/.test(request)) throw error;
    return resolve(request.replace(/\.js$/, '.ts'), parent, ...rest);
  }
};
