//! Sizes of slots: 16, 32 … 128 bytes, then four to a doubling, up to 256 KiB. Above 128 bytes a slot is less than a
//! quarter larger than what was asked for, below at most 15 bytes (more only where the alignment demands it).
use crate::pages::{Extent, PAGE_MIN};

/// Less than [`SizeClass::COUNT`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SizeClass(u8);

impl SizeClass {
    pub const COUNT: usize = LINEAR_COUNT + 4 * (MAX_BYTES / LINEAR_MAX).trailing_zeros() as usize;

    /// The least class for `size` > 0 bytes at a multiple of `align`; `None` when no class is large enough, or
    /// aligned enough.
    #[inline]
    pub fn of(size: usize, align: usize) -> Option<Self> {
        if size > MAX_BYTES || align > MAX_ALIGN {
            return None;
        }
        // A multiple of `align` lies in a class that is one too: either the classes around it are no further apart
        // than multiples of `align` are, and it is a class itself; or all of them are multiples.
        let size = (size + align - 1) & !(align - 1);
        let index = match size {
            0..=LINEAR_MAX => (size - 1) / STEP,
            _ => {
                let exponent = log2(size - 1);
                let quarter = ((size - 1) >> (exponent - 2)) & 3;
                LINEAR_COUNT + (exponent - log2(LINEAR_MAX)) * 4 + quarter
            }
        };
        Some(Self(index as u8))
    }

    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// What a slot can hold.
    #[inline]
    pub fn bytes(self) -> usize {
        let index = self.index();
        if index < LINEAR_COUNT {
            return (index + 1) * STEP;
        }
        let (doublings, quarter) = ((index - LINEAR_COUNT) / 4, (index - LINEAR_COUNT) % 4);
        (LINEAR_MAX << doublings) + (quarter + 1) * ((LINEAR_MAX / 4) << doublings)
    }

    /// What every slot of the class is aligned to: the largest power of two in its size, at most a page.
    pub fn align(self) -> usize {
        (1 << self.bytes().trailing_zeros()).min(MAX_ALIGN)
    }

    /// How large the spans are that its slots are cut from.
    #[inline]
    pub fn span(self) -> Extent {
        if self.has_small_spans() {
            SMALL_SPAN
        } else {
            LARGE_SPAN
        }
    }

    #[inline]
    pub fn has_small_spans(self) -> bool {
        self.index() <= LAST_IN_SMALL_SPANS
    }
}

/// Bytes from one class to the next, up to LINEAR_MAX.
const STEP: usize = 16;
const LINEAR_MAX: usize = 128;
const LINEAR_COUNT: usize = LINEAR_MAX / STEP;

/// zlib asks for blocks of 64 to 128 KiB by the thousand, and the interposer adds its 16 bytes.
const MAX_BYTES: usize = 256 << 10;

const MAX_ALIGN: usize = PAGE_MIN;

/// Two sizes: large ones for small slots would hardly ever be empty, and small ones hold no large slots. Of the
/// largest slots a span has three.
const SMALL_SPAN: Extent = Extent::units(2);
const LARGE_SPAN: Extent = Extent::units(16);

/// The class of 8 KiB.
const LAST_IN_SMALL_SPANS: usize = LINEAR_COUNT + 4 * 6 - 1;

const fn log2(value: usize) -> usize {
    (usize::BITS - 1 - value.leading_zeros()) as usize
}
