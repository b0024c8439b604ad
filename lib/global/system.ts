/** `import 'allomorph/global/system'`: the C library's malloc as the global backend. */
import { system } from '../index.js';
import { chooseByImport } from './choose.js';

chooseByImport(system, 'allomorph/global/system', module.parent?.filename);
