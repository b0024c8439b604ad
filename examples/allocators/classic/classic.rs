//! The example of RFC 1183, as everybody writes it first. It is wrong: malloc knows nothing of `align`.
//! `allomorph check` passes it for alignments that malloc gives anyway and shows a block for which it fails.
#![no_std]

use core::ffi::c_void;

#[link(name = "c")]
extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn realloc(address: *mut c_void, size: usize) -> *mut c_void;
    fn free(address: *mut c_void);
    fn abort() -> !;
}

#[no_mangle]
pub unsafe extern "C" fn __rust_allocate(size: usize, _align: usize) -> *mut u8 {
    malloc(size).cast()
}

#[no_mangle]
pub unsafe extern "C" fn __rust_deallocate(address: *mut u8, _old_size: usize, _align: usize) {
    free(address.cast());
}

#[no_mangle]
pub unsafe extern "C" fn __rust_reallocate(
    address: *mut u8,
    _old_size: usize,
    size: usize,
    _align: usize,
) -> *mut u8 {
    realloc(address.cast(), size).cast()
}

#[no_mangle]
pub unsafe extern "C" fn __rust_reallocate_inplace(
    _address: *mut u8,
    old_size: usize,
    _size: usize,
    _align: usize,
) -> usize {
    old_size
}

#[no_mangle]
pub unsafe extern "C" fn __rust_usable_size(size: usize, _align: usize) -> usize {
    size
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    unsafe { abort() }
}
