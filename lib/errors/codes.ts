/** Every code an {@link AllomorphError} can carry. Each has one meaning. */
export type ErrorCode =
  /** A size is not an integer from 1 to 2^53 - 1. */
  | 'ERR_ALLOMORPH_INVALID_SIZE'
  /** An alignment is not a power of two from 1 to 2^30. */
  | 'ERR_ALLOMORPH_INVALID_ALIGNMENT'
  /** An address is not a positive integer below 2^53, or not a multiple of the alignment. */
  | 'ERR_ALLOMORPH_INVALID_ADDRESS'
  /** An argument, flag or variable of another kind is not what it must be. */
  | 'ERR_ALLOMORPH_INVALID_ARGUMENT'
  /** The address is not a live block: it was freed already, or never came from here. */
  | 'ERR_ALLOMORPH_UNKNOWN_BLOCK'
  /** The address is a live block of another allocator. */
  | 'ERR_ALLOMORPH_FOREIGN_BLOCK'
  /** `oldSize` is not between the size the block was asked for with and its usable size. */
  | 'ERR_ALLOMORPH_SIZE_MISMATCH'
  /** `align` is not the alignment the block was allocated with. */
  | 'ERR_ALLOMORPH_ALIGNMENT_MISMATCH'
  /** A block was written to outside its bounds, or after it was freed. */
  | 'ERR_ALLOMORPH_CORRUPTED'
  /** Memory is exhausted, or a limit on it is reached. */
  | 'ERR_ALLOMORPH_OUT_OF_MEMORY'
  /** An allocator written in JavaScript broke the contract; the message names the rule and the values. */
  | 'ERR_ALLOMORPH_BAD_ALLOCATOR'
  /** The object was freed or closed before. */
  | 'ERR_ALLOMORPH_FREED'
  /** The Buffer is not one that this pool handed out: a slice, a copy, another pool's, or none at all. */
  | 'ERR_ALLOMORPH_FOREIGN_BUFFER'
  /** An allocator or a pool was closed: nothing is allocated from it any more. */
  | 'ERR_ALLOMORPH_CLOSED'
  /**
   * It is in use: an allocator cannot be closed while blocks of it are live or others use it; and an allocator written
   * in JavaScript used a block from inside a call that resizes it.
   */
  | 'ERR_ALLOMORPH_BUSY'
  /** What was asked for does not exist in this build, on this platform or in this process. */
  | 'ERR_ALLOMORPH_UNAVAILABLE'
  /** No allocator has this name. */
  | 'ERR_ALLOMORPH_UNKNOWN_ALLOCATOR'
  /** The program chose another global allocator before. */
  | 'ERR_ALLOMORPH_GLOBAL_CONFLICT'
  /** The global allocator is in use already and can no longer be changed. */
  | 'ERR_ALLOMORPH_GLOBAL_FROZEN'
  /** The allocator stands in front of the global one and cannot become it: it would call itself. */
  | 'ERR_ALLOMORPH_GLOBAL_CYCLE'
  /** Only a native allocator can be the global one. */
  | 'ERR_ALLOMORPH_NOT_NATIVE'
  /** The file cannot be loaded as an allocator: no library for this process, symbols missing, or the linker refuses it. */
  | 'ERR_ALLOMORPH_LIBRARY'
  /** A library breaks a rule of the allocator contract; `values` has the rule and the counter-example. */
  | 'ERR_ALLOMORPH_NONCONFORMING'
  /** The compiled addon is missing or cannot be loaded. */
  | 'ERR_ALLOMORPH_ADDON'
  /** Two different versions of the package are loaded in one process. */
  | 'ERR_ALLOMORPH_VERSION_CONFLICT'
  /** The allocator or the operating system refused, with the reason in the message. */
  | 'ERR_ALLOMORPH_SYSTEM';
