/** `import 'allomorph/process/rpmalloc'`: the whole process on rpmalloc. */
import { onAllocator } from '../re-execute.js';

onAllocator('rpmalloc');
