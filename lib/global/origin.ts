import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** This package's own compiled (or, in its tests, source) files. */
const ownFolder = path.resolve(__dirname, '..') + path.sep;

/**
 * `file:line:column` of the nearest caller outside this package, or undefined when there is
 * none on the stack: an `import` declaration is evaluated without a frame of the file it stands in.
 */
export function callerOrigin(): string | undefined {
  const site = callSites().find((candidate) => isProgramFile(candidate.getFileName()));
  const file = site?.getFileName();
  if (site === undefined || file == null) return undefined;
  return `${toPath(file)}:${String(site.getLineNumber())}:${String(site.getColumnNumber())}`;
}

function callSites(): NodeJS.CallSite[] {
  const original = {
    // Node's types declare it as a method, hence the rule: called apart from Error it would lose
    // its `this`. Here it is never called, only put back where it was.
    // eslint-disable-next-line @typescript-eslint/unbound-method
    prepare: Error.prepareStackTrace,
    limit: Error.stackTraceLimit,
  };
  try {
    // The frames between here and the program can be many (require hooks, loaders).
    Error.stackTraceLimit = 100;
    Error.prepareStackTrace = (_error, sites) => sites;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, callSites);
    return Array.isArray(holder.stack) ? (holder.stack as NodeJS.CallSite[]) : [];
  } finally {
    Error.prepareStackTrace = original.prepare;
    Error.stackTraceLimit = original.limit;
  }
}

/** Whether a file name or URL of a stack or script belongs to the program, not to Node or this package. */
export function isProgramFile(file: string | null | undefined): boolean {
  if (file == null || file === '' || file.startsWith('node:')) return false;
  return !toPath(file).startsWith(ownFolder);
}

function toPath(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}
