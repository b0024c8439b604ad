#include "checked.h"
#include "text.h"

static const char* name_of(allomorph_fault_kind kind) {
  static const char* const names[] = {
      "no fault",   "overflow",        "underflow",    "use-after-free", "double-free",
      "wrong-size", "wrong-alignment", "foreign-free", "interior-free",
  };
  return names[kind];
}

static int64_t owners_offset(const allomorph_fault* fault) {
  return fault->offset - (int64_t)fault->block.header;
}

static void put_written(struct text* text, const allomorph_fault* fault) {
  if (fault->value < 0) {
    put_text(text, "access to ");
    put_hex(text, fault->address);
    put_text(text, ", at offset ");
    put_signed(text, owners_offset(fault));
    put_text(text, " of the block");
  } else {
    put_text(text, "the byte at offset ");
    put_signed(text, owners_offset(fault));
    put_text(text, " of the block was overwritten with ");
    put_hex(text, (uint64_t)fault->value);
  }
}

static void put_claim(struct text* text, const char* what, size_t claimed, size_t real) {
  put_text(text, what);
  put_text(text, " ");
  put_number(text, claimed);
  put_text(text, " was passed for a block that was allocated with ");
  put_number(text, real);
}

static void put_fault(struct text* text, const allomorph_fault* fault) {
  switch (fault->kind) {
    case allomorph_fault_overflow:
    case allomorph_fault_underflow:
    case allomorph_fault_use_after_free:
      put_written(text, fault);
      break;
    case allomorph_fault_double_free:
      put_text(text, "the block was freed already");
      break;
    case allomorph_fault_wrong_size:
      put_claim(text, "size", fault->old_size - fault->block.header,
                fault->block.size - fault->block.header);
      break;
    case allomorph_fault_wrong_alignment:
      put_claim(text, "alignment", fault->align, fault->block.align);
      break;
    case allomorph_fault_inside:
      put_hex(text, fault->address);
      put_text(text, " is at offset ");
      put_signed(text, owners_offset(fault));
      put_text(text, " of the block, not its start");
      break;
    case allomorph_fault_unknown:
      put_hex(text, fault->address);
      put_text(text, " is no block: it was never allocated here, or freed long ago");
      break;
    case allomorph_fault_none:
      break;
  }
}

size_t allomorph_fault_text(const allomorph_fault* fault, char* bytes, size_t size) {
  struct text text = {bytes, size, 0};
  const allomorph_checked_block* block = &fault->block;
  put_line(&text, 0);
  put_text(&text, name_of(fault->kind));
  put_text(&text, ": ");
  put_fault(&text, fault);
  put_text(&text, "\n");
  if (block->address != 0) {
    put_line(&text, 1);
    put_text(&text, "block ");
    put_hex(&text, block->address + block->header);
    put_text(&text, ", size ");
    put_number(&text, block->size - block->header);
    put_text(&text, ", alignment ");
    put_number(&text, block->align);
    put_text(&text, block->is_freed ? ", freed\n" : ", live\n");
    put_frames(&text, "allocated at", block->allocated_place, block->allocated,
               block->allocated_count);
    put_frames(&text, "freed at", block->freed_place, block->freed, block->freed_count);
  }
  put_frames(&text, "called at", NULL, fault->called, fault->called_count);
  return text.length;
}
