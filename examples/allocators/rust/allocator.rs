//! A `no_std` allocator for all threads of a process: size classes in spans, spread over shards.
//!
//! ```text
//! five functions (here)
//!   placement    slot or mapping? from size and alignment alone
//!     size_class   sizes of slots, and of the spans they are cut from
//!     shards       thread → shard; nobody waits for a lock that another thread holds
//!       try_lock     the lock of a shard, which owns what it protects
//!       deferred     frees that found the lock taken
//!       heap         spans with room, by class
//!         reserve      empty spans, kept or returned to the system
//!         span         header, slots; found from the address of a slot
//!     pages        mmap, munmap, mremap
//!   fork         no lock stays taken in a child
//! ```
//!
//! In every function, as the ABI has it: `size` is in bytes and never 0; `align` is a power of two, the same for a
//! block in every call; `old_size` is any value from the size that was asked for to the usable size.
#![no_std]
#![deny(unsafe_op_in_unsafe_fn)]

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
compile_error!("This allocator knows the system calls of 64-bit Linux only.");

mod deferred;
mod fork;
mod heap;
mod libc;
mod pages;
mod placement;
mod reserve;
mod shards;
mod size_class;
mod span;
mod span_list;
mod try_lock;

use core::ptr::{self, NonNull};
use pages::{Extent, PAGE_MIN};
use placement::Placement;

/// A block of at least `size` bytes at a multiple of `align`; null when memory is exhausted.
///
/// # Safety
/// `size` > 0; `align` is a power of two.
#[no_mangle]
pub unsafe extern "C" fn __rust_allocate(size: usize, align: usize) -> *mut u8 {
    fork::register();
    let block = match Placement::of(size, align) {
        Some(Placement::Slot(class)) => shards::take(class),
        Some(Placement::Mapping(extent)) => pages::map(extent, align),
        None => None,
    };
    block.map_or(ptr::null_mut(), NonNull::as_ptr)
}

/// Any thread may free what another one has allocated.
///
/// # Safety
/// `address` is a live block of this size and alignment, and nobody uses it any more.
#[no_mangle]
pub unsafe extern "C" fn __rust_deallocate(address: *mut u8, old_size: usize, align: usize) {
    // SAFETY: a live block is not null; it was placed where it is found now; and the caller gives it up.
    unsafe {
        let block = NonNull::new_unchecked(address);
        match Placement::of(old_size, align) {
            Some(Placement::Slot(class)) => shards::give(block, class),
            Some(Placement::Mapping(extent)) => pages::unmap(block, extent),
            None => {}
        }
    }
}

/// The block at its new size, perhaps at another address; null when memory is exhausted, and then the old block is
/// intact.
///
/// # Safety
/// As [`__rust_deallocate`], if the result is not null; `size` > 0.
#[no_mangle]
pub unsafe extern "C" fn __rust_reallocate(
    address: *mut u8,
    old_size: usize,
    size: usize,
    align: usize,
) -> *mut u8 {
    match (Placement::of(old_size, align), Placement::of(size, align)) {
        // Equal, not only large enough: from now on the caller passes `size`, which must lead to the same placement.
        (Some(old), Some(new)) if old == new => return address,
        (Some(Placement::Mapping(old)), Some(Placement::Mapping(new))) => {
            // SAFETY: a live block is not null, and a mapping of its own.
            if let Some(moved) = unsafe { remap(NonNull::new_unchecked(address), old, new, align) }
            {
                return moved.as_ptr();
            }
        }
        _ => {}
    }
    // SAFETY: passed on. A new block overlaps no live one, and both have the bytes that are copied.
    unsafe {
        let moved = __rust_allocate(size, align);
        if !moved.is_null() {
            ptr::copy_nonoverlapping(address, moved, old_size.min(size));
            __rust_deallocate(address, old_size, align);
        }
        moved
    }
}

/// `None`, for the block to be copied: where more than a page of alignment is at stake, or where the program has split
/// the mapping, as mprotect does.
///
/// # Safety
/// As [`pages::remap`].
unsafe fn remap(block: NonNull<u8>, old: Extent, new: Extent, align: usize) -> Option<NonNull<u8>> {
    // SAFETY: passed on.
    unsafe {
        if pages::resize(block, old, new) {
            return Some(block);
        }
        match align <= PAGE_MIN {
            true => pages::remap(block, old, new),
            false => None,
        }
    }
}

/// The usable size that the block has now, in bytes; success if that is at least `size`. Never moves it.
///
/// # Safety
/// `address` is a live block of this size and alignment; `size` > 0.
#[no_mangle]
pub unsafe extern "C" fn __rust_reallocate_inplace(
    address: *mut u8,
    old_size: usize,
    size: usize,
    align: usize,
) -> usize {
    if let (Some(Placement::Mapping(old)), Some(Placement::Mapping(new))) =
        (Placement::of(old_size, align), Placement::of(size, align))
    {
        // SAFETY: a live block is not null, and a mapping of its own.
        if unsafe { pages::resize(NonNull::new_unchecked(address), old, new) } {
            return new.bytes();
        }
    }
    // A slot is as large as its class says, in both directions; and a mapping that would be a slot at its new size
    // stays what it is.
    __rust_usable_size(old_size, align)
}

/// What a block of this size and alignment can hold, in bytes.
#[no_mangle]
pub extern "C" fn __rust_usable_size(size: usize, align: usize) -> usize {
    Placement::of(size, align).map_or(size, Placement::usable_size)
}

/// The language demands one. The optimizer finds that nothing panics and drops it: the library does not even
/// import `abort`.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    // SAFETY: abort has no precondition.
    unsafe { libc::abort() }
}
