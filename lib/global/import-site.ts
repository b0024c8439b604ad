import { Session } from 'node:inspector';
import { isProgramFile, toPath } from './origin.js';

/**
 * `file:line` of the `import` of an entry point, found by looking through the source of every
 * module that this thread has loaded. Milliseconds: for the message of an error, where nothing
 * else can tell; an `import` declaration leaves no frame on any stack.
 */
export function findImport(specifier: string): string | undefined {
  // At the start of a line or behind a semicolon; what it binds may stand on lines of its own.
  const name = specifier.replace(/[/.]/g, '\\$&');
  const statement = new RegExp(
    `(?:^|[;\\n])[ \\t]*(?:await )?(?:import|require)\\b[^'"\`;]*['"\`]${name}['"\`]`,
  );
  for (const { url, source } of loadedScripts()) {
    const match = statement.exec(withoutComments(source));
    if (match === null) continue;
    const line = source.slice(0, match.index + match[0].length).split('\n').length;
    return `${toPath(url)}:${String(line)}`;
  }
  return undefined;
}

/** Comments blanked out, each character by a space, so that positions stay. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => comment.replace(/[^\n]/g, ' '));
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
