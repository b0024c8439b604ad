/** `import 'allomorph/process/system'`: the whole process on system. */
import { onAllocator } from '../re-execute.js';

onAllocator('system');
