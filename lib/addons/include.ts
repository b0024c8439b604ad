import path from 'node:path';
import { packageRoot } from '../native/binaries.js';

/**
 * Absolute path of the folder of `allomorph.h`, for another addon's binding.gyp:
 * `"include_dirs": ["<!(node -p \"require('allomorph').include\")"]`.
 */
export const include: string = path.join(packageRoot, 'native', 'abi');
