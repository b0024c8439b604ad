import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** This package's own compiled (or, in its tests, source) files. */
const ownFolder = path.resolve(__dirname, '..') + path.sep;

/**
 * `file:line:column` of the nearest caller outside this package, or undefined when there is
 * none on the stack: an `import` declaration is evaluated without a frame of the file it stands in.
 * @param preferred a file whose frame is taken wherever it stands
 */
export function callerOrigin(preferred?: string): string | undefined {
  const sites = callSites();
  const site =
    sites.find((candidate) => preferred !== undefined && candidate.getFileName() === preferred) ??
    sites.find((candidate) => isProgramFile(candidate.getFileName()));
  const file = site?.getFileName();
  if (site === undefined || file == null) return undefined;
  return `${toPath(file)}:${String(site.getLineNumber())}:${String(site.getColumnNumber())}`;
}

/** It serves messages only: where Error cannot be touched (--frozen-intrinsics), nothing is known. */
function callSites(): NodeJS.CallSite[] {
  const original = {
    // Node's types declare it as a method, hence the rule: called apart from Error it would lose
    // its `this`. Here it is never called, only put back where it was.
    // eslint-disable-next-line @typescript-eslint/unbound-method
    prepare: Error.prepareStackTrace,
    limit: Error.stackTraceLimit,
  };
  if (!isWritable('prepareStackTrace') || !isWritable('stackTraceLimit')) return [];
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

function isWritable(name: string): boolean {
  const property = Object.getOwnPropertyDescriptor(Error, name);
  return property === undefined
    ? Object.isExtensible(Error)
    : property.writable === true || property.set !== undefined;
}

/** A path where there is one: programs may give code any URL as its file name. */
export function toPath(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return file;
  }
}
