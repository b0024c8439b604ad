import { checkEnvironment } from './global/environment.js';

export { fromBigInt, toBigInt } from './address.js';
export { abiTable } from './addons/abi-table.js';
export { jemalloc } from './allocators/jemalloc.js';
export type { JemallocAllocator, JemallocControl, JemallocStats } from './allocators/jemalloc.js';
export { allocators } from './libraries/list.js';
export type { AllocatorInfo } from './libraries/list.js';
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
export { bump } from './compose/bump.js';
export type { BumpAllocator, BumpOptions } from './compose/bump.js';
export type { ComposedAllocator } from './compose/composed.js';
export { counted } from './compose/counted.js';
export type { CountedAllocator, Counts } from './compose/counted.js';
export { failing } from './compose/failing.js';
export type { FailingAllocator, FailingOptions } from './compose/failing.js';
export { fallback } from './compose/fallback.js';
export { limited } from './compose/limited.js';
export type { LimitedAllocator } from './compose/limited.js';
export { logged } from './compose/logged.js';
export type { LogSink } from './compose/logged.js';
export { segregated } from './compose/segregated.js';
export { defineAllocator } from './define/define-allocator.js';
export type { AllocatorDefinition, DefinedAllocator } from './define/define-allocator.js';
export { checked } from './checked/checked.js';
export type {
  CheckedAllocator,
  CheckedBlock,
  CheckedFault,
  CheckedStats,
} from './checked/checked-allocator.js';
export type { CheckedOptions } from './checked/options.js';
export type { FaultKind } from './native/addon.js';
export { checkAllocator } from './conformance/check-allocator.js';
export type { CheckAllocatorOptions } from './conformance/check-allocator.js';
export type {
  AllocatorRuleId,
  ConformanceReport,
  CounterExample,
  RuleId,
  RuleResult,
} from './conformance/report.js';
export { AllomorphError } from './errors/error.js';
export type { ErrorCode } from './errors/codes.js';
export { setGlobalAllocator } from './global/choose.js';
export { globalAllocator } from './global/global-allocator.js';
export { include } from './addons/include.js';
export { loadAllocator } from './libraries/load-allocator.js';
export type { LoadAllocatorOptions } from './libraries/load-allocator.js';
export { cached } from './magazines/cached.js';
export type { CachedAllocator, CachedOptions, CachedStats } from './magazines/cached.js';
export { processAllocator } from './process/process-allocator.js';
export type { ProcessAllocator } from './process/process-allocator.js';
export type { Address, Allocator, LiveCounts, RawAllocator } from './types.js';

checkEnvironment();
