/*
 * A compressed log file: frames of zstd, each of whole lines where it can be, and behind them a table of the frames, so
 * that a reader finds the last lines, or a time, by decompressing one or two of them. The table is a skippable frame as
 * zstd's seekable format has it (contrib/seekable_format of zstd): zstd(1) reads such a file like any other.
 */
#ifndef SVINIT_COMMON_LOG_FRAMES_H
#define SVINIT_COMMON_LOG_FRAMES_H

#include <stddef.h>
#include <stdint.h>

enum {
	LOG_FRAME_SIZE = 256 * 1024, /* of lines in a frame, at most */
	LOG_FRAME_ENTRY_SIZE = 8,    /* the frame's size compressed and decompressed */
	LOG_FRAME_FOOTER_SIZE = 9,   /* number of frames, a byte of flags (0), LOG_FRAME_TABLE_MAGIC */
	LOG_FRAME_HEAD_SIZE = 8,     /* LOG_FRAME_SKIPPABLE_MAGIC, size of what follows */
	LOG_FRAME_COUNT_MAX = 1 << 20,
};

#define LOG_FRAME_SKIPPABLE_MAGIC UINT32_C(0x184D2A5E)
#define LOG_FRAME_TABLE_MAGIC     UINT32_C(0x8F92EAB1)

static inline void log_frame_put(unsigned char *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(value >> (8 * i));
}

static inline uint32_t log_frame_get(const unsigned char *from)
{
	return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

#endif
