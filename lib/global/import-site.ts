import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { isProgramFile } from './origin.js';

/**
 * `file:line` of the `import` of an entry point, found by looking through the source of every
 * module that this thread has loaded. Milliseconds: for the message of an error, where nothing
 * else can tell; an `import` declaration leaves no frame on any stack.
 */
export function findImport(specifier: string): string | undefined {
  const statement = new RegExp(
    `\\b(?:import|require)\\b[^'"\`\\n]*['"\`]${specifier.replace(/[/.]/g, '\\$&')}['"\`]`,
  );
  for (const { url, source } of loadedScripts()) {
    const line = source.split('\n').findIndex((text) => statement.test(text));
    if (line >= 0) return `${fileURLToPath(url)}:${String(line + 1)}`;
  }
  return undefined;
}

function loadedScripts(): { url: string; source: string }[] {
  const session = new Session();
  try {
    session.connect();
    const loaded: { scriptId: string; url: string }[] = [];
    session.on('Debugger.scriptParsed', ({ params }) => loaded.push(params));
    // In the same thread the answers come before `post` returns.
    session.post('Debugger.enable');
    const scripts: { url: string; source: string }[] = [];
    for (const { scriptId, url } of loaded) {
      if (!url.startsWith('file:') || !isProgramFile(url)) continue;
      session.post('Debugger.getScriptSource', { scriptId }, (_error, result) => {
        scripts.push({ url, source: result.scriptSource });
      });
    }
    session.post('Debugger.disable');
    return scripts;
  } catch {
    // Node was built without the inspector: the message then does without the line.
    return [];
  } finally {
    session.disconnect();
  }
}
