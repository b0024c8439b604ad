/**
 * Pure text: apt's package sources turned into sources of source packages (deb → deb-src), in both
 * formats apt reads. `accepts({ uri, suite, components })` says which archives to keep.
 */

/** One-line format (`*.list`): `deb [options] uri suite component …`. */
export function oneLineToSourcePackages(text, accepts = () => true) {
  const lines = [];
  for (const line of text.split('\n')) {
    const match = /^\s*deb(?:-src)?\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    if (match === null) continue;
    const [, options, uri, suite, rest] = match;
    const components = words(rest);
    if (isRemovable(uri) || !accepts({ uri, suite, components })) continue;
    const kept = words(options ?? '').filter(
      (option) => !/^(target|arch|lang)[+-]?=/i.test(option),
    );
    lines.push(
      [
        'deb-src',
        ...(kept.length > 0 ? [`[${kept.join(' ')}]`] : []),
        uri,
        suite,
        ...components,
      ].join(' '),
    );
  }
  return [...new Set(lines)].map((line) => `${line}\n`).join('');
}

/** Deb822 format (`*.sources`): stanzas of `Field: value`, continued by indented lines. */
export function deb822ToSourcePackages(text, accepts = () => true) {
  const stanzas = withoutComments(text)
    .split(/\n(?:[ \t]*\n)+/)
    .map(parseStanza)
    .filter((fields) => isUsable(fields))
    .map((fields) => sourceStanza(fields, accepts))
    .filter((stanza) => stanza !== undefined);
  return stanzas.join('\n');
}

function parseStanza(text) {
  const fields = new Map();
  let name;
  for (const line of text.split('\n')) {
    const start = /^([^\s:]+):[ \t]*(.*)$/.exec(line);
    if (start !== null) {
      name = start[1].toLowerCase();
      fields.set(name, start[2]);
    } else if (name !== undefined && /^[ \t]/.test(line)) {
      // Continuation lines are kept as they are: Signed-By may hold a whole armoured key.
      fields.set(name, `${fields.get(name)}\n${line}`);
    }
  }
  return fields;
}

function isUsable(fields) {
  const enabled = !['no', 'false', '0', 'off', 'without', 'disable'].includes(
    (fields.get('enabled') ?? 'yes').trim().toLowerCase(),
  );
  return enabled && words(fields.get('types')).some((type) => type === 'deb' || type === 'deb-src');
}

function sourceStanza(fields, accepts) {
  const components = words(fields.get('components'));
  const uris = words(fields.get('uris')).filter((uri) => !isRemovable(uri));
  const suites = words(fields.get('suites')).filter((suite) =>
    uris.some((uri) => accepts({ uri, suite, components })),
  );
  if (uris.length === 0 || suites.length === 0) return undefined;
  const kept = new Map([
    ...fields,
    ['types', 'deb-src'],
    ['uris', uris.join(' ')],
    ['suites', suites.join(' ')],
  ]);
  // They choose among binary indexes; in a source stanza they would choose nothing.
  for (const name of ['architectures', 'targets', 'languages', 'enabled']) kept.delete(name);
  return [...kept].map(([name, value]) => `${name}: ${value}\n`).join('');
}

function withoutComments(text) {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

/** A medium in a drive: apt would stop and ask for it. */
function isRemovable(uri) {
  return uri.startsWith('cdrom:');
}

function words(text) {
  return (text ?? '').split(/\s+/).filter(Boolean);
}
