/** `import 'allomorph/process'`: the whole process on ALLOMORPH_PROCESS_ALLOCATOR, or on jemalloc. */
import { onAllocator } from '../re-execute.js';

onAllocator(undefined);
