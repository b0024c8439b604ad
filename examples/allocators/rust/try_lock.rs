//! A lock that is tried and never waited for.
use core::{
    cell::UnsafeCell,
    ops::{Deref, DerefMut},
    sync::atomic::{AtomicBool, Ordering},
};

pub struct TryLock<T> {
    taken: AtomicBool,
    /// Somebody waits, after all. While it is set, `try_lock` finds the lock taken: or busy threads would take it in
    /// turns for seconds.
    closed: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the lock hands the value to one thread at a time.
unsafe impl<T: Send> Sync for TryLock<T> {}

impl<T> TryLock<T> {
    pub const fn new(value: T) -> Self {
        Self {
            taken: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// `None` when another thread has it, or this one.
    #[inline]
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        if self.closed.load(Ordering::Relaxed) || !self.take() {
            return None;
        }
        Some(Guard { lock: self })
    }

    #[inline]
    fn take(&self) -> bool {
        // The load first: a core that only looks does not take the cache line from the one that works.
        !self.taken.load(Ordering::Relaxed) && !self.taken.swap(true, Ordering::Acquire)
    }

    /// From now on, no `try_lock` begins that succeeds.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Takes it, closed or not, without a guard: the two handlers of a fork share no variables.
    pub fn try_lock_closed(&self) -> bool {
        self.take()
    }

    /// # Safety
    /// This thread has taken it by `try_lock_closed`.
    pub unsafe fn unlock_and_open(&self) {
        self.closed.store(false, Ordering::Relaxed);
        self.taken.store(false, Ordering::Release);
    }

    /// # Safety
    /// This thread has taken it by `try_lock_closed`, and has no other reference to the value.
    #[allow(clippy::mut_from_ref)] // What the caller promises is what a guard would prove.
    pub unsafe fn value(&self) -> &mut T {
        // SAFETY: passed on.
        unsafe { &mut *self.value.get() }
    }
}

pub struct Guard<'a, T> {
    lock: &'a TryLock<T>,
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the lock is held as long as the guard lives.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and the guard is borrowed by one.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.taken.store(false, Ordering::Release);
    }
}
