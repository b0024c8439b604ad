import { checkEnvironment } from './global/environment.js';

export { fromBigInt, toBigInt } from './address.js';
export { abiTable } from './allocators/abi-table.js';
export { jemalloc } from './allocators/jemalloc.js';
export type { JemallocAllocator, JemallocControl, JemallocStats } from './allocators/jemalloc.js';
export { allocators } from './allocators/list.js';
export type { AllocatorInfo } from './allocators/list.js';
export type { NativeAllocator } from './allocators/native-allocator.js';
export { system } from './allocators/system.js';
export type { SystemAllocator, SystemStats } from './allocators/system.js';
export { Block } from './blocks/block.js';
export type { BlockOptions } from './blocks/options.js';
export { BufferPool } from './buffers/pool.js';
export type { PooledReadStream, PooledReadStreamOptions } from './buffers/file-stream.js';
export type { LeakDetection } from './buffers/leak-detection.js';
export type { BufferPoolOptions } from './buffers/options.js';
export type { BufferPoolStats, SizeClassStats } from './buffers/stats.js';
export { checkAllocator } from './conformance/check-allocator.js';
export type { CheckAllocatorOptions } from './conformance/check-allocator.js';
export type {
  ConformanceReport,
  CounterExample,
  RuleId,
  RuleResult,
} from './conformance/report.js';
export { AllomorphError } from './errors/error.js';
export type { ErrorCode } from './errors/codes.js';
export { setGlobalAllocator } from './global/choose.js';
export { globalAllocator } from './global/global-allocator.js';
export { include } from './include.js';
export { loadAllocator } from './libraries/load-allocator.js';
export type { LoadAllocatorOptions } from './libraries/load-allocator.js';
export { cached } from './magazines/cached.js';
export type { CachedAllocator, CachedOptions, CachedStats } from './magazines/cached.js';
export { processAllocator } from './process/process-allocator.js';
export type { ProcessAllocator } from './process/process-allocator.js';
export type { Address, Allocator, LiveCounts, RawAllocator } from './types.js';

checkEnvironment();
