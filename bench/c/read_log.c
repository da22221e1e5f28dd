/*
 * The yardstick for reading a log: framing, end mark and Adler-32 of every record, and nothing else. Prints how many
 * records there are. cc -O2 -DLIBDEFLATE read_log.c -ldeflate, or cc -O2 read_log.c -lz
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef LIBDEFLATE
#include <libdeflate.h>
#define ADLER32(bytes, length) libdeflate_adler32(1, bytes, length)
#else
#include <zlib.h>
#define ADLER32(bytes, length) adler32(1, bytes, length)
#endif

enum { SIZE = 4 << 20 };
static uint8_t buffer[SIZE];

static uint32_t int_at(const uint8_t *p) {
  uint32_t value;
  memcpy(&value, p, 4);
  return __builtin_bswap32(value);
}

int main(int argc, char **argv) {
  int fd = open(argv[argc - 1], O_RDONLY);
  size_t head = 16, fill = 0;
  long records = 0;
  for (;;) {
    ssize_t count = read(fd, buffer + fill, SIZE - fill);
    if (count <= 0) break;
    fill += count;
    while (fill - head >= 12) {
      uint32_t length = int_at(buffer + head + 8);
      if (length == 0 || fill - head < 13 + (size_t)length) break;
      const uint8_t *payload = buffer + head + 12;
      if (payload[length] != 'B' || ADLER32(payload, length) != int_at(buffer + head + 4)) return 1;
      records++;
      head += 13 + length;
    }
    memmove(buffer, buffer + head, fill - head);
    fill -= head;
    head = 0;
  }
  printf("%ld\n", records);
  return 0;
}
