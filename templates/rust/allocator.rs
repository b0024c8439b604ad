//! {{name}}: the five functions of allomorph's allocator ABI, over the C library's malloc. A start that keeps the
//! whole contract: replace what is behind it, and let `npm run check` tell what broke.
//!
//! `size` is in bytes and never 0; `align` is a power of two, the same for a block in every call; `old_size` is
//! any value from the size that was asked for to the usable size.
#![no_std]

use core::{ffi::c_void, ptr};

// Named, so that the library says that it needs it: whoever loads it can then bind these four to it.
#[link(name = "c")]
extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn posix_memalign(result: *mut *mut c_void, align: usize, size: usize) -> i32;
    fn realloc(address: *mut c_void, size: usize) -> *mut c_void;
    fn free(address: *mut c_void);
}

/// What malloc aligns every block to that is at least as large: `alignof(max_align_t)`.
const MIN_ALIGN: usize = if cfg!(any(
    target_arch = "x86",
    target_arch = "arm",
    target_arch = "riscv32"
)) {
    8
} else {
    16
};

/// A malloc may align a block of 8 bytes to 8 only: hence the second half.
fn malloc_aligns(size: usize, align: usize) -> bool {
    align <= MIN_ALIGN && align <= size
}

/// # Safety
/// `size` > 0, `align` is a power of two.
#[no_mangle]
pub unsafe extern "C" fn __rust_allocate(size: usize, align: usize) -> *mut u8 {
    if malloc_aligns(size, align) {
        return malloc(size).cast();
    }
    let mut result = ptr::null_mut();
    // It demands a multiple of the pointer's size; more alignment than was asked for does no harm.
    let align = align.max(core::mem::size_of::<*mut c_void>());
    match posix_memalign(&mut result, align, size) {
        0 => result.cast(),
        _ => ptr::null_mut(),
    }
}

/// # Safety
/// `address` is a live block of `__rust_allocate`, of this size and alignment.
#[no_mangle]
pub unsafe extern "C" fn __rust_deallocate(address: *mut u8, _old_size: usize, _align: usize) {
    free(address.cast());
}

/// # Safety
/// As `__rust_deallocate`; `size` > 0. Null: the old block is intact.
#[no_mangle]
pub unsafe extern "C" fn __rust_reallocate(
    address: *mut u8,
    old_size: usize,
    size: usize,
    align: usize,
) -> *mut u8 {
    if malloc_aligns(size, align) {
        return realloc(address.cast(), size).cast();
    }
    // realloc keeps no alignment beyond malloc's.
    let moved = __rust_allocate(size, align);
    if !moved.is_null() {
        ptr::copy_nonoverlapping(address, moved, old_size.min(size));
        __rust_deallocate(address, old_size, align);
    }
    moved
}

/// # Safety
/// As `__rust_reallocate`. The C library cannot resize in place: the block keeps the size it has.
#[no_mangle]
pub unsafe extern "C" fn __rust_reallocate_inplace(
    _address: *mut u8,
    old_size: usize,
    _size: usize,
    align: usize,
) -> usize {
    __rust_usable_size(old_size, align)
}

/// What a malloc really gives is known of a block only (`malloc_usable_size`), not of a size.
#[no_mangle]
pub extern "C" fn __rust_usable_size(size: usize, _align: usize) -> usize {
    size
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    extern "C" {
        fn abort() -> !;
    }
    unsafe { abort() }
}
