#include "supervisor/os/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

ssize_t read_descriptor(int fd, char *buffer, size_t size)
{
	size_t length = 0;

	while (length < size - 1) {
		ssize_t n = read(fd, buffer + length, size - 1 - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	buffer[length] = '\0';
	return (ssize_t)length;
}

static int open_to_read(int directory_fd, const char *path)
{
	return openat(directory_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

ssize_t read_small_file_at(int directory_fd, const char *path, char *buffer, size_t size)
{
	int fd = open_to_read(directory_fd, path);

	if (fd < 0)
		return -errno;
	ssize_t n = read(fd, buffer, size - 1);
	int error = errno;
	close(fd);
	buffer[n < 0 ? 0 : n] = '\0';
	return n < 0 ? -error : n;
}

ssize_t read_file_at(int directory_fd, const char *path, char *buffer, size_t size)
{
	int fd = open_to_read(directory_fd, path);

	if (fd < 0)
		return -errno;
	ssize_t n = read_descriptor(fd, buffer, size);
	close(fd);
	return n;
}

int write_file_at(int directory_fd, const char *path, const char *text)
{
	int fd = openat(directory_fd, path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	size_t length = strlen(text);

	if (fd < 0)
		return -errno;
	ssize_t n = write(fd, text, length);
	int error = n < 0 ? errno : n == (ssize_t)length ? 0 : EIO;
	close(fd);
	return -error;
}
