/*
 * The pipes between services and svlog, and the line to svlog itself.
 *
 * svinit keeps one descriptor of each pipe, opened for reading and writing (through /proc/self/fd), and a service's
 * stdout and stderr are copies of it: so a service never gets SIGPIPE, and a killed svlog, svinit or both lose nothing
 * that is in the pipe.
 */
#ifndef SVINIT_OS_LOG_PIPE_H
#define SVINIT_OS_LOG_PIPE_H

#include <stdbool.h>
#include <stddef.h>

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cause.h"

/* A pipe whose one descriptor reads and writes, close-on-exec, blocking for the writer. fd or -errno. */
int log_pipe_open(struct cause *cause);

/* Sends one message of common/log_protocol.h with at most one descriptor (-1: none), without blocking. 0 or -errno
 * (-EAGAIN: svlog does not read). */
int log_pipe_send(int control_fd, const void *message, size_t size, int fd);
/* Sends several that stand one behind the other, without descriptors: message i ends where message i + 1 begins, at
 * ends[i]. Returns how many went, the first ones, or -errno. At most LOG_PIPE_BATCH_MAX. */
enum { LOG_PIPE_BATCH_MAX = 16 };
int log_pipe_send_batch(int control_fd, const char *messages, const unsigned *ends, unsigned count);
/* A pipe that a process has open, by the pipe's inode, opened anew both ways: /proc/PID/fd. fd or -ENOENT. */
int log_pipe_find(pid_t pid, uint64_t inode);

/*
 * svlog's memory across its lives: a file in `directory` where that is in memory (tmpfs(5)), so that it outlives svinit
 * and svlog killed at once, else memfd_create(2). `keep`: what is in it goes on. fd or -1.
 */
int log_pipe_open_journal(const char *directory, bool keep);

#endif
