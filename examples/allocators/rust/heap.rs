//! What the lock of a shard protects: its spans. `&mut Heap` is the proof that the lock is held.
use crate::{
    reserve::Reserve, shards::ShardIndex, size_class::SizeClass, span::Span, span_list::SpanList,
};
use core::ptr::NonNull;

pub struct Heap {
    /// Spans with used and with free slots, by class. Full ones are in no list: they are found when a slot comes
    /// back. Empty ones are in the reserve.
    open: [SpanList; SizeClass::COUNT],
    reserve: Reserve,
}

// SAFETY: spans belong to the process, not to a thread.
unsafe impl Send for Heap {}

impl Heap {
    pub const EMPTY: Self = Self {
        open: [SpanList::EMPTY; SizeClass::COUNT],
        reserve: Reserve::EMPTY,
    };

    /// `None` when memory is exhausted.
    #[inline]
    pub fn take(&mut self, class: SizeClass, shard: ShardIndex) -> Option<NonNull<u8>> {
        // Always there. `get` instead of `[]`, here and below: nothing has to be proved for nothing to panic.
        let open = self.open.get_mut(class.index())?;
        let span = match open.first() {
            Some(span) => span,
            None => {
                let span = self.reserve.take(class, shard)?;
                open.push(span);
                span
            }
        };
        let slot = span.take();
        if span.is_full() {
            open.remove(span);
        }
        slot
    }

    /// # Safety
    /// The slot is of this span, the span of this heap, and nobody uses the slot any more.
    #[inline]
    pub unsafe fn give(&mut self, slot: NonNull<u8>, span: Span) {
        let open = match self.open.get_mut(span.class().index()) {
            Some(open) => open,
            None => return,
        };
        let was_full = span.is_full();
        // SAFETY: passed on.
        unsafe { span.give(slot) };
        match (was_full, span.is_empty()) {
            (true, false) => open.push(span),
            (false, true) => {
                open.remove(span);
                self.reserve.give(span);
            }
            (true, true) => self.reserve.give(span),
            (false, false) => {}
        }
    }
}
