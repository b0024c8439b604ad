import { evaluate } from './support/build';

async function derive(
  kind: 'oneLine' | 'deb822',
  text: string,
  accepts = '() => true',
): Promise<string> {
  return (await evaluate(`
    import { deb822ToSourcePackages as deb822, oneLineToSourcePackages as oneLine } from './jemalloc/apt-sources.mjs';
    console.log(JSON.stringify(${kind}(${JSON.stringify(text)}, ${accepts})));
  `)) as string;
}

describe('one-line sources', () => {
  test('deb becomes deb-src and keeps its keys', async () => {
    const text =
      'deb [arch=amd64 signed-by=/keys/a.gpg] http://archive.test/debian bookworm main contrib # comment\n';
    expect(await derive('oneLine', text)).toBe(
      'deb-src [signed-by=/keys/a.gpg] http://archive.test/debian bookworm main contrib\n',
    );
  });

  test('a pair of deb and deb-src is one line', async () => {
    const text =
      'deb http://archive.test/debian sid main\ndeb-src http://archive.test/debian sid main\n';
    expect(await derive('oneLine', text)).toBe('deb-src http://archive.test/debian sid main\n');
  });

  test('comments, media in drives and refused archives are left out', async () => {
    const text = [
      '# deb http://archive.test/commented sid main',
      'deb cdrom:[Debian]/ bookworm main',
      'deb http://archive.test/other stable main',
      'deb http://archive.test/flat ./',
    ].join('\n');
    expect(await derive('oneLine', text, '({ suite }) => suite === "./"')).toBe(
      'deb-src http://archive.test/flat ./\n',
    );
  });
});

describe('deb822 sources', () => {
  const STANZA = [
    'Types: deb',
    '# a comment inside',
    'URIs: http://archive.test/debian',
    'Suites: bookworm bookworm-updates',
    'Components: main',
    'Architectures: amd64',
    'Signed-By: /keys/a.gpg',
    '',
  ].join('\n');

  test('Types becomes deb-src, Signed-By stays, choices of binary indexes go', async () => {
    expect(await derive('deb822', STANZA)).toBe(
      'types: deb-src\nuris: http://archive.test/debian\nsuites: bookworm bookworm-updates\ncomponents: main\nsigned-by: /keys/a.gpg\n',
    );
  });

  test('an embedded key keeps its lines', async () => {
    const key =
      'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\n -----END PGP PUBLIC KEY BLOCK-----';
    const derived = await derive('deb822', STANZA.replace('Signed-By: /keys/a.gpg', key));
    expect(derived).toContain(key.slice('Signed-By:'.length));
  });

  test.each(['no', 'No', 'false', '0'])('a stanza with Enabled: %s is left out', async (value) => {
    expect(await derive('deb822', `Enabled: ${value}\n${STANZA}`)).toBe('');
  });

  test('stanzas stay apart and only accepted suites remain', async () => {
    const other = STANZA.replace('debian', 'other').replace('bookworm bookworm-updates', 'stable');
    const derived = await derive(
      'deb822',
      `${STANZA}\n\n${other}`,
      '({ suite }) => suite !== "bookworm-updates"',
    );
    expect(derived.split('\n\n')).toHaveLength(2);
    expect(derived).toContain('suites: bookworm\n');
    expect(derived).toContain('suites: stable\n');
  });
});
