//! Slots that were freed while the lock of their shard was taken: a stack without a lock, through the slots
//! themselves. Whoever takes the lock next, takes all of them.
//!
//! Only whole stacks are popped, so that none of its elements can be another one by the time it is compared (ABA).
use crate::span::Span;
use core::{
    mem,
    ptr::{self, NonNull},
    sync::atomic::{AtomicPtr, Ordering},
};

pub struct Deferred {
    top: AtomicPtr<Entry>,
}

struct Entry {
    next: *mut Entry,
    span: Span,
}

// Every slot has room for one.
const _: () = assert!(mem::size_of::<Entry>() <= 16 && mem::align_of::<Entry>() <= 16);

impl Deferred {
    pub const fn new() -> Self {
        Self {
            top: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// # Safety
    /// The slot is one of the span's, and nobody uses it any more.
    pub unsafe fn push(&self, slot: NonNull<u8>, span: Span) {
        let entry = slot.cast::<Entry>().as_ptr();
        let mut next = self.top.load(Ordering::Relaxed);
        loop {
            // SAFETY: large and aligned enough, and ours until it is on the stack.
            unsafe { entry.write(Entry { next, span }) };
            // Release: who pops it sees what was written.
            match self
                .top
                .compare_exchange_weak(next, entry, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => return,
                Err(top) => next = top,
            }
        }
    }

    /// Takes all there are, the last one first.
    #[inline]
    pub fn pop_all(&self) -> Popped {
        // Mostly there is none, and a load is cheaper than a swap.
        if self.top.load(Ordering::Relaxed).is_null() {
            return Popped {
                top: ptr::null_mut(),
            };
        }
        Popped {
            top: self.top.swap(ptr::null_mut(), Ordering::Acquire),
        }
    }
}

pub struct Popped {
    top: *mut Entry,
}

impl Iterator for Popped {
    type Item = (NonNull<u8>, Span);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let slot = NonNull::new(self.top)?;
        // SAFETY: `push` has written it, and since `pop_all` nobody else knows it.
        let Entry { next, span } = unsafe { slot.as_ptr().read() };
        self.top = next;
        Some((slot.cast(), span))
    }
}
