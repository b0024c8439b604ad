//! A span: aligned memory that is cut into slots of one class. It begins with a header, which is found from a slot
//! by clearing the low bits of the address.
use crate::{pages, shards::ShardIndex, size_class::SizeClass};
use core::{cell::Cell, mem, ptr::NonNull};

/// A slot that is not in use.
struct FreeSlot {
    next: Option<NonNull<FreeSlot>>,
}

#[repr(C)]
struct Header {
    // These two do not change while a slot is in use, and are read without a lock.
    class: SizeClass,
    shard: ShardIndex,
    // What follows is protected by the lock of the shard.
    /// Slots in use.
    used: Cell<u32>,
    slot_bytes: u32,
    /// Where, in bytes from the start, the next slot lies that was never used: memory nobody asks for is not touched.
    fresh: Cell<u32>,
    /// Where the last slot lies.
    last: u32,
    free: Cell<Option<NonNull<FreeSlot>>>,
    links: Links,
}

/// Neighbours in a list of spans.
#[derive(Default)]
pub struct Links {
    pub previous: Cell<Option<Span>>,
    pub next: Cell<Option<Span>>,
}

/// A mapped span with a header. Whoever holds one is under the lock of its shard, or calls `shard` only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Span(NonNull<Header>);

impl Span {
    /// A span without a used slot, in memory of the system; `None` when there is none.
    pub fn map(class: SizeClass, shard: ShardIndex) -> Option<Self> {
        let start = pages::map(class.span(), class.span().bytes())?;
        // SAFETY: new memory, of the extent and alignment that the class demands.
        Some(unsafe { Self::format(start, class, shard) })
    }

    /// Makes an empty span one of another class.
    pub fn reused_for(self, class: SizeClass) -> Self {
        // SAFETY: no slot is in use; a reserve hands it out for classes with spans of this extent only.
        unsafe { Self::format(self.0.cast(), class, self.shard()) }
    }

    /// # Safety
    /// Memory of the extent of the class's spans, at a multiple of it, that nobody uses.
    unsafe fn format(start: NonNull<u8>, class: SizeClass, shard: ShardIndex) -> Self {
        let slot_bytes = class.bytes();
        let first = (mem::size_of::<Header>() + class.align() - 1) & !(class.align() - 1);
        let header = Header {
            class,
            shard,
            used: Cell::new(0),
            slot_bytes: slot_bytes as u32,
            fresh: Cell::new(first as u32),
            last: (class.span().bytes() - slot_bytes) as u32,
            free: Cell::new(None),
            links: Links::default(),
        };
        let place = start.cast::<Header>();
        // SAFETY: the memory is the caller's, aligned to more than the header, and larger.
        unsafe { place.as_ptr().write(header) };
        Self(place)
    }

    /// # Safety
    /// The slot is in use and of this class.
    #[inline]
    pub unsafe fn of(slot: NonNull<u8>, class: SizeClass) -> Self {
        let offset = slot.as_ptr() as usize & (class.span().bytes() - 1);
        // SAFETY: a span is aligned to its extent, and a slot lies inside.
        Self(unsafe { NonNull::new_unchecked(slot.as_ptr().sub(offset)).cast() })
    }

    #[inline]
    fn header(&self) -> &Header {
        // SAFETY: it was written when the span was made, and is mapped as long as anybody holds a `Span`. All that
        // changes is in cells, under the lock.
        unsafe { self.0.as_ref() }
    }

    pub fn shard(self) -> ShardIndex {
        self.header().shard
    }

    pub fn class(self) -> SizeClass {
        self.header().class
    }

    pub fn links(&self) -> &Links {
        &self.header().links
    }

    pub fn is_empty(self) -> bool {
        self.header().used.get() == 0
    }

    pub fn is_full(self) -> bool {
        let header = self.header();
        header.free.get().is_none() && header.fresh.get() > header.last
    }

    /// A slot; `None` when the span is full.
    #[inline]
    pub fn take(self) -> Option<NonNull<u8>> {
        let header = self.header();
        let slot = match header.free.get() {
            Some(slot) => {
                // SAFETY: a free slot holds its link and nothing else, since `give`.
                header.free.set(unsafe { slot.as_ref() }.next);
                slot.cast()
            }
            None if self.is_full() => return None,
            None => {
                let offset = header.fresh.get();
                header.fresh.set(offset + header.slot_bytes);
                // SAFETY: not beyond the last slot, hence inside of the span.
                unsafe { NonNull::new_unchecked(self.0.as_ptr().cast::<u8>().add(offset as usize)) }
            }
        };
        header.used.set(header.used.get() + 1);
        Some(slot)
    }

    /// # Safety
    /// The slot is one of this span's, and nobody uses it any more.
    #[inline]
    pub unsafe fn give(self, slot: NonNull<u8>) {
        let header = self.header();
        let free = slot.cast::<FreeSlot>();
        let next = header.free.get();
        // SAFETY: a slot has at least 16 bytes, aligned to 16, and is ours now.
        unsafe { free.as_ptr().write(FreeSlot { next }) };
        header.free.set(Some(free));
        header.used.set(header.used.get() - 1);
    }

    /// Returns an empty span to the system.
    pub fn unmap(self) {
        let extent = self.class().span();
        // SAFETY: no slot is in use, and the heap has taken it out of its lists.
        unsafe { pages::unmap(self.0.cast(), extent) }
    }
}
