//! Memory of the operating system.
use crate::libc;
use core::ptr::{self, NonNull};

/// The size of a mapping: bytes, a multiple of [`Extent::UNIT`], not 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Extent(usize);

/// The smallest page of any platform: what every mapping is aligned to, in bytes.
pub const PAGE_MIN: usize = 4 << 10;

impl Extent {
    /// The largest page of any platform, so that every mapping can be cut at its multiples. What nobody touches of
    /// it costs addresses, not memory.
    pub const UNIT: usize = 64 << 10;

    /// No object is larger; and rounding up cannot overflow.
    const MAX_BYTES: usize = isize::MAX as usize - Self::UNIT;

    /// The least extent of at least `size` bytes, where `size` > 0; `None` beyond what an object can have.
    pub const fn covering(size: usize) -> Option<Self> {
        if size > Self::MAX_BYTES {
            return None;
        }
        Some(Self((size + Self::UNIT - 1) & !(Self::UNIT - 1)))
    }

    pub const fn units(count: usize) -> Self {
        Self(count * Self::UNIT)
    }

    pub const fn bytes(self) -> usize {
        self.0
    }
}

/// Zeroed memory at a multiple of `align`, a power of two; `None` when there is none.
pub fn map(extent: Extent, align: usize) -> Option<NonNull<u8>> {
    // The kernel puts mappings next to each other: below an aligned one of the same size, the next one is aligned
    // too, leaves no hole and becomes one area with it.
    let start = map_anywhere(extent.bytes())?;
    if start.as_ptr() as usize & (align - 1) == 0 {
        return Some(start);
    }
    // SAFETY: nobody else knows this memory. From here on `align` is more than a page, since pages are aligned to
    // theirs: all three parts of the larger mapping are whole pages.
    unsafe {
        release(start.as_ptr(), extent.bytes());
        let start = map_anywhere(extent.bytes().checked_add(align)?)?.as_ptr();
        let before = (start as usize).wrapping_neg() & (align - 1);
        let aligned = start.add(before);
        release(start, before);
        release(aligned.add(extent.bytes()), align - before);
        Some(NonNull::new_unchecked(aligned))
    }
}

/// # Safety
/// All of it was mapped here with this extent, and nobody uses it any more.
pub unsafe fn unmap(start: NonNull<u8>, extent: Extent) {
    // SAFETY: passed on.
    unsafe { release(start.as_ptr(), extent.bytes()) }
}

/// Makes a mapping longer or shorter where it lies; false when other memory is in the way, and nothing has changed.
///
/// # Safety
/// `start` was mapped here with the extent `old`, and nobody uses what is cut off.
pub unsafe fn resize(start: NonNull<u8>, old: Extent, new: Extent) -> bool {
    if old == new {
        return true;
    }
    let (from, to) = (old.bytes(), new.bytes());
    // SAFETY: passed on. Without MAYMOVE the mapping stays where it is.
    let done = keeping_errno(|| unsafe { libc::mremap(start.as_ptr().cast(), from, to, 0) });
    success(done).is_some()
}

/// The same, at another address if need be: pages are moved, not copied. `None`: nothing has changed. The new address
/// is a multiple of a page and no more: MREMAP_FIXED could have one of any alignment, but when it fails it may have
/// unmapped what it was to replace, and nobody can tell.
///
/// # Safety
/// As [`resize`]; what is moved is used at its new address only.
pub unsafe fn remap(start: NonNull<u8>, old: Extent, new: Extent) -> Option<NonNull<u8>> {
    let (from, to) = (old.bytes(), new.bytes());
    // SAFETY: passed on.
    success(unsafe { libc::mremap(start.as_ptr().cast(), from, to, libc::MREMAP_MAYMOVE) })
}

fn map_anywhere(bytes: usize) -> Option<NonNull<u8>> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping, at an address of the kernel's choice, replaces nothing.
    success(unsafe { libc::mmap(ptr::null_mut(), bytes, protection, flags, -1, 0) })
}

/// # Safety
/// Whole pages, mapped here, that nobody uses any more.
unsafe fn release(start: *mut u8, bytes: usize) {
    if bytes > 0 {
        // SAFETY: passed on.
        keeping_errno(|| unsafe { libc::munmap(start.cast(), bytes) });
    }
}

fn success(mapped: *mut core::ffi::c_void) -> Option<NonNull<u8>> {
    match mapped as usize {
        libc::MAP_FAILED => None,
        _ => NonNull::new(mapped.cast()),
    }
}

/// `free` leaves errno alone, and a program may look at it afterwards.
fn keeping_errno<T>(call: impl FnOnce() -> T) -> T {
    // SAFETY: the address of this thread's errno, which is valid as long as the thread.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let result = call();
        *errno = saved;
        result
    }
}
