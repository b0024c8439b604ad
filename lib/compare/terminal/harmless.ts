import { stripVTControlCharacters } from 'node:util';

/**
 * What a program printed, fit to be printed again: without escape sequences, and with a replacement for
 * each character that moves the cursor, reverses the text or cannot be seen. Lines stay lines.
 */
export function harmless(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, '  ')
    .replace(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** The same for what stands on one line. */
export function harmlessLine(text: string): string {
  return harmless(text).replace(/\s*\n\s*/g, ' ');
}
