#define _GNU_SOURCE
#include "message.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "compose/digits.h"
#include "platform/cancellation.h"
#include "platform/quiet_write.h"

static void put(struct message* message, const char* text, size_t length) {
  const size_t room = sizeof message->text - 1 - message->length; /* the line feed */
  if (length > room) length = room;
  memcpy(message->text + message->length, text, length);
  message->length += length;
}

struct message message_begin(void) {
  struct message message;
  message.length = 0;
  message_text(&message, "allomorph: ");
  return message;
}

void message_text(struct message* message, const char* text) {
  put(message, text, strlen(text));
}

static void put_number(struct message* message, uint64_t number, unsigned base) {
  char digits[most_digits];
  put(message, digits, write_digits(digits, number, base));
}

void message_number(struct message* message, uint64_t number) {
  put_number(message, number, 10);
}

void message_address(struct message* message, const void* address) {
  message_text(message, "0x");
  put_number(message, (uintptr_t)address, 16);
}

int message_open(const char* file) {
  const int cancellation = allomorph_cancellation_hold();
  const int fd =
      open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
  if (fd >= 0) fcntl(fd, F_SETFL, O_APPEND);
  allomorph_cancellation_restore(cancellation);
  return fd;
}

bool message_write(struct message* message, int fd) {
  message->text[message->length] = '\n';
  const ssize_t written = allomorph_quiet_write(fd, message->text, message->length + 1);
  return written >= 0 && (size_t)written == message->length + 1;
}

void message_send(struct message* message) {
  (void)message_write(message, STDERR_FILENO); /* nobody is left to be told */
}

void message_append(struct message* message, const char* file) {
  if (file == NULL) {
    message_send(message);
    return;
  }
  const int cancellation = allomorph_cancellation_hold();
  const int fd = message_open(file);
  const bool is_written = fd >= 0 && message_write(message, fd);
  if (fd >= 0) close(fd);
  if (!is_written) {
    struct message lost = message_begin();
    message_text(&lost, file);
    message_text(&lost, " could not be written to; its line follows.");
    message_send(&lost);
    message_send(message);
  }
  allomorph_cancellation_restore(cancellation);
}

_Noreturn void start_failed(const char* first, ...) {
  struct message message = message_begin();
  va_list parts;
  va_start(parts, first);
  for (const char* part = first; part != NULL; part = va_arg(parts, const char*)) {
    message_text(&message, part);
  }
  va_end(parts);
  message_send(&message);
  _exit(start_failed_status);
}
