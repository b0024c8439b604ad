//! Spans of a shard without a used slot. Some are kept, so that a program that frees and allocates around the edge of
//! a span does not call the system each time; the others are returned to it.
use crate::{shards::ShardIndex, size_class::SizeClass, span::Span, span_list::SpanList};

/// Bytes. A burst that needs more pays for the difference with system calls.
const KEPT_MAX: usize = 4 << 20;

pub struct Reserve {
    small: SpanList,
    large: SpanList,
    /// Bytes of both, at most KEPT_MAX.
    kept: usize,
}

impl Reserve {
    pub const EMPTY: Self = Self {
        small: SpanList::EMPTY,
        large: SpanList::EMPTY,
        kept: 0,
    };

    /// An empty span; `None` when memory is exhausted.
    pub fn take(&mut self, class: SizeClass, shard: ShardIndex) -> Option<Span> {
        match self.list(class).pop() {
            Some(span) => {
                self.kept -= class.span().bytes();
                Some(span.reused_for(class))
            }
            None => Span::map(class, shard),
        }
    }

    /// The span is empty, and in no list.
    pub fn give(&mut self, span: Span) {
        let bytes = span.class().span().bytes();
        if self.kept + bytes > KEPT_MAX {
            return span.unmap();
        }
        self.kept += bytes;
        self.list(span.class()).push(span);
    }

    fn list(&mut self, class: SizeClass) -> &mut SpanList {
        if class.has_small_spans() {
            &mut self.small
        } else {
            &mut self.large
        }
    }
}
