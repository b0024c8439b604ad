//! What is used of the C library, declared by hand: no crate is needed. Values are those of every 64-bit Linux
//! but MIPS.
use core::ffi::c_void;

pub const PROT_READ: i32 = 1;
pub const PROT_WRITE: i32 = 2;
pub const MAP_PRIVATE: i32 = 2;
pub const MAP_ANONYMOUS: i32 = 0x20;
pub const MREMAP_MAYMOVE: i32 = 1;

/// What mmap and mremap return instead of an address.
pub const MAP_FAILED: usize = usize::MAX;

type Handler = Option<extern "C" fn()>;

// Named, so that the library says that it needs it: whoever loads it can then bind these to it.
#[link(name = "c")]
extern "C" {
    pub fn mmap(
        address: *mut c_void,
        size: usize,
        protection: i32,
        flags: i32,
        file: i32,
        offset: i64,
    ) -> *mut c_void;
    pub fn munmap(address: *mut c_void, size: usize) -> i32;
    pub fn mremap(
        address: *mut c_void,
        old_size: usize,
        size: usize,
        flags: i32,
        ...
    ) -> *mut c_void;
    pub fn __errno_location() -> *mut i32;
    pub fn pthread_self() -> usize;
    pub fn pthread_atfork(prepare: Handler, parent: Handler, child: Handler) -> i32;
    pub fn sched_yield() -> i32;
    pub fn abort() -> !;
}
