//! Spans linked through their headers: any of them can leave at any time.
use crate::span::Span;

pub struct SpanList {
    first: Option<Span>,
}

impl SpanList {
    pub const EMPTY: Self = Self { first: None };

    pub fn first(&self) -> Option<Span> {
        self.first
    }

    /// `span` is in no list.
    pub fn push(&mut self, span: Span) {
        span.links().previous.set(None);
        span.links().next.set(self.first);
        if let Some(second) = self.first {
            second.links().previous.set(Some(span));
        }
        self.first = Some(span);
    }

    /// `span` is in this list.
    pub fn remove(&mut self, span: Span) {
        let (previous, next) = (span.links().previous.get(), span.links().next.get());
        match previous {
            Some(previous) => previous.links().next.set(next),
            None => self.first = next,
        }
        if let Some(next) = next {
            next.links().previous.set(previous);
        }
    }

    pub fn pop(&mut self) -> Option<Span> {
        let span = self.first?;
        self.remove(span);
        Some(span)
    }
}
