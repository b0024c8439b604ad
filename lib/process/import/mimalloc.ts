/** `import 'allomorph/process/mimalloc'`: the whole process on mimalloc. */
import { onAllocator } from '../re-execute.js';

onAllocator('mimalloc');
