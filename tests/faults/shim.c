/*
 * Preloaded into svinit or svlog: makes each place that calls the C library for memory or a system call fail, once or
 * in a burst, with errors drawn from a seed. What failed where is told in a file that the tests share.
 *
 * SVINIT_FAULTS names the file; nothing fails before the tests have set `armed` in it. Only calls from the program
 * itself count, and each place by itself: a place is the address that the call returns to.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { SITES_MAX = 8192, SHORT = -1, KNOWN_ERRORS = 8 };

struct site {
	uint64_t place; /* in the program's file; 0: free */
	uint32_t visits, failures;
	int32_t error;
	char call[28];
};

/* As tests/integration/test_faults.py reads it. */
struct report {
	uint32_t armed, seed, burst, used;
	struct site sites[SITES_MAX];
};

static struct report *report;
static uintptr_t text_begin, text_end, base;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static long (*real_syscall)(long, ...);

/* The program's own text, by the first lines of the map that name it. */
static void find_text(void)
{
	char line[512], *end;
	FILE *maps = fopen("/proc/self/maps", "re");
	char program[256];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

	program[length < 0 ? 0 : length] = '\0';
	while (maps && fgets(line, sizeof line, maps)) {
		if (!strstr(line, program))
			continue;
		uintptr_t from = strtoull(line, &end, 16), to = strtoull(end + 1, &end, 16);
		if (!base)
			base = from;
		if (end[3] == 'x') {
			text_begin = from;
			text_end = to;
		}
	}
	if (maps)
		fclose(maps);
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("SVINIT_FAULTS");

	real_syscall = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	find_text();
	if (fd < 0)
		return;
	void *memory = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (memory != MAP_FAILED)
		report = memory;
}

static uint32_t mix(uint64_t value)
{
	value = (value ^ value >> 31) * UINT64_C(0x9E3779B97F4A7C15);
	return (uint32_t)(value >> 32);
}

static struct site *find_site(uint64_t place, const char *call)
{
	for (uint32_t i = mix(place) % SITES_MAX, steps = 0; steps < SITES_MAX; i = (i + 1) % SITES_MAX, steps++) {
		struct site *site = &report->sites[i];
		if (site->place == place)
			return site;
		if (site->place != 0)
			continue;
		site->place = place;
		strncpy(site->call, call, sizeof site->call - 1);
		report->used++;
		return site;
	}
	return NULL;
}

/* The error that the call is to fail with now; 0: it is to go on. */
static int draw(const void *from, const char *call, const int *errors, uint32_t count)
{
	uintptr_t address = (uintptr_t)from;

	if (!report || address < text_begin || address >= text_end)
		return 0;
	struct site *site = find_site(address - base, call);
	if (!site || !report->armed)
		return 0;
	uint32_t random = mix(site->place * 31 + report->seed);
	uint32_t visit = site->visits++;
	uint32_t first = random % 3;
	if (visit < first || visit >= first + report->burst)
		return 0;
	site->error = errors[(random >> 8) % count];
	site->failures++;
	return site->error;
}

#define ERRORS(...)           ((const int[]){ __VA_ARGS__ })
#define COUNT(...)            (sizeof ERRORS(__VA_ARGS__) / sizeof(int))
#define FAILS(call, ...)      draw(__builtin_return_address(0), call, ERRORS(__VA_ARGS__), COUNT(__VA_ARGS__))
#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

/* ---- memory ---- */

static void *no_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t size)
{
	return FAILS("malloc", ENOMEM) ? no_memory() : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return FAILS("calloc", ENOMEM) ? no_memory() : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return FAILS("realloc", ENOMEM) ? no_memory() : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
	size_t bytes;

	if (FAILS("reallocarray", ENOMEM) || __builtin_mul_overflow(count, size, &bytes))
		return no_memory();
	return __libc_realloc(old, bytes);
}

char *strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = FAILS("strdup", ENOMEM) ? no_memory() : __libc_malloc(size);

	return copy ? memcpy(copy, text, size) : NULL;
}

int asprintf(char **to, const char *format, ...)
{
	va_list arguments;

	if (FAILS("asprintf", ENOMEM)) {
		*to = NULL;
		errno = ENOMEM;
		return -1;
	}
	va_start(arguments, format);
	int result = vasprintf(to, format, arguments);
	va_end(arguments);
	return result;
}

/* ---- system calls that return -1 ---- */

#define WRAP(type, name, parameters, arguments, ...)                                                                   \
	type name parameters                                                                                           \
	{                                                                                                              \
		static type(*real) parameters;                                                                         \
		int error = FAILS(#name, __VA_ARGS__);                                                                 \
		if (!real)                                                                                             \
			real = (type(*) parameters)dlsym(RTLD_NEXT, #name);                                            \
		if (error) {                                                                                           \
			errno = error;                                                                                 \
			return (type)-1;                                                                               \
		}                                                                                                      \
		return real arguments;                                                                                 \
	}

WRAP(int, pipe2, (int ends[2], int flags), (ends, flags), EMFILE, ENFILE, ENOMEM)
WRAP(int, socket, (int domain, int type, int protocol), (domain, type, protocol), EMFILE, ENFILE, ENOMEM, EPERM)
WRAP(int, socketpair, (int domain, int type, int protocol, int ends[2]), (domain, type, protocol, ends), EMFILE, ENFILE)
WRAP(int, bind, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size), ENOSPC, EROFS, EPERM)
WRAP(int, listen, (int fd, int backlog), (fd, backlog), ENOMEM, EPERM)
WRAP(int, accept4, (int fd, struct sockaddr *address, socklen_t *size, int flags), (fd, address, size, flags), EMFILE,
     ENFILE, EINTR, EAGAIN, ENOMEM)
WRAP(int, getsockopt, (int fd, int level, int name, void *value, socklen_t *size), (fd, level, name, value, size),
     ENOMEM, EPERM)
WRAP(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t size), (fd, level, name, value, size),
     ENOMEM, EPERM)
WRAP(int, epoll_ctl, (int fd, int operation, int target, struct epoll_event *event), (fd, operation, target, event),
     ENOMEM, ENOSPC)
WRAP(int, epoll_wait, (int fd, struct epoll_event *events, int max, int timeout), (fd, events, max, timeout), EINTR)
WRAP(int, timerfd_settime, (int fd, int flags, const struct itimerspec *to, struct itimerspec *from),
     (fd, flags, to, from), EPERM, ENOMEM)
WRAP(int, inotify_init1, (int flags), (flags), EMFILE, ENFILE, ENOMEM)
WRAP(int, inotify_add_watch, (int fd, const char *path, uint32_t mask), (fd, path, mask), ENOSPC, ENOMEM)
WRAP(int, memfd_create, (const char *name, unsigned flags), (name, flags), EMFILE, ENOMEM)
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), ENOSPC, EROFS, EPERM, ENOMEM)
WRAP(int, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode), ENOSPC, EROFS, EPERM, ENOMEM)
WRAP(int, rename, (const char *from, const char *to), (from, to), ENOSPC, EROFS, EIO)
WRAP(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to), ENOSPC, EROFS, EIO)
WRAP(int, unlink, (const char *path), (path), EROFS, EPERM)
WRAP(int, unlinkat, (int at, const char *path, int flags), (at, path, flags), EROFS, EPERM, EBUSY)
WRAP(int, ftruncate, (int fd, off_t size), (fd, size), ENOSPC, EIO, EINTR)
WRAP(int, fallocate, (int fd, int mode, off_t at, off_t size), (fd, mode, at, size), ENOSPC, EINTR)
WRAP(int, fstat, (int fd, struct stat *status), (fd, status), ENOMEM, EIO)
WRAP(int, stat, (const char *path, struct stat *status), (path, status), ENOMEM, EIO)
WRAP(int, lstat, (const char *path, struct stat *status), (path, status), ENOMEM, EIO)
WRAP(int, fstatat, (int at, const char *path, struct stat *status, int flags), (at, path, status, flags), ENOMEM, EIO)
WRAP(int, chmod, (const char *path, mode_t mode), (path, mode), EROFS, EPERM)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), EROFS, EPERM)
WRAP(int, fchown, (int fd, uid_t user, gid_t group), (fd, user, group), EROFS, EPERM)
WRAP(int, kill, (pid_t pid, int number), (pid, number), EPERM)
WRAP(int, poll, (struct pollfd * all, nfds_t count, int timeout), (all, count, timeout), EINTR, ENOMEM)

DIR *opendir(const char *path)
{
	int error = FAILS("opendir", EMFILE, ENFILE, ENOMEM);

	if (!error)
		return REAL(DIR *, opendir, const char *)(path);
	errno = error;
	return NULL;
}

DIR *fdopendir(int fd)
{
	int error = FAILS("fdopendir", ENOMEM);

	if (!error)
		return REAL(DIR *, fdopendir, int)(fd);
	errno = error;
	return NULL;
}

static mode_t mode_of(int flags, va_list arguments)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list arguments;
	int error = FAILS("open", EMFILE, ENFILE, ENOMEM, EROFS, EPERM, EINTR, EIO);

	va_start(arguments, flags);
	mode_t mode = mode_of(flags, arguments);
	va_end(arguments);
	if (!error)
		return (int)real_syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	errno = error;
	return -1;
}

int openat(int at, const char *path, int flags, ...)
{
	va_list arguments;
	int error = FAILS("openat", EMFILE, ENFILE, ENOMEM, EROFS, EPERM, EINTR, EIO);

	va_start(arguments, flags);
	mode_t mode = mode_of(flags, arguments);
	va_end(arguments);
	if (!error)
		return (int)real_syscall(SYS_openat, at, path, flags, mode);
	errno = error;
	return -1;
}

int fcntl(int fd, int command, ...)
{
	va_list arguments;
	int error = FAILS("fcntl", EMFILE, ENOMEM);

	va_start(arguments, command);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);
	if (!error)
		return (int)real_syscall(SYS_fcntl, fd, command, argument);
	errno = error;
	return -1;
}

/* pidfd_open(2), signalfd4(2), … */
long syscall(long number, ...)
{
	va_list arguments;
	long values[6];
	int error = FAILS("syscall", ENOMEM, EMFILE, ENFILE, EPERM);

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		values[i] = va_arg(arguments, long);
	va_end(arguments);
	/* Those that cannot fail in the kernel do not fail here. */
	if (!error || number == SYS_rt_sigprocmask || number == SYS_rt_sigaction || number == SYS_getpid ||
	    number == SYS_kill)
		return real_syscall(number, values[0], values[1], values[2], values[3], values[4], values[5]);
	errno = error;
	return -1;
}

/* ---- those that may do a part ---- */

#define TRANSFER(name, parameters, arguments, size, ...)                                                               \
	ssize_t name parameters                                                                                        \
	{                                                                                                              \
		static ssize_t(*real) parameters;                                                                      \
		int error = FAILS(#name, __VA_ARGS__);                                                                 \
		if (!real)                                                                                             \
			real = (ssize_t(*) parameters)dlsym(RTLD_NEXT, #name);                                         \
		if (error == SHORT && (size) > 1)                                                                      \
			(size) = 1;                                                                                    \
		if (error > 0) {                                                                                       \
			errno = error;                                                                                 \
			return -1;                                                                                     \
		}                                                                                                      \
		return real arguments;                                                                                 \
	}

TRANSFER(read, (int fd, void *to, size_t size), (fd, to, size), size, EINTR, EAGAIN, EIO, ENOMEM)
TRANSFER(pread, (int fd, void *to, size_t size, off_t at), (fd, to, size, at), size, EINTR, EIO, SHORT)
TRANSFER(write, (int fd, const void *from, size_t size), (fd, from, size), size, EINTR, ENOSPC, EIO, EAGAIN, SHORT)
TRANSFER(pwrite, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at), size, EINTR, ENOSPC, SHORT)
TRANSFER(send, (int fd, const void *from, size_t size, int flags), (fd, from, size, flags), size, EINTR, EAGAIN,
	 ENOBUFS)
TRANSFER(recv, (int fd, void *to, size_t size, int flags), (fd, to, size, flags), size, EINTR, EAGAIN, ENOMEM)

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	int error = FAILS("sendmsg", EINTR, EAGAIN, ENOBUFS, ENOMEM);

	if (!error)
		return real_syscall(SYS_sendmsg, fd, message, flags);
	errno = error;
	return -1;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	int error = FAILS("recvmsg", EINTR, EAGAIN, ENOMEM);

	if (!error)
		return real_syscall(SYS_recvmsg, fd, message, flags);
	errno = error;
	return -1;
}
