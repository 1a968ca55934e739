/* A small file in one go, into the caller's memory. */
#ifndef SVINIT_OS_READ_FILE_H
#define SVINIT_OS_READ_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Reads at most size - 1 bytes and ends them with a NUL. Returns the length or -errno. Never waits for a FIFO. */
ssize_t read_file_at(int directory_fd, const char *path, char *buffer, size_t size);
/* The same in one read(2), for files of the kernel's that are whole in it (cgroup.events). */
ssize_t read_small_file_at(int directory_fd, const char *path, char *buffer, size_t size);
/* The same as read_file_at() from an open descriptor. */
ssize_t read_descriptor(int fd, char *buffer, size_t size);
/* Writes a text in one write(2), as the files of proc and cgroups want it. 0 or -errno. Async-signal-safe. */
int write_file_at(int directory_fd, const char *path, const char *text);

#endif
