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

#include "common/cause.h"

/* A pipe whose one descriptor reads and writes, close-on-exec, blocking for the writer. fd or -errno. */
int log_pipe_open(struct cause *cause);

/* Sends one message of common/log_protocol.h with at most one descriptor (-1: none), without blocking. 0 or -errno
 * (-EAGAIN: svlog does not read). */
int log_pipe_send(int control_fd, const void *message, size_t size, int fd);

#endif
