import { run } from './child.js';

/**
 * The dynamic symbols that a library defines, as nm tells them, which comes with every compiler on
 * Linux (binutils).
 * @param types the letters by which nm tells the kinds of symbols: T is a function
 */
export function namesByNm(file: string, types = /./): string[] {
  const args = ['-D', '--defined-only', '--format=posix', file];
  const { status, stdout, stderr } = run('nm', args);
  if (status !== 0) throw new Error(`nm ${args.join(' ')}: ${stderr}`);
  return stdout.split('\n').flatMap((line) => {
    const [name = '', type = ''] = line.split(' ');
    return types.test(type) ? [name] : [];
  });
}
