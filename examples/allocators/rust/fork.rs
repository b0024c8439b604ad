//! A fork copies the process with one of its threads. What another thread was just changing would stay half changed
//! in the child, and its lock taken: so the forking thread holds all locks while it forks.
use crate::{libc, shards};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

static REGISTERED: AtomicBool = AtomicBool::new(false);

/// The thread that holds all locks; 0 when there is none. A thread finds itself here only if it has put itself here,
/// so that nothing has to be ordered.
static FORKING: AtomicUsize = AtomicUsize::new(0);

/// At the first allocation. The C library may allocate for it; by then the flag is set, and no lock is held.
#[inline]
pub fn register() {
    if !REGISTERED.load(Ordering::Relaxed) {
        register_once();
    }
}

#[cold]
fn register_once() {
    if !REGISTERED.swap(true, Ordering::Relaxed) {
        // SAFETY: the library stays loaded (-z nodelete). Out of memory, there is nothing better than to go on.
        unsafe { libc::pthread_atfork(Some(prepare), Some(resume), Some(resume)) };
    }
}

/// Whether this thread is between the two handlers. Handlers of others run there too, and may allocate.
pub fn is_forking() -> bool {
    FORKING.load(Ordering::Relaxed) == this_thread()
}

extern "C" fn prepare() {
    shards::lock_all();
    FORKING.store(this_thread(), Ordering::Relaxed);
}

/// In the parent, and in the child.
extern "C" fn resume() {
    FORKING.store(0, Ordering::Relaxed);
    // SAFETY: `prepare` has taken them, in this thread or in the one that this is a copy of.
    unsafe { shards::unlock_all() };
}

fn this_thread() -> usize {
    // SAFETY: no precondition.
    unsafe { libc::pthread_self() }
}
