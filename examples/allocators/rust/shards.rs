//! Several heaps, so that threads seldom meet; and when they do, nobody waits: an allocation goes to the next shard, a
//! free is left for whoever holds the lock. Waiting would be for a thread that the kernel may have taken off its core.
use crate::{
    deferred::Deferred,
    fork,
    heap::Heap,
    libc,
    size_class::SizeClass,
    span::Span,
    try_lock::{Guard, TryLock},
};
use core::ptr::NonNull;

/// A power of two. More shards than threads that allocate at the same time only spread memory thin.
const COUNT: usize = 8;

/// Its own two cache lines (the prefetcher of x86 fetches pairs): shards do not slow each other down.
#[repr(align(128))]
struct Shard {
    heap: TryLock<Heap>,
    deferred: Deferred,
}

#[allow(clippy::declare_interior_mutable_const)] // The initial value of several, each of which is then its own.
const NEW: Shard = Shard {
    heap: TryLock::new(Heap::EMPTY),
    deferred: Deferred::new(),
};

/// Constant-initialised: it is used before any constructor has run.
static SHARDS: [Shard; COUNT] = [NEW; COUNT];

/// Less than COUNT.
#[derive(Clone, Copy)]
pub struct ShardIndex(u8);

impl ShardIndex {
    fn new(index: usize) -> Self {
        Self((index % COUNT) as u8)
    }

    /// Where this thread begins to look. Any shard is correct; this one is always the same for a thread, and different
    /// for most of them.
    ///
    /// `pthread_self` is one load from the thread's control block, and cannot fail or allocate; `thread_local!` is
    /// not in `core`. Against the address of a local variable it has that a deep stack does not change it.
    fn home() -> Self {
        // SAFETY: no precondition.
        let thread = unsafe { libc::pthread_self() };
        // Times 2^64 / golden ratio: the upper bits depend on all others. Folded first, since stacks lie at regular
        // distances, some of which would lead to three shards only.
        let mixed = (thread ^ (thread >> 21)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self::new(mixed >> (usize::BITS - COUNT.trailing_zeros()))
    }

    #[inline]
    fn shard(self) -> &'static Shard {
        &SHARDS[usize::from(self.0) % COUNT]
    }
}

impl Shard {
    /// `None` when another thread is inside.
    #[inline]
    fn enter(&self) -> Option<Guard<'_, Heap>> {
        let mut heap = self.heap.try_lock()?;
        for (slot, span) in self.deferred.pop_all() {
            // SAFETY: `give` has put slots of this shard's spans there, which it was given to free.
            unsafe { heap.give(slot, span) };
        }
        Some(heap)
    }
}

/// A slot; `None` when memory is exhausted.
#[inline]
pub fn take(class: SizeClass) -> Option<NonNull<u8>> {
    let home = ShardIndex::home();
    match home.shard().enter() {
        Some(mut heap) => heap.take(class, home),
        None => take_elsewhere(class, home),
    }
}

#[cold]
fn take_elsewhere(class: SizeClass, home: ShardIndex) -> Option<NonNull<u8>> {
    loop {
        for distance in 1..=COUNT {
            let index = ShardIndex::new(usize::from(home.0) + distance);
            if let Some(mut heap) = index.shard().enter() {
                return heap.take(class, index);
            }
        }
        if fork::is_forking() {
            // SAFETY: this thread holds all locks, and is in a fork handler of somebody else, not in here.
            return unsafe { home.shard().heap.value() }.take(class, home);
        }
        // SAFETY: no precondition.
        unsafe { libc::sched_yield() };
    }
}

/// # Safety
/// The slot is in use, of this class, and nobody uses it any more.
#[inline]
pub unsafe fn give(slot: NonNull<u8>, class: SizeClass) {
    // SAFETY: passed on; the span knows which shard it is of.
    unsafe {
        let span = Span::of(slot, class);
        let shard = span.shard().shard();
        match shard.enter() {
            Some(mut heap) => heap.give(slot, span),
            None => shard.deferred.push(slot, span),
        }
    }
}

/// Takes all locks. This thread waits for others, which wait for none.
pub fn lock_all() {
    for shard in &SHARDS {
        shard.heap.close();
    }
    for shard in &SHARDS {
        while !shard.heap.try_lock_closed() {
            // Again: another thread's fork, when it ends, opens it.
            shard.heap.close();
            // SAFETY: no precondition.
            unsafe { libc::sched_yield() };
        }
    }
}

/// # Safety
/// This thread has called `lock_all`.
pub unsafe fn unlock_all() {
    for shard in &SHARDS {
        // SAFETY: passed on.
        unsafe { shard.heap.unlock_and_open() };
    }
}
