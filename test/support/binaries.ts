import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './child.js';

const base = path.join(root, 'prebuilds');
const [folder = ''] = readdirSync(base).filter((name) =>
  name.startsWith(`${process.platform}-${process.arch}`),
);

/** The folder of the compiled libraries that the package under test uses. */
export const binariesFolder = path.join(base, folder);
export const addonFile = path.join(binariesFolder, 'allomorph.node');
