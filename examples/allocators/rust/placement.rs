//! Where a block lies follows from its size and alignment: the ABI hands both back with every call, so that a block
//! needs no header to be found again.
//!
//! What must hold: every `old_size` from the requested to the usable size leads to the same placement.
use crate::{pages::Extent, size_class::SizeClass};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// A slot of a span.
    Slot(SizeClass),
    /// A mapping of its own, for what is larger or aligned to more than any slot.
    Mapping(Extent),
}

impl Placement {
    /// `None` for sizes that no object can have.
    #[inline]
    pub fn of(size: usize, align: usize) -> Option<Self> {
        match SizeClass::of(size, align) {
            Some(class) => Some(Self::Slot(class)),
            None => Extent::covering(size).map(Self::Mapping),
        }
    }

    /// Bytes.
    pub fn usable_size(self) -> usize {
        match self {
            Self::Slot(class) => class.bytes(),
            Self::Mapping(extent) => extent.bytes(),
        }
    }
}
