#!/usr/bin/env node
// Enforces the include rule of native/README.md.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { BuildFailure, report } from './support/failure.mjs';
import { ROOT } from './support/layout.mjs';

// Each folder may include itself and what is listed.
const MAY_INCLUDE = {
  abi: [],
  platform: ['abi'],
  compose: ['abi', 'platform'],
  core: ['abi', 'platform', 'compose'],
  allocators: ['abi', 'platform', 'compose', 'core'],
  binding: ['abi', 'platform', 'compose', 'core', 'allocators'],
  preload: ['abi', 'compose'],
  supervisor: [],
  test: ['abi', 'platform', 'compose', 'core', 'allocators', 'support'],
};
const NODE_HEADERS = /^(napi|node_api|js_native_api|node|v8|uv)\b/;
const OS_MACRO = /\b(_WIN32|_WIN64|_MSC_VER|__linux__|__APPLE__|__unix__|__GLIBC__|__FreeBSD__)\b/;
// What preloaded libraries share with the addon's platform layer: plain C, no dependency.
const PRELOAD_MAY_INCLUDE = [
  'platform/cancellation.h',
  'platform/quiet_write.h',
  'platform/linux_symbols.h',
  'platform/pages.h',
];
// The one exception: how a function is exported is part of the C contract.
const OS_MACRO_ALLOWED = ['abi/allomorph.h'];
// The one place that sees jemalloc's own header; the others go through its table.
const JEMALLOC_HEADER_ALLOWED = ['allocators/jemalloc_api.cc'];

export function checkIncludes(native = path.join(ROOT, 'native')) {
  const files = readdirSync(native, { recursive: true })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => /\.(cc|c|h)$/.test(file));
  const wrong = files.flatMap((file) =>
    readFileSync(path.join(native, file), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        faults(native, file, line).map((fault) => `${file}:${index + 1}: ${fault}`),
      ),
  );
  if (wrong.length === 0) return;
  throw new BuildFailure(`native/ breaks its include rule\n  ${wrong.join('\n  ')}`, {
    fix: 'see native/README.md',
  });
}

function faults(native, file, line) {
  const folder = file.split('/')[0];
  const found = [];
  if (!(folder in MAY_INCLUDE))
    found.push(`the folder ${folder}/ has no place in the include rule`);
  if (/^\s*#\s*(if|ifdef|ifndef|elif)\b/.test(line) && OS_MACRO.test(line)) {
    if (folder !== 'platform' && !OS_MACRO_ALLOWED.includes(file)) {
      found.push('tells operating systems apart, which only platform/ may');
    }
  }
  const [, quote, header] = /^\s*#\s*include\s*(["<])([^">]+)[">]/.exec(line) ?? [];
  if (header === undefined) return found;
  if (/\.(cc|c)$/.test(header)) found.push(`includes the source file ${header}`);
  if (NODE_HEADERS.test(header) && folder !== 'binding')
    found.push(`includes ${header}, which only binding/ may`);
  if (header.startsWith('jemalloc/') && !JEMALLOC_HEADER_ALLOWED.includes(file)) {
    found.push(`includes ${header}, which only ${JEMALLOC_HEADER_ALLOWED.join()} may`);
  }
  if (quote === '"') found.push(...quotedFaults(native, file, header));
  return found;
}

function quotedFaults(native, file, header) {
  const folder = file.split('/')[0];
  // A bare name is a neighbour in the same folder, which needs no permission.
  const neighbour = path.join(native, path.dirname(file), header);
  if (!header.includes('/') && existsSync(neighbour)) return [];
  const target = header.split('/')[0];
  const base = target === 'support' ? path.join(native, 'test') : native;
  if (!existsSync(path.join(base, header)))
    return [`includes ${header}, which native/ does not have; paths start there`];
  if (folder === 'preload' && PRELOAD_MAY_INCLUDE.includes(header)) return [];
  const allowed = [folder, ...(MAY_INCLUDE[folder] ?? [])];
  return allowed.includes(target) ? [] : [`${folder}/ may not include ${header}`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    checkIncludes();
    console.log('includes: as native/README.md says');
  } catch (error) {
    report('includes', error instanceof BuildFailure ? error : BuildFailure.unexpected(error));
    process.exitCode = 1;
  }
}
