import { createHash } from 'node:crypto';

/**
 * What the page may do: apply and run exactly what it was made with. Nothing is fetched, and what
 * slipped through escaping could neither run nor leave.
 */
export function policy(styles: string, script: string): string {
  return [
    "default-src 'none'",
    'img-src data:',
    `style-src '${hash(styles)}'`,
    `script-src '${hash(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
