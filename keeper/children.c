#include "keeper/children.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stddef.h>
#include <stdint.h>

#include "keeper/system_call.h"

enum { PATH_LENGTH_MAX = 64, TEXT_MAX = 1024, ENTRIES_MAX = 2048, NAME_MAX_DIGITS = 12 };

/* getdents64(2) */
struct entry {
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

static char *put_text(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	*to = '\0';
	return to;
}

static char *put_number(char *to, int number)
{
	char digits[NAME_MAX_DIGITS];
	int count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	while (count > 0)
		*to++ = digits[--count];
	*to = '\0';
	return to;
}

/* The texts come from the kernel, by system calls that the analyser does not know. */
static int get_number(const char *text)
{
	int number = 0;

	if (*text < '0' || *text > '9') /* NOLINT(clang-analyzer-core.UndefinedBinaryOperatorResult) */
		return -1;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (number > (INT32_MAX - 9) / 10)
			return -1;
		number = number * 10 + (*text - '0');
	}
	return number;
}

static int open_path(const char *path)
{
	return (int)system_call4(SYS_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0);
}

static void close_file(int fd)
{
	system_call1(SYS_close, fd);
}

static char *put_path(char *path, int pid, const char *rest)
{
	return put_text(put_number(put_text(path, "/proc/"), pid), rest);
}

int parent_of(int pid)
{
	char path[PATH_LENGTH_MAX], text[TEXT_MAX];
	const char *close = NULL;

	put_path(path, pid, "/stat");
	int fd = open_path(path);
	if (fd < 0)
		return fd;
	long length = system_call3(SYS_read, fd, (long)text, sizeof text - 1);
	close_file(fd);
	if (length <= 0)
		return -ESRCH;
	text[length] = '\0';
	/* The name that the process gave itself ends with the last ')'. "PID (NAME) STATE PARENT" */
	for (const char *at = text; *at; at++)
		if (*at == ')')
			close = at;
	return close && close + 4 < text + length ? get_number(close + 4) : -ESRCH;
}

/* "12 13 14 ", read in pieces: a number may be cut in two by them. */
static int visit_listed(int pid, int thread, child_visitor *visit, void *context)
{
	char path[PATH_LENGTH_MAX], text[TEXT_MAX];
	int number = 0;
	long length;

	put_text(put_number(put_path(path, pid, "/task/"), thread), "/children");
	int fd = open_path(path);
	if (fd < 0)
		return fd;
	while ((length = system_call3(SYS_read, fd, (long)text, sizeof text)) > 0) {
		for (long i = 0; i < length; i++) {
			/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
			if (text[i] >= '0' && text[i] <= '9') {
				number = number * 10 + (text[i] - '0');
				continue;
			}
			if (number > 0)
				visit(pid, number, context);
			number = 0;
		}
	}
	if (number > 0)
		visit(pid, number, context);
	close_file(fd);
	return 0;
}

/* A number for each entry of a directory that is one. */
static int visit_numbers(const char *path, void (*visit)(int number, void *context), void *context)
{
	_Alignas(struct entry) char buffer[ENTRIES_MAX];
	long length;

	int fd = open_path(path);
	if (fd < 0)
		return fd;
	while ((length = system_call3(SYS_getdents64, fd, (long)buffer, sizeof buffer)) > 0) {
		for (long at = 0; at < length;) {
			const struct entry *entry = (const struct entry *)(const void *)(buffer + at);
			int number = get_number(entry->name);
			if (number > 0)
				visit(number, context);
			at += entry->length;
		}
	}
	close_file(fd);
	return (int)length;
}

struct visit {
	int pid;
	child_visitor *visit;
	void *context;
};

static void visit_thread(int thread, void *context)
{
	struct visit *visit = context;

	visit_listed(visit->pid, thread, visit->visit, visit->context);
}

static int visit_threads(struct visit *visit)
{
	char path[PATH_LENGTH_MAX];
	struct statx status = { 0 };

	put_path(path, visit->pid, "/task");
	/* Two links and one for each thread. */
	if (system_call(SYS_statx, AT_FDCWD, (long)path, 0, STATX_NLINK, (long)&status) == 0 && status.stx_nlink == 3)
		return visit_listed(visit->pid, visit->pid, visit->visit, visit->context);
	return visit_numbers(path, visit_thread, visit);
}

static void visit_if_child(int pid, void *context)
{
	struct visit *visit = context;

	if (parent_of(pid) == visit->pid)
		visit->visit(visit->pid, pid, visit->context);
}

/* Kernels without CONFIG_PROC_CHILDREN have no such file for anybody, so not for us either. */
static int kernel_lists_children(void)
{
	static int lists;

	if (lists == 0) {
		int fd = open_path("/proc/thread-self/children");
		lists = fd >= 0 ? 1 : -1;
		if (fd >= 0)
			close_file(fd);
	}
	return lists > 0;
}

int children_visit(int pid, child_visitor *visit, void *context)
{
	struct visit state = { .pid = pid, .visit = visit, .context = context };

	return kernel_lists_children() ? visit_threads(&state) : visit_numbers("/proc", visit_if_child, &state);
}
